import { checkConfidence } from './check-confidence.ts';
import { checkTrials } from './check-trials.ts';
import { incompleteBeta } from './incomplete-beta.ts';
import type { Interval } from './interval.ts';

// Source: Clopper and Pearson 1934. Rule: the lower end p solves P(X ≥ successes | p) = tail; the upper end mirrors it.
/**
 * The exact (Clopper-Pearson) interval for a success rate: coverage is at least `confidence` whatever the true rate.
 *
 * Wider than `wilsonInterval`; use it where a guarantee rests on it. No trials give [0, 1].
 *
 * @param confidence Two-sided, range (0, 1). Default 0.95.
 * @throws RangeError unless 0 ≤ successes ≤ trials, both whole, and `confidence` is in (0, 1).
 * @example
 * clopperPearson(8, 10); // { lower: 0.44390, upper: 0.97479 }
 */
export function clopperPearson(successes: number, trials: number, confidence = 0.95): Interval {
  checkTrials(successes, trials);
  checkConfidence(confidence);
  const tail = (1 - confidence) / 2;
  return { lower: lowerEnd(successes, trials, tail), upper: 1 - lowerEnd(trials - successes, trials, tail) };
}

/**
 * The one-sided exact upper bound: the true rate is at or below it with at least `confidence`.
 *
 * For risk control pass failures as `successes`. The lower bound on a rate is 1 − bound(trials − successes, trials).
 *
 * @param confidence One-sided, range (0, 1). Default 0.95.
 * @throws RangeError unless 0 ≤ successes ≤ trials, both whole, and `confidence` is in (0, 1).
 * @example
 * clopperPearsonUpperBound(0, 59); // 0.04950: no failure in 59 trials shows a rate below 5 %
 */
export function clopperPearsonUpperBound(successes: number, trials: number, confidence = 0.95): number {
  checkTrials(successes, trials);
  checkConfidence(confidence);
  return 1 - lowerEnd(trials - successes, trials, 1 - confidence);
}

function lowerEnd(successes: number, trials: number, tail: number): number {
  if (successes === 0) return 0;
  let low = 0;
  let high = 1;
  // P(X ≥ successes | p) = I_p(successes, trials − successes + 1) rises with p: halve until no number lies between.
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return low;
    if (incompleteBeta(middle, successes, trials - successes + 1) < tail) low = middle;
    else high = middle;
  }
}
