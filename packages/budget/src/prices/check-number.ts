import { InvalidOptionError } from '@tollgate/sdk';

/** @throws InvalidOptionError when `value` is not a finite number ≥ 0. */
export function checkNotNegative(option: string, value: number): void {
  if (typeof value === 'number' && value >= 0 && value < Infinity) return;
  throw new InvalidOptionError(option, `${option} must be a number in [0, ∞), received ${String(value)}.`);
}

/** @throws InvalidOptionError when `value` is not a finite number > 0. */
export function checkPositive(option: string, value: number): void {
  if (typeof value === 'number' && value > 0 && value < Infinity) return;
  throw new InvalidOptionError(option, `${option} must be a number in (0, ∞), received ${String(value)}.`);
}
