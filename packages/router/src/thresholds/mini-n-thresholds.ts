import { InvalidOptionError } from '@tollgate/sdk';
import { conformalQuantile } from '@tollgate/stats';
import { requireWhole } from '../strategies/require-option.ts';

/** What the best of this many samples has to be above. Plain JSON. */
export interface MiniNThreshold {
  /** Samples drawn so far. Range [1, ∞). */
  readonly samples: number;
  /** On the scorer's own scale. */
  readonly above: number;
}

/** Options of `miniNThresholds`. */
export interface MiniNThresholdOptions {
  /** Chance that the best of so many unacceptable samples is accepted. Range (0, 1). */
  readonly alpha: number;
  /** Numbers of samples, each at least 1. */
  readonly sizes: readonly number[];
}

/**
 * Thresholds for the best of n samples, so that n unacceptable ones are let through with a chance of `alpha` at most: the
 * largest of many rewards is large by chance alone. Each is the (1 − alpha)^(1/n) quantile of single rewards.
 *
 * The chance is for one look at n samples, on the average over the rewards given here, where samples of one prompt are
 * independent or alike. A search that looks after every loop errs up to that often at each look; with the one threshold of its
 * total, `miniNThresholds(rewards, { alpha, sizes: [total] })`, the whole search does.
 *
 * @param unacceptable Rewards of single samples that should not be accepted.
 * @returns One threshold a size, in increasing order.
 * @throws InvalidOptionError when an option is outside its range, or there are too few rewards for a size; the message says
 * how many it takes.
 *
 * @example
 * const accept = miniNThresholds(rewardsOfBadAnswers, { alpha: 0.05, sizes: [2, 4, 6, 8] });
 * bestOfMiniN(model, { scorer, miniN: 2, total: 8, accept });
 */
// Source: best of mini-N, arXiv 2510.04087, whose construction of T_N is not published: the quantile of the maximum of n
// unacceptable rewards. Differs: as a conformal quantile, which takes the doubt about few rewards in.
export function miniNThresholds(
  unacceptable: readonly number[],
  { alpha, sizes }: MiniNThresholdOptions,
): readonly MiniNThreshold[] {
  if (!(alpha > 0 && alpha < 1)) {
    throw new InvalidOptionError('alpha', `alpha must be in (0, 1), received ${alpha}.`);
  }
  if (unacceptable.some(Number.isNaN)) {
    throw new InvalidOptionError('unacceptable', 'unacceptable must hold numbers, received NaN among them.');
  }
  for (const [i, samples] of sizes.entries()) requireWhole(`sizes[${i}]`, samples);
  return [...new Set(sizes)]
    .toSorted((a, b) => a - b)
    .map((samples) => ({ samples, above: quantileFor(samples, alpha, unacceptable) }));
}

function quantileFor(samples: number, alpha: number, unacceptable: readonly number[]): number {
  // 1 − (1 − alpha)^(1/n), without the rounding of a difference from 1.
  const miscoverage = -Math.expm1(Math.log1p(-alpha) / samples);
  const above = conformalQuantile(unacceptable, miscoverage);
  if (above < Infinity) return above;
  const needed = Math.ceil((1 - miscoverage) / miscoverage - 1e-9);
  throw new InvalidOptionError(
    'unacceptable',
    `A threshold for ${samples} samples at alpha ${alpha} takes ${needed} unacceptable rewards, received ${unacceptable.length}.`,
  );
}
