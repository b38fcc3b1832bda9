import { outOfRange } from './out-of-range.ts';

/**
 * ln Σ exp(value), in nats, without overflow or underflow: for adding up probabilities held as logarithms.
 *
 * An empty list gives `-Infinity`, the logarithm of 0.
 *
 * @throws RangeError when a value is NaN.
 * @example
 * logSumExp([-1000, -1000]); // -1000 + ln 2
 */
export function logSumExp(values: readonly number[]): number {
  let largest = -Infinity;
  for (const [i, value] of values.entries()) {
    if (Number.isNaN(value)) throw outOfRange(`values[${i}]`, 'a number', value);
    if (value > largest) largest = value;
  }
  // An infinite maximum is the answer, and subtracting it would give NaN.
  if (!Number.isFinite(largest)) return largest;
  return largest + Math.log(values.reduce((total, value) => total + Math.exp(value - largest), 0));
}
