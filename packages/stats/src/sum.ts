import { outOfRange } from './out-of-range.ts';

// Source: Neumaier 1974 (improved Kahan summation). Rule: the smaller of total and value loses low bits; keep them apart.
/**
 * The sum, with the rounding error of each addition carried along, so long lists of small costs lose nothing.
 *
 * An empty list gives 0. Infinite values are allowed; opposite infinities give NaN.
 *
 * @throws RangeError when a value is NaN.
 * @example
 * sum([0.1, 0.2, 0.3]); // 0.6, where plain addition gives 0.6000000000000001
 */
export function sum(values: readonly number[]): number {
  let total = 0;
  let lost = 0;
  for (const [i, value] of values.entries()) {
    if (Number.isNaN(value)) throw outOfRange(`values[${i}]`, 'a number', value);
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  // Past infinity the carried error is NaN and means nothing.
  return Number.isFinite(total) ? total + lost : total;
}
