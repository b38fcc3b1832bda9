import { InvalidOptionError } from '@tollgate/sdk';
import { kendallCorrelation, mean, sampleStandardDeviation } from '@tollgate/stats';
import { requireWhole } from '../scores/require-number.ts';
import { requireRate } from './require-rate.ts';

/**
 * The standard error of a share that was counted on `items` independent items. Twice as much each way is about 95 %; for
 * the difference of two systems on the same items take `bootstrapPairedDifference` of `@tollgate/stats`.
 *
 * @param items Range [1, ∞).
 * @throws InvalidOptionError when an argument is outside its range.
 * @example
 * standardErrorOfRate(0.8, 164); // 0.031235: 80 % on 164 items are 80 ± 6 %
 */
export function standardErrorOfRate(rate: number, items: number): number {
  requireRate('rate', rate);
  requireWhole('items', items, [1, Number.MAX_SAFE_INTEGER]);
  return Math.sqrt((rate * (1 - rate)) / items);
}

/** How much of a benchmark's score is chance. */
export interface EvaluationNoise {
  /** Of the last score of each run. */
  readonly mean: number;
  /** Over the runs, divisor n − 1. */
  readonly standardDeviation: number;
  /** Mean over standard deviation. Absent where all runs end alike. */
  readonly signalToNoise?: number;
  /** Mean over the runs of Kendall's correlation of order and score. Range [-1, 1]. Absent for runs of one score, or without change. */
  readonly monotonicity?: number;
}

// Source: "Quantifying Variance in Evaluation Benchmarks" (arXiv 2406.10229).
/**
 * The noise of an evaluation over runs that differ in nothing but their seed.
 *
 * @param runs Per seed, the scores in order of progress (checkpoints, growing budgets); the last one counts.
 * @throws InvalidOptionError when there are fewer than two runs, or one is empty; RangeError when a score is not finite.
 */
export function evaluationNoise(runs: readonly (readonly number[])[]): EvaluationNoise {
  if (runs.length < 2) throw new InvalidOptionError('runs', `runs must hold at least two, received ${runs.length}.`);
  const last = runs.map((run, i) => {
    const score = run.at(-1);
    if (score !== undefined) return score;
    throw new InvalidOptionError(`runs[${i}]`, `runs[${i}] must hold at least one score, received none.`);
  });
  const standardDeviation = sampleStandardDeviation(last);
  const orders = runs
    .map((run) =>
      kendallCorrelation(
        run.map((_, i) => i),
        run,
      ),
    )
    .filter((order) => order !== undefined);
  return {
    mean: mean(last),
    standardDeviation,
    ...(standardDeviation > 0 && { signalToNoise: mean(last) / standardDeviation }),
    ...(orders.length > 0 && { monotonicity: mean(orders) }),
  };
}
