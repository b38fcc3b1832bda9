import type { Scorer, Verdict } from '@tollgate/sdk';
import { binomialTest, tallyVotes } from '@tollgate/stats';
import { type VoteRankerOptions, votersOf } from './answer-ranker.ts';
import { requireAlpha } from './vote-options.ts';

/** Options of `selectiveEnsemble`. */
export interface SelectiveEnsembleOptions extends VoteRankerOptions {
  /** Chance of accepting an answer that is not the most likely one. Range (0, 1). @defaultValue 0.05 */
  readonly alpha?: number;
}

// Source: selective ensembles, arXiv 2111.08230, theorem 4.1. Rule: with n_A ≥ n_B the votes of the top two, accept A where
// the two-sided binomial p-value of n_A in n_A + n_B at ½ is at most α, else abstain.
/**
 * Judges candidates by a vote that knows its error: accepts those with the leading answer, and rejects the others, where the
 * lead is too large for chance; else abstains on all.
 *
 * The score of an accepted candidate is 1 − p, that of a rejected one 0; the p-value and both counts are in the evidence of
 * each. What is bounded is the chance that another answer than the one this model gives most often is accepted, not that
 * it is wrong: a model that errs consistently is accepted. Valid for independent samples whose number was fixed before: judged
 * again and again while samples come in, it errs more often. For that take `sequentialVote`; to answer or abstain with a
 * model, `voteUntil`. Five samples or fewer never decide at 0.05: see `votesNeeded`.
 *
 * @throws InvalidOptionError when `alpha` is outside (0, 1).
 *
 * @example
 * const scorer = selectiveEnsemble({ answer: finalNumber(), alpha: 0.05 });
 */
export function selectiveEnsemble({ answer, alpha = 0.05 }: SelectiveEnsembleOptions): Scorer {
  requireAlpha(alpha);
  return {
    name: 'selective-ensemble',
    score: async ({ candidates }) => {
      const voters = votersOf(candidates, answer);
      const { counts, winner } = tallyVotes(voters.map((voter) => voter.answer));
      const [votes = 0, runnerUp = 0] = [...counts.values()].toSorted((a, b) => b - a);
      const p = binomialTest(votes, votes + runnerUp);
      return {
        verdicts: voters.map((voter): Verdict => {
          const known = { candidateId: voter.candidate.id, evidence: { p, votes, runnerUp } };
          if (p > alpha || voter.answer === undefined) return { ...known, status: 'abstain' };
          return voter.answer === winner
            ? { ...known, status: 'accept', score: 1 - p }
            : { ...known, status: 'reject', score: 0 };
        }),
        charges: [],
      };
    },
  };
}
