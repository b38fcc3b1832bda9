import { ModelCallError, type ModelCallFailure } from '../../errors/model-call-error.ts';
import { TollgateError } from '../../errors/tollgate-error.ts';
import { networkFailure } from '../../transport/network-failure.ts';
import { quotable } from '../../transport/reply-failure.ts';
import { retryAfterMs } from '../../transport/retry-after.ts';
import { fieldsOf, textOf } from '../../wire/json-fields.ts';
import { readChatError, readChatErrorField } from '../../wire/openai-chat/error.ts';
import { wordsOf, withoutKeys } from './words.ts';

/** Where a failure happened, and what had arrived until then. */
export interface FailedAt {
  /** Of the model, for messages. */
  readonly name: string;
  /** The stream itself said what went wrong. */
  readonly isTold: boolean;
  /** An answer had begun: work was done that somebody may bill, whatever the error says. */
  readonly begun: boolean;
  readonly nowMs: number;
  readonly facts: Pick<ModelCallFailure, 'partial' | 'contentDelivered'>;
}

type Sorted = { readonly what: string } & Pick<
  ModelCallFailure,
  'failure' | 'dispatch' | 'status' | 'retryAfterMs' | 'requestId'
>;

/**
 * Sorts what a model of the AI SDK failed with, by the shape of the error: the classes may be of any copy and version of its
 * packages. Whether the AI SDK would try again does not matter. Of foreign errors only the words are kept: the rest of them
 * holds the request, and addresses with keys in them.
 */
export function failureOf(error: unknown, { name, isTold, begun, nowMs, facts }: FailedAt): TollgateError {
  if (TollgateError.isInstance(error)) return error;
  if (isNamed(error, 'AI_LoadAPIKeyError')) {
    return new TollgateError('missing-key', `${name} has no key: ${quotable(withoutKeys(wordsOf(error)))}`);
  }
  const { what, dispatch, ...sorted } = sortOf(error, { isTold, nowMs });
  const certainty = begun ? 'unknown' : dispatch;
  const sentence = withoutKeys(`${name} ${what}`);
  return new ModelCallError(/[.!?…]$/.test(sentence) ? sentence : `${sentence}.`, {
    ...sorted,
    dispatch: certainty,
    ...(certainty === 'unknown' && facts),
    cause: new Error(withoutKeys(wordsOf(error))),
  });
}

/** Names of errors that are made before a request leaves, or of an answer that is not what it should be. */
const byName: { readonly [name: string]: Pick<Sorted, 'failure' | 'dispatch'> } = {
  AI_InvalidArgumentError: { failure: 'bad-request', dispatch: 'not-sent' },
  AI_InvalidPromptError: { failure: 'bad-request', dispatch: 'not-sent' },
  AI_UnsupportedFunctionalityError: { failure: 'bad-request', dispatch: 'not-sent' },
  AI_NoSuchModelError: { failure: 'not-found', dispatch: 'not-sent' },
  AI_LoadSettingError: { failure: 'bad-request', dispatch: 'not-sent' },
  AI_EmptyResponseBodyError: { failure: 'protocol', dispatch: 'unknown' },
  AI_InvalidResponseDataError: { failure: 'protocol', dispatch: 'unknown' },
  AI_JSONParseError: { failure: 'protocol', dispatch: 'unknown' },
  AI_TypeValidationError: { failure: 'protocol', dispatch: 'unknown' },
  TimeoutError: { failure: 'timeout', dispatch: 'unknown' },
};

function sortOf(error: unknown, { isTold, nowMs }: Pick<FailedAt, 'isTold' | 'nowMs'>): Sorted {
  if (isTold && !(error instanceof Error)) {
    // Providers hand on what the stream itself said went wrong.
    const { failure, message } = readChatErrorField(fieldsOf(error)?.['error'] ?? error);
    return { failure, dispatch: 'refused', what: `failed while it answered: ${message}` };
  }
  if (!(error instanceof Error)) return unknown(error);
  const { statusCode } = error as { readonly statusCode?: unknown };
  if (typeof statusCode === 'number') return ofStatus(error, statusCode, nowMs);
  const named = Object.hasOwn(byName, error.name) ? byName[error.name] : undefined;
  if (named !== undefined) return { ...named, what: `failed: ${quotable(wordsOf(error))}` };
  const { failure, dispatch, code } = networkFailure(error);
  if (code !== undefined || dispatch === 'not-sent' || isNamed(error, 'AI_APICallError') || isFetchFailure(error)) {
    const how = dispatch === 'not-sent' ? 'could not be reached' : 'broke off before it answered';
    return { failure, dispatch, what: code === undefined ? how : `${how} (${code})` };
  }
  return unknown(error);
}

function unknown(error: unknown): Sorted {
  return { failure: 'engine', dispatch: 'unknown', what: `failed: ${quotable(wordsOf(error))}` };
}

function ofStatus(error: Error, status: number, nowMs: number): Sorted {
  const { responseBody, responseHeaders } = error as {
    readonly responseBody?: unknown;
    readonly responseHeaders?: unknown;
  };
  // A reply that could not be read: the status says that it is one.
  if (status < 400) {
    return {
      failure: 'protocol',
      dispatch: 'unknown',
      status,
      what: `answered what cannot be read: ${quotable(error.message)}`,
    };
  }
  const headers = headersOf(responseHeaders);
  const body = textOf(responseBody);
  const { failure, dispatch, message } = readChatError(
    status,
    body === undefined || body.trim() === '' ? error.message : body,
  );
  const wait = retryAfterMs(headers, nowMs);
  const requestId = headers.get('x-request-id') ?? headers.get('request-id');
  return {
    failure,
    dispatch,
    status,
    what: `answered ${status}: ${message}`,
    ...(wait !== undefined && { retryAfterMs: wait }),
    ...(requestId !== null && { requestId: quotable(requestId) }),
  };
}

function headersOf(values: unknown): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(fieldsOf(values) ?? {})) {
    // Only two kinds are read; a name or a value that cannot be a header's is none of them.
    if (typeof value === 'string' && /^(?:retry-after(?:-ms)?|(?:x-)?request-id)$/i.test(name)) {
      headers.set(name, value.replaceAll(/[^\x20-\x7e]/g, ''));
    }
  }
  return headers;
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

function isFetchFailure(error: Error): boolean {
  return error instanceof TypeError && /fetch failed|failed to fetch|load failed/i.test(error.message);
}
