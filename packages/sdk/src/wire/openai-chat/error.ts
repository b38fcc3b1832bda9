import type { CallFailure } from '../../errors/model-call-error.ts';
import type { JsonObject } from '../../spec/json.ts';
import { failureOfStatus, htmlTitle, quotable, type ReplyFailure } from '../../transport/reply-failure.ts';
import { type Fields, fieldsOf, parsedJson, textOf } from '../json-fields.ts';

// Servers name the same things differently: codes and types of OpenAI, llama-server, vLLM and of gateways in front of others.
const failureByName: { readonly [name: string]: CallFailure } = {
  invalid_api_key: 'auth',
  authentication_error: 'auth',
  permission_error: 'auth',
  insufficient_quota: 'auth',
  billing_error: 'auth',
  billing_hard_limit_reached: 'auth',
  context_length_exceeded: 'context-length',
  exceed_context_size_error: 'context-length',
  content_filter: 'content-filter',
  content_policy_violation: 'content-filter',
  model_not_found: 'not-found',
  not_found_error: 'not-found',
  rate_limit_exceeded: 'rate-limit',
  rate_limit_error: 'rate-limit',
  overloaded_error: 'overloaded',
  unavailable_error: 'overloaded',
};

const tooLong = /context (?:length|size|window)|maximum context|prompt is too long|too many (?:input )?tokens/i;

/** Says what an error reply means: its status, and its body, which need not be JSON. */
export function readChatError(status: number, body: string): ReplyFailure {
  const byStatus = failureOfStatus(status);
  const page = htmlTitle(body);
  if (page !== undefined)
    return { ...byStatus, message: `an HTML page (${page}), so something other than the API answered` };
  const error = errorFields(parsedJson(body));
  const message = messageOf(error) ?? quotable(body);
  return {
    ...byStatus,
    failure: refine(byStatus.failure, error, message),
    message: message === '' ? 'no explanation' : message,
  };
}

/** Says what an error inside a reply of status 200 means: the `error` field of a streamed event or of a whole body. */
export function readChatErrorField(value: unknown): Omit<ReplyFailure, 'dispatch'> {
  const error = fieldsOf(value) ?? { message: value };
  const message = messageOf(error) ?? 'no explanation';
  const status = typeof error['code'] === 'number' ? error['code'] : error['status_code'];
  const assumed = error['type'] === 'invalid_request_error' ? 'bad-request' : 'server';
  const byStatus =
    typeof status === 'number' && status >= 400 && status < 600 ? failureOfStatus(status).failure : assumed;
  return { failure: refine(byStatus, error, message), message };
}

/** An error reply, for servers that speak this format. `readChatError` reads it back as the same failure. */
export function writeChatError(
  failure: CallFailure,
  message: string,
): { readonly status: number; readonly body: JsonObject } {
  const { status, type, code } = wireError(failure);
  return { status, body: { error: { message, type, param: null, code: code ?? null } } };
}

function wireError(failure: CallFailure): { readonly status: number; readonly type: string; readonly code?: string } {
  switch (failure) {
    case 'auth':
      return { status: 401, type: 'authentication_error', code: 'invalid_api_key' };
    case 'rate-limit':
      return { status: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded' };
    case 'overloaded':
      return { status: 503, type: 'overloaded_error' };
    case 'context-length':
      return { status: 400, type: 'invalid_request_error', code: 'context_length_exceeded' };
    case 'content-filter':
      return { status: 400, type: 'invalid_request_error', code: 'content_filter' };
    case 'bad-request':
      return { status: 400, type: 'invalid_request_error' };
    case 'not-found':
      return { status: 404, type: 'not_found_error', code: 'model_not_found' };
    case 'timeout':
      return { status: 504, type: 'timeout_error' };
    case 'server':
    case 'network':
    case 'protocol':
    case 'engine':
      return { status: failure === 'server' ? 500 : 502, type: 'server_error' };
    default:
      return failure satisfies never;
  }
}

/** A named cause is more exact than a status; that a prompt is too long is often said in words only. */
function refine(byStatus: CallFailure, error: Fields | undefined, message: string): CallFailure {
  for (const name of [error?.['code'], error?.['type']]) {
    const named = typeof name === 'string' && Object.hasOwn(failureByName, name) ? failureByName[name] : undefined;
    if (named !== undefined) return named;
  }
  return (byStatus === 'bad-request' || byStatus === 'server') && tooLong.test(message) ? 'context-length' : byStatus;
}

function errorFields(body: unknown): Fields | undefined {
  const fields = fieldsOf(body);
  if (fields === undefined) return undefined;
  return fieldsOf(fields['error']) ?? (typeof fields['error'] === 'string' ? { message: fields['error'] } : fields);
}

function messageOf(error: Fields | undefined): string | undefined {
  const message = textOf(error?.['message']) ?? textOf(error?.['detail']);
  return message === undefined || message.trim() === '' ? undefined : quotable(message);
}
