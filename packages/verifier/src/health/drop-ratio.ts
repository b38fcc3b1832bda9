import { bestOfK } from './best-of-k.ts';
import { passAtK } from './pass-at-k.ts';
import type { RankedAnswer } from './ranked-answer.ts';

/** The same measure of quality three times. */
export interface DropRatioOptions {
  /** Without any choosing. */
  readonly start: number;
  /** Chosen by the score that is judged. */
  readonly reached: number;
  /** Chosen by the truth. */
  readonly best: number;
}

// Source: "Rethinking Reward Model Evaluation" (arXiv 2410.05584), normalised drop ratio.
/**
 * The share of the possible gain that a score realises: 1 for as good as the truth, 0 or below for useless. It may leave
 * [0, 1]. Undefined where nothing could be gained.
 *
 * @example
 * normalisedDropRatio({ start: 0.4, reached: 0.55, best: 0.7 }); // 0.5
 */
export function normalisedDropRatio({ start, reached, best }: DropRatioOptions): number | undefined {
  return best === start ? undefined : (reached - start) / (best - start);
}

/**
 * The share of what best-of-k could gain that a ranking realises, for one problem: (Bo@k − Bo@1) / (pass@k − Bo@1). For
 * several, divide sums of gains, not the ratios' mean. Undefined where no choice of k makes a difference.
 *
 * @param k Range [1, number of candidates].
 * @throws InvalidOptionError as `bestOfK`.
 */
export function rankingDropRatio(answers: readonly RankedAnswer[], k: number): number | undefined {
  const samples = answers.length;
  const correct = answers.filter((answer) => answer.correct).length;
  const start = correct / samples;
  const best = passAtK({ samples, correct }, k);
  // The product form of pass@1 is a last bit away from the share.
  return normalisedDropRatio({
    start,
    reached: bestOfK(answers, k),
    best: Math.abs(best - start) < 1e-12 ? start : best,
  });
}
