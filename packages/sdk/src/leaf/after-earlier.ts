import { AbortedError } from '../errors/aborted-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import type { Charge } from '../spec/result.ts';

/** The error to throw after several tries: the last one, charged with what the earlier ones cost as well. */
export function afterEarlier(error: unknown, earlier: readonly Charge[]): unknown {
  if (earlier.length === 0 || !TollgateError.isInstance(error)) return error;
  const charges = [...earlier, ...error.charges];
  if (!AbortedError.isInstance(error) || error.partial === undefined) {
    error.charges = charges;
    return error;
  }
  const whole = new AbortedError(error.message, { partial: { ...error.partial, charges }, cause: error.cause });
  whole.charges = charges;
  return whole;
}
