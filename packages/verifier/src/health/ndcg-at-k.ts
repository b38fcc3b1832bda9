import { InvalidOptionError } from '@tollgate/sdk';
import { requireWhole } from '../scores/require-number.ts';
import { expectedGains, type ScoredGain } from './tie-blocks.ts';

// Source: Järvelin and Kekäläinen 2002, linear gains. Rule: Σ gain / log2(rank + 1) over the first k, over the best possible.
/**
 * How close the first `k` places come to the best order, for answers that are worth more or less: with `gain` the number
 * of tests passed. Range [0, 1].
 *
 * The expectation where ties are broken at random. Undefined where nothing has a gain.
 *
 * @param k Range [1, ∞); more than there are candidates is all of them.
 * @throws InvalidOptionError when a gain is negative or not finite, a score is NaN or `k` is not a whole number.
 * @example
 * ndcgAtK([{ score: 2, gain: 1 }, { score: 1, gain: 3 }], 2); // (1 + 3 / log2 3) / (3 + 1 / log2 3)
 */
export function ndcgAtK(items: readonly ScoredGain[], k: number): number | undefined {
  requireWhole('k', k, [1, Number.MAX_SAFE_INTEGER]);
  for (const [i, { gain }] of items.entries()) {
    if (gain >= 0 && gain < Infinity) continue;
    throw new InvalidOptionError(`items[${i}].gain`, `items[${i}].gain must be in [0, ∞), received ${gain}.`);
  }
  const best = items.map(({ gain }) => gain).toSorted((a, b) => b - a);
  const ideal = discounted(best, k);
  return ideal === 0 ? undefined : Math.min(1, discounted(expectedGains(items), k) / ideal);
}

function discounted(gains: readonly number[], k: number): number {
  return gains.slice(0, k).reduce((total, gain, i) => total + gain / Math.log2(i + 2), 0);
}
