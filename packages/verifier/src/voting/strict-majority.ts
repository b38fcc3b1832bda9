import { requireVotes, type VoteRuleOptions } from './vote-options.ts';
import { defineVoteRule, leaderOf, type VoteRule } from './vote-rule.ts';

/**
 * The answer that more than half of `votes` votes give, told as soon as one has them; abstains as soon as none can.
 *
 * Confidence is the share of `votes` that the answer has for certain. The rule for variants of a prompt.
 *
 * @throws InvalidOptionError when `votes` is not a whole number of at least 1.
 */
// Source: flip-flop consistency, arXiv 2510.14242: a label needs more than half of the templates, else the item is skipped.
export function strictMajority({ votes }: VoteRuleOptions): VoteRule {
  requireVotes(votes);
  return defineVoteRule({
    name: 'strict-majority',
    votes,
    signal: 'vote-share',
    find: (state) => {
      const leader = leaderOf(state);
      if (leader === undefined || 2 * leader.votes <= votes) return undefined;
      return { answer: leader.answer, confidence: leader.votes / votes };
    },
  });
}
