import type { CallFailure } from '../../errors/model-call-error.ts';
import type { JsonObject } from '../../spec/json.ts';
import { writeEvent } from '../../transport/events.ts';
import { failureOfStatus, htmlTitle, quotable, type ReplyFailure } from '../../transport/reply-failure.ts';
import { fieldsOf, parsedJson, textOf } from '../json-fields.ts';

const failureByType: { readonly [type: string]: CallFailure } = {
  authentication_error: 'auth',
  permission_error: 'auth',
  billing_error: 'auth',
  not_found_error: 'not-found',
  request_too_large: 'context-length',
  rate_limit_error: 'rate-limit',
  overloaded_error: 'overloaded',
  timeout_error: 'timeout',
  api_error: 'server',
  invalid_request_error: 'bad-request',
};

// What the API says in words only, under the type of any bad request.
const inWords: readonly (readonly [RegExp, CallFailure])[] = [
  [/(?:prompt|input) is too long|exceed context limit|context (?:length|window|size)/i, 'context-length'],
  [/content filter/i, 'content-filter'],
  [/credit balance|usage limits?|spend limit/i, 'auth'],
];

/** Says what an error reply means: its status, and its body, which need not be JSON. */
export function readMessagesError(status: number, body: string): ReplyFailure {
  const byStatus = failureOfStatus(status);
  const page = htmlTitle(body);
  if (page !== undefined)
    return { ...byStatus, message: `an HTML page (${page}), so something other than the API answered` };
  const reply = fieldsOf(parsedJson(body));
  const { failure, message } = readMessagesErrorField(reply?.['error'] ?? reply);
  return {
    ...byStatus,
    failure: failure ?? byStatus.failure,
    message: message ?? (quotable(body) || 'no explanation'),
  };
}

/** Says what the `error` field of a reply or of an event means. Undefined is what it does not say. */
export function readMessagesErrorField(value: unknown): {
  readonly failure: CallFailure | undefined;
  readonly message: string | undefined;
} {
  const error = fieldsOf(value);
  const type = textOf(error?.['type']) ?? '';
  const words = textOf(error?.['message']);
  const byType = Object.hasOwn(failureByType, type) ? failureByType[type] : undefined;
  const vague = byType === undefined || byType === 'bad-request' || byType === 'server';
  const byWords = vague ? inWords.find(([pattern]) => pattern.test(words ?? ''))?.[1] : undefined;
  return {
    failure: byWords ?? byType,
    message: words === undefined || words.trim() === '' ? undefined : quotable(words),
  };
}

/** An error reply, for servers that speak this format. `readMessagesError` reads it back as the same failure. */
export function writeMessagesError(
  failure: CallFailure,
  message: string,
): { readonly status: number; readonly body: JsonObject } {
  const { status, type } = wireError(failure);
  return { status, body: { type: 'error', error: { type, message: inTheirWords(failure, message) } } };
}

/** The event that ends a stream which had begun well. */
export function writeMessagesErrorEvent(failure: CallFailure, message: string): string {
  return writeEvent(JSON.stringify(writeMessagesError(failure, message).body), 'error');
}

function wireError(failure: CallFailure): { readonly status: number; readonly type: string } {
  switch (failure) {
    case 'auth':
      return { status: 401, type: 'authentication_error' };
    case 'rate-limit':
      return { status: 429, type: 'rate_limit_error' };
    case 'overloaded':
      return { status: 529, type: 'overloaded_error' };
    case 'context-length':
    case 'content-filter':
    case 'bad-request':
      return { status: 400, type: 'invalid_request_error' };
    case 'not-found':
      return { status: 404, type: 'not_found_error' };
    case 'timeout':
      return { status: 504, type: 'timeout_error' };
    case 'server':
    case 'network':
    case 'protocol':
    case 'engine':
      return { status: failure === 'server' ? 500 : 502, type: 'api_error' };
    default:
      return failure satisfies never;
  }
}

/** Clients find these two by their words, because the format has no type for them. */
function inTheirWords(failure: CallFailure, message: string): string {
  if (failure === 'context-length' && !/prompt is too long/i.test(message)) return `prompt is too long: ${message}`;
  if (failure === 'content-filter' && !/content filter/i.test(message)) {
    return `Output blocked by content filtering policy: ${message}`;
  }
  return message;
}
