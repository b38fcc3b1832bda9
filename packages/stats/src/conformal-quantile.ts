import { outOfRange } from './out-of-range.ts';

// Source: split conformal prediction, Vovk et al. 2005. Rule: the k-th smallest score, k = ⌈(n + 1)(1 − miscoverage)⌉.
/**
 * The bound that a further score exceeds with a chance of at most `miscoverage`, when all are exchangeable.
 *
 * `Infinity` where there are too few scores to promise it: it takes ⌈(1 − miscoverage) / miscoverage⌉, 9 for 0.1, 99 for
 * 0.01. The chance is over the scores given here too: no promise for one given list of them.
 *
 * @param miscoverage Range (0, 1).
 * @throws RangeError when a score is NaN or `miscoverage` is outside (0, 1).
 * @example
 * conformalQuantile([0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.45, 0.6], 0.2); // 0.45
 */
export function conformalQuantile(scores: readonly number[], miscoverage: number): number {
  if (!(miscoverage > 0 && miscoverage < 1)) throw outOfRange('miscoverage', 'in (0, 1)', miscoverage);
  for (const [i, score] of scores.entries()) {
    if (Number.isNaN(score)) throw outOfRange(`scores[${i}]`, 'a number', score);
  }
  // 10 · (1 − 0.7) is 3.0000000000000004 in doubles: rounding must not ask for one more score.
  const place = Math.ceil((scores.length + 1) * (1 - miscoverage) - 1e-9);
  return scores.toSorted((a, b) => a - b)[place - 1] ?? Infinity;
}
