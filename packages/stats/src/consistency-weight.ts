import { entropyBits } from './entropy-bits.ts';
import { outOfRange } from './out-of-range.ts';

/**
 * What counts as full disagreement. `samples`: every sample differs. `distinct`: the answers that did appear are
 * equally frequent.
 */
export type EntropyNormalization = 'samples' | 'distinct';

/** How to weigh a model by its own agreement. */
export interface ConsistencyWeightOptions {
  /**
   * `samples` falls as entropy rises. `distinct` reproduces the authors' numbers but is not monotone: AAABB weighs
   * less than AAABC.
   *
   * @defaultValue 'samples'
   */
  readonly normalization?: EntropyNormalization;
}

// Source: ModelSwitch, arXiv 2504.00762, analysis code for three and more models.
// Rule: w = 1/K + (1 − 1/K)(1 − H/Hmax), H the answer entropy; w = 1 when all agree.
// Differs: Hmax = log2 K by default; the authors use log2 of the number of distinct answers.
/**
 * The vote weight of one model from how much its samples agree. Range [1/K, 1] for K valid samples; 0 without any.
 *
 * @param counts Valid samples per distinct answer; zeros are ignored.
 * @throws RangeError when a count is not a whole number of at least 0.
 * @example
 * consistencyWeight([4, 1]); // 0.751266, for the answers AAAAB
 */
export function consistencyWeight(counts: Iterable<number>, options: ConsistencyWeightOptions = {}): number {
  const list = [...counts];
  for (const [i, count] of list.entries()) {
    if (!Number.isSafeInteger(count) || count < 0) {
      throw outOfRange(`counts[${i}]`, 'a whole number of at least 0', count);
    }
  }
  const samples = list.reduce((total, count) => total + count, 0);
  const distinct = list.filter((count) => count > 0).length;
  if (distinct === 0) return 0;
  // Also keeps Hmax above 0: two distinct answers need two samples.
  if (distinct === 1) return 1;
  const { normalization = 'samples' } = options;
  const ceiling = Math.log2(normalization === 'samples' ? samples : distinct);
  const disagreement = Math.min(1, entropyBits(list) / ceiling);
  return 1 / samples + (1 - 1 / samples) * (1 - disagreement);
}
