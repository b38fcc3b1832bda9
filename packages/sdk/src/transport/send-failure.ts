import type { ModelCallFailure } from '../errors/model-call-error.ts';
import { networkFailure } from './network-failure.ts';

/** An HTTP reply that refuses, its body read as far as it came. */
export interface HttpRefusal {
  readonly status: number;
  readonly headers: Headers | undefined;
  readonly body: string;
}

/** Why no answer came, in words that go on after the name of the model; or the reply that came instead. */
export type SendFailure = { readonly what: string; readonly facts: ModelCallFailure } | HttpRefusal;

/** A connection that could not be made, or that broke before anything came. */
export function connectionFailure(error: unknown): SendFailure {
  const { failure, dispatch, code } = networkFailure(error);
  const what = dispatch === 'not-sent' ? 'could not be reached' : 'broke off before it answered';
  return {
    what: `${what}${code === undefined ? '' : ` (${code})`}`,
    facts: { failure, dispatch, cause: error },
  };
}

/** What the errors of official libraries have that come of a reply or of a connection. */
interface HttpError extends Error {
  readonly status: number | undefined;
  readonly headers: Headers | undefined;
  /** The body, or its `error` field, where it is JSON. */
  readonly error: unknown;
}

/**
 * Sorts what an official library failed with: a refusal by the server, or a connection that failed. Undefined where it was
 * neither. `keeps` says what of a JSON body the library keeps in its error.
 */
export function libraryFailure(error: unknown, keeps: 'body' | 'error'): SendFailure | undefined {
  // By shape: the class may be of another copy of the library.
  if (!(error instanceof Error && 'status' in error && 'headers' in error)) return undefined;
  const { status, headers, cause, error: kept, message } = error as HttpError;
  if (status === undefined) return connectionFailure(cause ?? error);
  if (kept !== undefined) return { status, headers, body: JSON.stringify(keeps === 'error' ? { error: kept } : kept) };
  // Any other body stands behind the status.
  const body = message.slice(`${status} `.length);
  return { status, headers, body: body === 'status code (no body)' ? '' : body };
}
