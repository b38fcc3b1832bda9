import { InvalidOptionError } from '@tollgate/sdk';

/** @throws InvalidOptionError unless `value` is in (0, 1); 5 in place of 0.05 is the usual slip. */
export function requireFraction(option: string, value: number): void {
  if (value > 0 && value < 1) return;
  const meant = value > 1 && value < 100 ? ` Did you mean ${value / 100}?` : '';
  throw new InvalidOptionError(option, `${option} must be in (0, 1), received ${value}.${meant}`);
}
