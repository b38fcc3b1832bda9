import { InvalidOptionError } from '@tollgate/sdk';
import { binomialTest } from '@tollgate/stats';
import type { TestedVoteOptions } from './vote-options.ts';
import { type AnswerVotes, defineVoteRule, leaderOf, type VoteRule, type RunningVote } from './vote-rule.ts';
import { votesNeeded } from './votes-needed.ts';

/**
 * The selective ensemble of `votes` votes (see `selectiveEnsemble`), told as soon as its outcome is certain: decides where the
 * leader's lead over the runner-up is too large for chance, else abstains. The outcome is that of all the votes, so stopping
 * early costs nothing of the error level.
 *
 * Confidence is 1 − p, p the largest p-value that the votes left could still make.
 *
 * @throws InvalidOptionError when `votes` is not a whole number of at least 1, `alpha` is outside (0, 1), or no lead of
 * `votes` votes can ever decide.
 * @example
 * const sure = voteUntil(small, { rule: selectiveVote({ votes: 10 }), answer: finalNumber() });
 * const model = cascade([sure, big], { confidence: verdict() }); // the big model answers where the small one is unsure
 */
// Source: selective ensembles, arXiv 2111.08230, theorem 4.1, with exact curtailment.
export function selectiveVote({ votes, alpha = 0.05 }: TestedVoteOptions): VoteRule {
  if (votesNeeded(votes, alpha) === undefined) {
    throw new InvalidOptionError(
      'votes',
      `${votes} votes that all agree have a p-value of ${binomialTest(votes, votes)}, above alpha (${alpha}). Take ${fewestVotes(alpha)} votes or more.`,
    );
  }
  return defineVoteRule({
    name: 'selective-vote',
    parameters: { alpha },
    votes,
    signal: 'vote-test',
    find: (state) => {
      const [leader, p] = worstCase(state, votes);
      return leader !== undefined && p <= alpha ? { answer: leader.answer, confidence: 1 - p } : undefined;
    },
  });
}

/** The leader, and its p-value if all votes that are left went to the strongest rival. */
function worstCase(state: RunningVote, votes: number): readonly [AnswerVotes | undefined, number] {
  const leader = leaderOf(state);
  if (leader === undefined) return [undefined, 1];
  const rival = state.tally.reduce((most, one) => (one === leader ? most : Math.max(most, one.votes)), 0);
  const caught = rival + votes - state.cast;
  return [leader, caught >= leader.votes ? 1 : binomialTest(leader.votes, leader.votes + caught)];
}

function fewestVotes(alpha: number): number {
  let votes = 1;
  while (votesNeeded(votes, alpha) === undefined) votes += 1;
  return votes;
}
