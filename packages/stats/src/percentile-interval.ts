import type { Interval } from './interval.ts';
import { quantileSorted } from './quantile.ts';

/**
 * The central `confidence` share of bootstrap replicates. Sorts `replicates` in place.
 *
 * A NaN replicate (0/0, ∞ − ∞) could be anything, so it counts as −∞ for the lower end and as ∞ for the upper one:
 * undefined resamples widen the interval and never narrow it.
 */
export function percentileInterval(replicates: Float64Array, confidence: number): Interval {
  const tail = (1 - confidence) / 2;
  // NaN sorts last, which is already where ∞ belongs.
  replicates.sort();
  const firstUndefined = replicates.findIndex((value) => Number.isNaN(value));
  if (firstUndefined !== -1) replicates.fill(Infinity, firstUndefined);
  const upper = quantileSorted(replicates, 1 - tail);
  if (firstUndefined !== -1) {
    const undefinedCount = replicates.length - firstUndefined;
    replicates.copyWithin(undefinedCount, 0, firstUndefined).fill(-Infinity, 0, undefinedCount);
  }
  const lower = quantileSorted(replicates, tail);
  // A quantile between −∞ and ∞ is NaN; take the outer end.
  return { lower: Number.isNaN(lower) ? -Infinity : lower, upper: Number.isNaN(upper) ? Infinity : upper };
}
