import { outOfRange } from './out-of-range.ts';
import { sum } from './sum.ts';

/**
 * The arithmetic mean. One infinite value makes it infinite, as a cost-of-pass over unsolved tasks needs.
 *
 * @throws RangeError when `values` is empty or holds NaN.
 * @example
 * mean([1, 2, 6]); // 3
 */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw outOfRange('values.length', 'at least 1', 0);
  return sum(values) / values.length;
}
