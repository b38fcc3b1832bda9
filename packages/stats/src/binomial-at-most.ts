import { checkTrials } from './check-trials.ts';
import { incompleteBeta } from './incomplete-beta.ts';
import { outOfRange } from './out-of-range.ts';

// Rule: P(X ≤ k) = I_{1 − rate}(trials − k, k + 1).
/**
 * The chance of at most `successes` in `trials`, for one rate. Range [0, 1].
 *
 * For risk control pass failures as successes and the risk as the rate: at most delta says that the true rate lies at or
 * below the risk with at least 1 − delta, as `clopperPearsonUpperBound` does, without the search for the bound.
 *
 * @throws RangeError unless 0 ≤ successes ≤ trials, both whole, and `rate` is in [0, 1].
 * @example
 * binomialAtMost(0, 59, 0.05); // 0.0485: 59 trials without a failure show a rate below 5 %
 */
export function binomialAtMost(successes: number, trials: number, rate: number): number {
  checkTrials(successes, trials);
  if (!(rate >= 0 && rate <= 1)) throw outOfRange('rate', 'in [0, 1]', rate);
  return successes === trials ? 1 : incompleteBeta(1 - rate, trials - successes, successes + 1);
}
