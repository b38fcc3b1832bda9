import { InvalidOptionError } from '@tollgate/sdk';

/** @throws InvalidOptionError for a lease that is no time. */
export function checkLease(leaseMs: number): void {
  if (leaseMs > 0 && leaseMs < Infinity) return;
  throw new InvalidOptionError('leaseMs', `leaseMs must be a time in (0, ∞) milliseconds, received ${leaseMs}.`);
}
