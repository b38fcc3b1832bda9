import { InvalidOptionError } from '@tollgate/sdk';
import { requireAlpha, requireVotes, type TestedVoteOptions } from './vote-options.ts';
import { type AnswerVotes, defineVoteRule, leaderOf, startVote, type VoteRule, type RunningVote } from './vote-rule.ts';

// Source: testing by betting (Ville 1939; Waudby-Smith and Ramdas 2024) applied to the mode as in PAC mode estimation, arXiv
// 2109.05047. Against every answer m stands a fortune, 1 at the start, that bets on the leader: a vote for the leader multiplies
// it by 2θ, one for m by 2(1 − θ), any other leaves it, with θ = (h + ½)/(h + t + 1) from the h and t votes that the two have
// so far (Krichevsky and Trofimov's estimate).
// Theorem: where no answer is more likely than m, the fortune is a supermartingale, because leader and θ ≥ ½ are fixed
// before the vote: its mean factor is 1 + (2θ − 1)(P(leader) − P(m)) ≤ 1. By Ville's inequality it ever reaches 1/α with
// probability at most α. An answer is given once the fortunes against all others, those nobody gave yet included, have
// reached 1/α. Giving a wrong one takes the fortune against the true mode, so the top two need no union bound over pairs.
/**
 * The most likely answer, told as soon as the votes show it at error level `alpha`; abstains where `votes` votes do not, or
 * as soon as they no longer can.
 *
 * Unlike a p-value it may be looked at after every vote: the chance of ever deciding for an answer that is not (one of) the
 * most likely is at most `alpha`, also if votes end for any other reason. Valid for independent samples of one model and
 * prompt. Clear votes end sooner than with `selectiveVote` of the same size, close ones abstain more often: unanimous
 * answers decide after 7 votes at 0.05 and after 10 at 0.01.
 *
 * Confidence is 1 − p, p the anytime-valid p-value.
 *
 * @throws InvalidOptionError when `votes` is not a whole number of at least 1, too few to decide even if all agree, or `alpha` is
 * outside (0, 1).
 * @example
 * const sure = voteUntil(small, { rule: sequentialVote({ votes: 40 }), answer: finalNumber() });
 */
export function sequentialVote({ votes, alpha = 0.05 }: TestedVoteOptions): VoteRule {
  requireVotes(votes);
  requireAlpha(alpha);
  const enough = -Math.log(alpha);
  const rule = defineVoteRule({
    name: 'sequential-vote',
    parameters: { alpha },
    votes,
    signal: 'vote-test',
    count: (state, answer) => bet(state, { answer, enough }),
    find: (state) => {
      const leader = leaderOf(state);
      if (leader === undefined) return undefined;
      const { tally, unseen = 0 } = state;
      const against = tally.map((one) => (one === leader ? Infinity : (one.evidence ?? 0)));
      const weakest = Math.min(unseen, ...against);
      return weakest >= enough ? { answer: leader.answer, confidence: 1 - Math.exp(-weakest) } : undefined;
    },
  });
  if (rule.verdict(startVote()).type === 'abstain') {
    throw new InvalidOptionError(
      'votes',
      `${votes} votes cannot decide at alpha ${alpha}, even if all agree. Take ${fewestVotes(enough)} votes or more.`,
    );
  }
  return rule;
}

/** Unanimous votes after which the fortune against every other answer is large enough. */
function fewestVotes(enough: number): number {
  let votes = 1;
  for (let evidence = 0; evidence < enough; votes += 1) evidence += Math.log((2 * votes + 1) / (votes + 1));
  return votes;
}

/** Settles the bets on a vote, then counts it. */
function bet(
  state: RunningVote,
  { answer, enough }: { readonly answer: string; readonly enough: number },
): RunningVote {
  const { tally, unseen = 0 } = state;
  const leader = leaderOf(state);
  const settled = (one: AnswerVotes): number => {
    const { evidence = 0 } = one;
    // A null once refuted stays so. Nobody leads before the first vote, and nobody bets against the leader.
    if (leader === undefined || one.answer === leader.answer || evidence >= enough) return evidence;
    const theta = (leader.votes + 0.5) / (leader.votes + one.votes + 1);
    if (answer === leader.answer) return evidence + Math.log(2 * theta);
    return answer === one.answer ? evidence + Math.log(2 * (1 - theta)) : evidence;
  };
  const counted = (one: AnswerVotes): AnswerVotes => ({
    answer: one.answer,
    votes: one.votes + (one.answer === answer ? 1 : 0),
    evidence: settled(one),
  });
  // What was won against an answer before it was given is what was won against any answer not given.
  const newcomer: AnswerVotes = { answer, votes: 0, evidence: unseen };
  const isKnown = tally.some((one) => one.answer === answer);
  return {
    ...state,
    tally: (isKnown ? tally : [...tally, newcomer]).map(counted),
    unseen: isKnown ? settled({ answer: '', votes: 0, evidence: unseen }) : unseen,
  };
}
