import { outOfRange } from './out-of-range.ts';

/**
 * The largest value minus the smallest: of one model's accuracies under several prompts, what the wording alone decides.
 *
 * @throws RangeError when `values` is empty or one is not finite.
 * @example
 * spread([0.62, 0.71, 0.55]); // 0.16
 */
export function spread(values: readonly number[]): number {
  if (values.length === 0) throw outOfRange('values.length', 'at least 1', 0);
  for (const [i, value] of values.entries()) {
    if (!Number.isFinite(value)) throw outOfRange(`values[${i}]`, 'finite', value);
  }
  return values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));
}
