import { InvalidOptionError } from '@tollgate/sdk';
import { passAtK } from './pass-at-k.ts';

/** Samples of one problem, the right ones told apart. */
export interface DistinctSolutions {
  /** All samples, wrong ones included. Range [1, ∞). */
  readonly samples: number;
  /** How often each distinct right solution occurs. Their sum is at most `samples`. */
  readonly multiplicities: readonly number[];
}

// Source: "Smaller, Weaker, Yet Better" (arXiv 2408.16737). Rule: Σ over right solutions u of 1 − C(M − m_u, k) / C(M, k).
/**
 * The expected number of distinct right solutions among `k` samples, without bias. Range [0, k].
 *
 * @param k Range [1, samples].
 * @throws InvalidOptionError when a count is not a whole number in its range.
 * @example
 * diversityAtK({ samples: 5, multiplicities: [2, 1] }, 2); // 1.1
 */
export function diversityAtK({ samples, multiplicities }: DistinctSolutions, k: number): number {
  const right = multiplicities.reduce((total, count) => total + count, 0);
  if (right > samples) {
    const message = `multiplicities must add up to at most samples (${samples}), received ${right}.`;
    throw new InvalidOptionError('multiplicities', message);
  }
  return multiplicities.reduce((total, correct) => total + passAtK({ samples, correct }, k), 0);
}
