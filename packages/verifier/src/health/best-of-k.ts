import { requireWhole } from '../scores/require-number.ts';
import { chanceByRank, type RankedAnswer } from './ranked-answer.ts';

// Source: V-STaR (arXiv 2402.06457); SprocketLab/orm-code-verifier. Rule: 1/C(N, k) · Σ_{i ≤ N − k} C(N − 1 − i, k − 1) · α_i.
// Differs: ties are averaged over; the authors' code leaves out the last term, which gives 0 at k = N.
/**
 * The chance that the best-scored of `k` candidates, drawn at random from all of one problem, is right. Range [0, 1].
 *
 * At k = 1 no ranking makes a difference; report it for k = 1, 2, 4, 8, …
 *
 * @param k Range [1, number of candidates].
 * @throws InvalidOptionError when `k` is not a whole number in its range or a score is NaN.
 * @example
 * bestOfK([{ score: 0.9, correct: false }, { score: 0.8, correct: true }, { score: 0.1, correct: true }], 2); // 1/3
 */
export function bestOfK(answers: readonly RankedAnswer[], k: number): number {
  const count = answers.length;
  requireWhole('k', k, [1, count]);
  // The chance that the best of k has rank i.
  let weight = k / count;
  let total = 0;
  for (const [i, chance] of chanceByRank(answers).entries()) {
    total += weight * chance;
    if (i + k >= count) break;
    weight *= (count - k - i) / (count - 1 - i);
  }
  return Math.min(1, total);
}
