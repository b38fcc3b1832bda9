import type { ModelCallFailure } from '../../errors/model-call-error.ts';
import { networkFailure } from '../../transport/network-failure.ts';
import { quotable } from '../../transport/reply-failure.ts';
import { retryAfterMs } from '../../transport/retry-after.ts';
import { readResponsesError } from '../../wire/openai-responses/error.ts';

/** What went wrong before an answer came, in words that go on after the name of the model. */
export interface SendFailure {
  readonly what: string;
  readonly facts: ModelCallFailure;
}

/** What the SDK's errors of the HTTP layer have; those from before have none of it. */
interface HttpError extends Error {
  readonly status: number | undefined;
  readonly headers: Headers | undefined;
  /** The `error` field of a JSON body. */
  readonly error: unknown;
}

/** Sorts what the client of the SDK failed with: a refusal by the server, a connection that failed, or nothing was sent. */
export function sendFailure(error: unknown, nowMs: number): SendFailure {
  if (!isHttpError(error)) {
    const failure = error instanceof TypeError ? 'bad-request' : 'auth';
    const what = 'was not asked: its client failed before it sent anything. The cause says how';
    return { what, facts: { failure, dispatch: 'not-sent', cause: error } };
  }
  const { status, headers } = error;
  if (status === undefined) {
    const { failure, dispatch, code } = networkFailure(error);
    const what = dispatch === 'not-sent' ? 'could not be reached' : 'broke off before it answered';
    return {
      what: `${what}${code === undefined ? '' : ` (${code})`}`,
      facts: { failure, dispatch, cause: error.cause ?? error },
    };
  }
  const { message, ...facts } = readResponsesError(status, bodyOf(error, status));
  const wait = headers === undefined ? undefined : retryAfterMs(headers, nowMs);
  const requestId = headers?.get('x-request-id');
  return {
    what: `answered ${status}: ${message}`,
    facts: {
      ...facts,
      status,
      ...(wait !== undefined && { retryAfterMs: wait }),
      ...(requestId != null && { requestId: quotable(requestId) }),
    },
  };
}

function isHttpError(error: unknown): error is HttpError {
  return error instanceof Error && 'status' in error && 'headers' in error;
}

/** The SDK has read the body: it kept the error of a JSON body, and put any other body behind the status. */
function bodyOf({ error, message }: HttpError, status: number): string {
  if (error !== undefined) return JSON.stringify({ error });
  const body = message.slice(`${status} `.length);
  return body === 'status code (no body)' ? '' : body;
}
