import { requireVotes, type VoteRuleOptions } from './vote-options.ts';
import { defineVoteRule, leaderOf, type VoteRule } from './vote-rule.ts';

// Rule: exact curtailment. A vote of fixed size is decided when every way to cast the votes that are left gives the same
// outcome; the worst way for the leader is that all go to one rival.
/**
 * The answer that most of `votes` votes give, the earliest on a tie, told as soon as the leader cannot be caught: always the
 * answer that all the votes would have given, for fewer of them. Abstains only where no vote has an answer.
 *
 * Confidence is the share of `votes` that the leader has for certain.
 *
 * @throws InvalidOptionError when `votes` is not a whole number of at least 1.
 * @example
 * const model = voteUntil(small, { rule: curtailedVote({ votes: 9 }), answer: finalNumber() }); // 5 samples where they agree
 */
export function curtailedVote({ votes }: VoteRuleOptions): VoteRule {
  requireVotes(votes);
  return defineVoteRule({
    name: 'curtailed-vote',
    votes,
    signal: 'vote-share',
    find: (state) => {
      const leader = leaderOf(state);
      if (leader === undefined) return undefined;
      const left = votes - state.cast;
      const leads = state.tally.findIndex(({ answer }) => answer === leader.answer);
      const isSafe = state.tally.every(
        (rival, i) => i === leads || rival.votes + left < leader.votes + (i > leads ? 1 : 0),
      );
      // An answer that nobody gave yet would come later, and lose a tie.
      return isSafe && left <= leader.votes ? { answer: leader.answer, confidence: leader.votes / votes } : undefined;
    },
  });
}
