import { binomialTest } from '@tollgate/stats';
import { requireAlpha, requireVotes } from './vote-options.ts';

// Source: selective ensembles, arXiv 2111.08230. Rule: the two-sided binomial p-value of n_A votes in n at ½ is at most α.
/**
 * The votes that the leader needs for a decision at error level `alpha` when all `votes` fall on two answers. Undefined
 * where not even all of them are enough: such a vote always abstains, so draw more.
 *
 * @throws InvalidOptionError when `votes` is not a whole number of at least 1, or `alpha` is outside (0, 1).
 * @example
 * votesNeeded(10, 0.05); // 9
 * votesNeeded(5, 0.05); // undefined: the smallest p-value of five votes is 0.0625
 */
export function votesNeeded(votes: number, alpha: number): number | undefined {
  requireVotes(votes);
  requireAlpha(alpha);
  if (binomialTest(votes, votes) > alpha) return undefined;
  // The p-value falls as the leader's votes rise from half of all to all.
  let enough = votes;
  while (binomialTest(enough - 1, votes) <= alpha) enough -= 1;
  return enough;
}
