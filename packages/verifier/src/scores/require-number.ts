import { InvalidOptionError } from '@tollgate/sdk';

/** @throws InvalidOptionError when the value is not a whole number in [least, most]. */
export function requireWhole(option: string, value: number, [least, most]: readonly [number, number]): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new InvalidOptionError(option, `${option} must be a whole number in [${least}, ${most}], received ${value}.`);
}

/** @throws InvalidOptionError when there is a value and it is not finite. */
export function requireFinite(option: string, value: number | undefined): void {
  if (value === undefined || Number.isFinite(value)) return;
  throw new InvalidOptionError(option, `${option} must be a finite number, received ${value}.`);
}

/** @throws InvalidOptionError when the value is outside [0, 1]. */
export function requireFraction(option: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw new InvalidOptionError(option, `${option} must be in [0, 1], received ${value}.`);
}

/** @throws InvalidOptionError unless both are whole numbers, the second one higher, and they are at most 1000 apart. */
export function requireScale(option: string, [lowest, highest]: readonly [number, number]): void {
  const width = highest - lowest;
  if (Number.isInteger(lowest) && Number.isInteger(highest) && width > 0 && width <= 1000) return;
  throw new InvalidOptionError(
    option,
    `${option} must be two whole numbers, the lowest grade and a higher one at most 1000 above it, received [${lowest}, ${highest}].`,
  );
}
