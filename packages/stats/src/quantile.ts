import { outOfRange } from './out-of-range.ts';

/**
 * The `q` quantile of `values`, in any order, by linear interpolation between order statistics.
 *
 * Infinite values are allowed and stay infinite. Use `quantileSorted` for several quantiles of one list.
 *
 * @param q Range [0, 1]; 0.5 is the median.
 * @throws RangeError when `values` is empty or holds NaN, or `q` is outside [0, 1].
 * @example
 * quantile([4, 1, 3, 2], 0.5); // 2.5
 */
export function quantile(values: ArrayLike<number>, q: number): number {
  const sorted = Float64Array.from(values).sort();
  const last = sorted.at(-1);
  if (last === undefined) throw outOfRange('values.length', 'at least 1', 0);
  // NaN sorts last, so one look finds it.
  if (Number.isNaN(last)) throw outOfRange('values', 'free of NaN', last);
  return quantileSorted(sorted, q);
}

// Source: Hyndman and Fan 1996, definition 7 (the default of R and NumPy). Rule: interpolate at h = (n − 1)q.
/**
 * `quantile` for values already in increasing order, which is not checked. Constant time.
 *
 * Returns NaN between a neighbouring `-Infinity` and `Infinity`: nothing in between is more right than the rest.
 *
 * @param q Range [0, 1].
 * @throws RangeError when `sorted` is empty or `q` is outside [0, 1].
 * @example
 * quantileSorted([1, 2, 3, 4], 0.25); // 1.75
 */
export function quantileSorted(sorted: ArrayLike<number>, q: number): number {
  if (!(q >= 0 && q <= 1)) throw outOfRange('q', 'in [0, 1]', q);
  const position = (sorted.length - 1) * q;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) throw outOfRange('sorted.length', 'at least 1', 0);
  // Equal ends include an exact position, and two infinities that would otherwise cancel to NaN.
  if (below === above) return below;
  const share = position - Math.floor(position);
  // Weighted form, because above − below can overflow; clamped, because its rounding can step outside the ends.
  return Math.min(above, Math.max(below, below * (1 - share) + above * share));
}
