import { mean } from '@tollgate/stats';
import { requireWhole } from '../scores/require-number.ts';

/** How many samples of one problem were drawn, and how many of them are right. */
export interface SampledProblem {
  /** Range [1, ∞). */
  readonly samples: number;
  /** Range [0, samples]. */
  readonly correct: number;
}

// Source: openai/human-eval. Rule: 1 − C(n − c, k) / C(n, k), as a product that neither overflows nor cancels.
/**
 * The chance that at least one of `k` samples is right, without bias, from more samples than `k`. Range [0, 1].
 *
 * `1 − (1 − correct / samples)^k` is biased: too low for hard problems where few samples were drawn.
 *
 * @param k Range [1, samples].
 * @throws InvalidOptionError when a count is not a whole number in its range.
 * @example
 * passAtK({ samples: 10, correct: 3 }, 5); // 0.916667
 */
export function passAtK({ samples, correct }: SampledProblem, k: number): number {
  requireWhole('samples', samples, [1, Number.MAX_SAFE_INTEGER]);
  requireWhole('correct', correct, [0, samples]);
  requireWhole('k', k, [1, samples]);
  if (samples - correct < k) return 1;
  let allWrong = 1;
  for (let i = samples - correct + 1; i <= samples; i += 1) allWrong *= 1 - k / i;
  return 1 - allWrong;
}

/**
 * The share of problems of which at least one of `k` samples is right: `passAtK`, each problem counting alike.
 *
 * @throws InvalidOptionError as `passAtK`, and RangeError when there is no problem.
 */
export function coverageAtK(problems: readonly SampledProblem[], k: number): number {
  return mean(problems.map((problem) => passAtK(problem, k)));
}
