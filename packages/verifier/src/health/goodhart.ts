import { InvalidOptionError } from '@tollgate/sdk';
import { expectedNormalMaximum } from '@tollgate/stats';
import { requireRate } from './require-rate.ts';

// Source: regressional Goodhart with normal values: score = truth + independent noise, their correlation ρ.
// Rule: P(the score orders a pair rightly) = ½ + asin(ρ) / π; E[truth of the best-scored of n] = ρ σ m_n.

/** How often a score orders two answers as the truth does, if its correlation with the truth is `correlation`. Range [0, 1]. */
export function expectedPairAccuracy(correlation: number): number {
  if (!(correlation >= -1 && correlation <= 1)) {
    throw new InvalidOptionError('correlation', `correlation must be in [-1, 1], received ${correlation}.`);
  }
  return 0.5 + Math.asin(correlation) / Math.PI;
}

/**
 * The correlation of a score with the truth that its accuracy on pairs tells of. Range [-1, 1]. It is also the share of the
 * possible gain of best-of-n that the score is expected to realise (`normalisedDropRatio`), whatever n.
 *
 * @param pairAccuracy Range [0, 1], as `pairwiseAccuracy` measures it.
 * @throws InvalidOptionError when it is outside its range.
 * @example
 * correlationOfPairAccuracy(0.75); // 0.707107
 */
export function correlationOfPairAccuracy(pairAccuracy: number): number {
  requireRate('pairAccuracy', pairAccuracy);
  return Math.sin(Math.PI * (pairAccuracy - 0.5));
}

/**
 * By how much the best-scored of `samples` answers is truly better than a random one, in standard deviations of the truth.
 * The score itself promises 1 / correlation times as much: the better an answer looks, the more of it is noise.
 *
 * @param samples Range [1, ∞).
 * @throws InvalidOptionError when `correlation` is outside [-1, 1]; RangeError when `samples` is not a whole number of at least 1.
 * @example
 * expectedBestOfGain(0.5, 8); // 0.7118
 */
export function expectedBestOfGain(correlation: number, samples: number): number {
  expectedPairAccuracy(correlation);
  return correlation * expectedNormalMaximum(samples);
}
