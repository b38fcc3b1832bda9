import { AbortedError } from '../../errors/aborted-error.ts';
import { TollgateError } from '../../errors/tollgate-error.ts';
import { messageOf } from '../../leaf/result-of-parts.ts';

/**
 * The error as it may leave to the AI SDK. That tries again what its own classes mark as retryable, and retrying is ours alone:
 * two owners would multiply the attempts. So nothing leaves but our own errors, which say that they are not. An abort gets the
 * name by which the AI SDK knows one.
 */
export function notRetryable(error: unknown): TollgateError & { readonly isRetryable: false } {
  const own = TollgateError.isInstance(error)
    ? error
    : new TollgateError('internal', messageOf(error), { cause: error });
  if (AbortedError.isInstance(own)) own.name = 'AbortError';
  return Object.assign(own, { isRetryable: false as const });
}
