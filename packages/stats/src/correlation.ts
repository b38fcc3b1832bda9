import { mean } from './mean.ts';
import { outOfRange } from './out-of-range.ts';

// Source: Pearson 1896.
/**
 * Pearson's correlation of paired values, in [-1, 1]: how close they lie to a straight line.
 *
 * `undefined` when there are fewer than two pairs or one side is constant. For order alone take `rankCorrelation`.
 *
 * @throws RangeError when the lengths differ or a value is not finite.
 * @example
 * correlation([1, 2, 3], [1, 4, 9]); // 0.9897
 */
export function correlation(first: readonly number[], second: readonly number[]): number | undefined {
  if (second.length !== first.length) {
    throw outOfRange('second.length', `equal to first.length (${first.length})`, second.length);
  }
  const x = deviations('first', first);
  const y = deviations('second', second);
  if (x === undefined || y === undefined) return undefined;
  const product = x.reduce((total, value, i) => total + value * (y[i] ?? 0), 0);
  return Math.max(-1, Math.min(1, product));
}

/** Deviations from the mean, scaled to length 1. Undefined without any that rounding alone would not make. */
function deviations(parameter: string, values: readonly number[]): readonly number[] | undefined {
  for (const [i, value] of values.entries()) {
    if (!Number.isFinite(value)) throw outOfRange(`${parameter}[${i}]`, 'finite', value);
  }
  if (values.every((value) => value === values[0])) return undefined;
  const centre = mean(values);
  const raw = values.map((value) => value - centre);
  const length = Math.hypot(...raw);
  return length === 0 ? undefined : raw.map((value) => value / length);
}
