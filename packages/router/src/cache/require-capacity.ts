import { InvalidOptionError } from '@tollgate/sdk';

/** @throws InvalidOptionError unless `capacity` is above 0. */
export function requireCapacity(option: string, capacity: number): void {
  if (!(capacity > 0)) throw new InvalidOptionError(option, `${option} must be above 0, received ${capacity}.`);
}
