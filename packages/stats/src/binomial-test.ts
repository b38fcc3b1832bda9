import { checkTrials } from './check-trials.ts';
import { incompleteBeta } from './incomplete-beta.ts';

// Up to here 2^trials and the largest binomial coefficient are finite; up to about 50 trials every step is exact.
const MAX_SUMMED_TRIALS = 1000;

// Rule: p = min(1, 2 · P(X ≥ max(successes, trials − successes))) with X binomial at ½; the distribution is symmetric,
// so twice a tail is the exact two-sided p-value.
/**
 * The exact two-sided p-value of `successes` in `trials` when both outcomes are equally likely. Range (0, 1].
 *
 * Exact where it is a short binary fraction, so that 5 in 5 is 0.0625 and not a last bit away from it. No trials give 1.
 *
 * @throws RangeError unless 0 ≤ successes ≤ trials, both whole.
 * @example
 * binomialTest(9, 10); // 0.021484
 */
export function binomialTest(successes: number, trials: number): number {
  checkTrials(successes, trials);
  const more = Math.max(successes, trials - successes);
  if (2 * more === trials) return 1;
  if (trials > MAX_SUMMED_TRIALS) return Math.min(1, 2 * incompleteBeta(0.5, more, trials - more + 1));
  let ways = 1;
  let total = 1;
  for (let fewer = 1; fewer <= trials - more; fewer += 1) {
    ways = (ways * (trials - fewer + 1)) / fewer;
    total += ways;
  }
  return Math.min(1, total / 2 ** (trials - 1));
}
