import type { ModelCallFailure } from '../../errors/model-call-error.ts';
import { networkFailure } from '../../transport/network-failure.ts';
import { quotable } from '../../transport/reply-failure.ts';
import { retryAfterMs } from '../../transport/retry-after.ts';
import { readMessagesError } from '../../wire/anthropic-messages/error.ts';

/** What went wrong before an answer came, in words that go on after the name of the model. */
export interface SendFailure {
  readonly what: string;
  readonly facts: ModelCallFailure;
}

/** What the library's errors have that come of a reply or of a connection. */
interface HttpError extends Error {
  readonly status: number | undefined;
  readonly headers: Headers | undefined;
  /** The body, where it is JSON. */
  readonly error: unknown;
}

/**
 * Sorts what the official library failed with: a refusal by the server, a connection that failed, or neither. Our own
 * client fails with neither before it sends; a user's may have middleware, which may fail after that.
 */
export function sendFailure(
  error: unknown,
  { nowMs, isOurs }: { readonly nowMs: number; readonly isOurs: boolean },
): SendFailure {
  if (!isHttpError(error)) {
    const failure = error instanceof TypeError ? 'bad-request' : 'engine';
    const what = `could not be asked: its client failed${isOurs ? ' before it sent anything' : ''}. The cause says how`;
    return { what, facts: { failure, dispatch: isOurs ? 'not-sent' : 'unknown', cause: error } };
  }
  const { status, headers } = error;
  if (status === undefined) {
    const { failure, dispatch, code } = networkFailure(error);
    const what = dispatch === 'not-sent' ? 'could not be reached' : 'broke off before it answered';
    return {
      what: `${what}${code === undefined ? '' : ` (${code})`}`,
      facts: { failure, dispatch, cause: error },
    };
  }
  const { message, ...facts } = readMessagesError(status, bodyOf(error, status));
  const wait = headers === undefined ? undefined : retryAfterMs(headers, nowMs);
  return {
    what: `answered ${status}: ${message}`,
    facts: {
      ...facts,
      status,
      ...(wait !== undefined && { retryAfterMs: wait }),
      ...(headers !== undefined && requestId(headers)),
    },
  };
}

/** The id that the API gave a request. */
export function requestId(headers: Headers): { readonly requestId?: string } {
  const id = headers.get('request-id');
  return id === null ? {} : { requestId: quotable(id) };
}

// By shape: the class may be of another copy of the library.
function isHttpError(error: unknown): error is HttpError {
  return error instanceof Error && 'status' in error && 'headers' in error;
}

/** The library has read the body: it kept JSON, and put any other body behind the status. */
function bodyOf({ error, message }: HttpError, status: number): string {
  if (error !== undefined) return JSON.stringify(error);
  const body = message.slice(`${status} `.length);
  return body === 'status code (no body)' ? '' : body;
}
