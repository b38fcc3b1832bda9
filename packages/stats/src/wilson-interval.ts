import { checkConfidence } from './check-confidence.ts';
import { checkTrials } from './check-trials.ts';
import type { Interval } from './interval.ts';
import { normalQuantile } from './normal-quantile.ts';

// Source: Wilson 1927. Rule: the rates p with |successes − trials·p| ≤ z·√(trials·p(1 − p)).
/**
 * The Wilson score interval for a success rate. Good for display, also with few trials or rates near 0 and 1.
 *
 * It covers `confidence` on average, not for every rate: where coverage must be guaranteed use `clopperPearson`.
 * No trials give [0, 1].
 *
 * @param confidence Two-sided, range (0, 1). Default 0.95.
 * @throws RangeError unless 0 ≤ successes ≤ trials, both whole, and `confidence` is in (0, 1).
 * @example
 * wilsonInterval(8, 10); // { lower: 0.4902, upper: 0.9433 }
 */
export function wilsonInterval(successes: number, trials: number, confidence = 0.95): Interval {
  checkTrials(successes, trials);
  checkConfidence(confidence);
  // From the lower tail, because 1 − tail would round away a confidence close to 1.
  const zSquared = normalQuantile((1 - confidence) / 2) ** 2;
  const failures = trials - successes;
  const spread = trials === 0 ? 0 : (successes * failures) / trials;
  const halfWidth = Math.sqrt(zSquared * (spread + zSquared / 4));
  const scale = trials + zSquared;
  // The outer ends are exact at 0 and 1; the formula would miss them by rounding.
  return {
    lower: successes === 0 ? 0 : (successes + zSquared / 2 - halfWidth) / scale,
    upper: failures === 0 ? 1 : (successes + zSquared / 2 + halfWidth) / scale,
  };
}
