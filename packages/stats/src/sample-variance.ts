import { mean } from './mean.ts';
import { outOfRange } from './out-of-range.ts';
import { sum } from './sum.ts';

/**
 * The sample variance, in squared units of the values, with divisor n − 1.
 *
 * @throws RangeError when there are fewer than two values or one is not finite.
 * @example
 * sampleVariance([2, 4, 4, 4, 5, 5, 7, 9]); // 32 / 7
 */
export function sampleVariance(values: readonly number[]): number {
  if (values.length < 2) throw outOfRange('values.length', 'at least 2', values.length);
  for (const [i, value] of values.entries()) {
    if (!Number.isFinite(value)) throw outOfRange(`values[${i}]`, 'finite', value);
  }
  const centre = mean(values);
  // Two passes: the one-pass form subtracts two large squares and can even turn negative.
  return sum(values.map((value) => (value - centre) ** 2)) / (values.length - 1);
}

/**
 * The square root of `sampleVariance`, in the units of the values.
 *
 * @throws RangeError when there are fewer than two values or one is not finite.
 * @example
 * sampleStandardDeviation([1, 3]); // √2
 */
export function sampleStandardDeviation(values: readonly number[]): number {
  return Math.sqrt(sampleVariance(values));
}
