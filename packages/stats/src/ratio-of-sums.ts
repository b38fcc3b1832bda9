import { outOfRange } from './out-of-range.ts';

/** Per-unit parts of a ratio of sums: accuracy = Σ correct / n, cost-of-pass = Σ cost / Σ passes. */
export interface RatioOfSums {
  /** One finite number per unit. */
  readonly numerators: ArrayLike<number>;
  /** One finite number ≥ 0 per unit. @defaultValue 1 each, which makes the ratio a mean */
  readonly denominators?: ArrayLike<number>;
}

/** A checked copy in flat arrays, which the resampling loops need for speed. */
export interface RatioUnits {
  readonly numerators: Float64Array;
  readonly denominators: Float64Array;
}

/** @throws RangeError when the lengths differ, a number is not finite or a denominator is negative. */
export function ratioUnits({ numerators, denominators }: RatioOfSums, prefix = ''): RatioUnits {
  const units: RatioUnits = {
    numerators: Float64Array.from(numerators),
    denominators: denominators ? Float64Array.from(denominators) : new Float64Array(numerators.length).fill(1),
  };
  if (units.denominators.length !== units.numerators.length) {
    const expectation = `equal to numerators.length (${units.numerators.length})`;
    throw outOfRange(`${prefix}denominators.length`, expectation, units.denominators.length);
  }
  for (const [i, value] of units.numerators.entries()) {
    if (!Number.isFinite(value)) throw outOfRange(`${prefix}numerators[${i}]`, 'finite', value);
  }
  for (const [i, value] of units.denominators.entries()) {
    if (!(value >= 0 && value < Infinity)) {
      throw outOfRange(`${prefix}denominators[${i}]`, 'finite and at least 0', value);
    }
  }
  return units;
}

/** Nothing bought at any price is infinitely dear, so a zero denominator gives Infinity, also for 0/0. */
export function ratio(numerator: number, denominator: number): number {
  return denominator === 0 ? Infinity : numerator / denominator;
}

/** The ratio over all units. */
export function ratioOfAll({ numerators, denominators }: RatioUnits): number {
  const add = (total: number, value: number): number => total + value;
  return ratio(numerators.reduce(add, 0), denominators.reduce(add, 0));
}
