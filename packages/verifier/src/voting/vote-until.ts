import {
  type Action,
  type AnswerKey,
  type CandidateView,
  type Model,
  runStrategy,
  type StrategyCore,
} from '@tollgate/sdk';
import { leaderOf, startVote, type VoteRule, type RunningVote } from './vote-rule.ts';

/** Options of `voteUntil`. */
export interface VoteUntilOptions {
  /** When the vote ends: `curtailedVote`, `strictMajority`, `selectiveVote` or `sequentialVote`. */
  readonly rule: VoteRule;
  /** Which answers are the same. @defaultValue `wholeText()` */
  readonly answer?: AnswerKey;
}

/** State of `voteUntilCore`. */
export interface VoteUntilState {
  readonly action: Action;
  readonly sources: number;
  readonly vote: RunningVote;
  /** The first candidate with each answer. */
  readonly firsts: readonly { readonly answer: string; readonly candidate: string }[];
  /** Candidates drawn, those without an answer included. */
  readonly drawn: number;
  /** Samples of the last draw that did not come: each may still be reported as failed. */
  readonly missing: number;
}

/**
 * Draws votes until a rule can tell, and answers or abstains as it says. Never draws a vote that could not matter: each draw
 * is of the fewest votes after which the rule may decide.
 *
 * Several sources vote in turn, one vote each. A sample that failed or has no answer is a vote for nothing. Where money ends
 * the search, the leading answer is given as not accepted.
 */
export function voteUntilCore(rule: VoteRule): StrategyCore<VoteUntilState> {
  return {
    name: rule.name,
    parameters: rule.parameters,
    start: ({ sources }) => {
      const none = { sources: sources.length, vote: startVote(), firsts: [], drawn: 0, missing: 0 };
      return goOn(rule, none);
    },
    observe: (state, event) => {
      if (state.action.type !== 'draw') return state;
      switch (event.type) {
        case 'drawn':
          return goOn(rule, withVotes(rule, state, { candidates: event.candidates, asked: state.action.count }));
        case 'failed':
          // A part of the last draw, which has counted as votes for nothing.
          if (state.missing > 0) return { ...state, missing: state.missing - 1 };
          return afterFailure(rule, state, state.action.count);
        case 'budget':
          return { ...state, action: giveUp(rule, state) };
        case 'launched':
        case 'scored':
        case 'extended':
          return state;
        default:
          return event satisfies never;
      }
    },
    next: (state) => state.action,
  };
}

/**
 * A model that asks `voters` again and again until a rule can tell what they answer, or abstains.
 *
 * One model is sampled. Several (other models, or one behind variants of the prompt) vote in turn, one vote each.
 *
 * @throws InvalidOptionError when there is no voter.
 *
 * @example
 * const sure = voteUntil(small, { rule: sequentialVote({ votes: 40, alpha: 0.05 }), answer: finalNumber() });
 * const model = cascade([sure, big], { confidence: verdict() });
 */
export function voteUntil(voters: Model | readonly Model[], { rule, answer }: VoteUntilOptions): Model {
  const sources = 'generate' in voters ? [voters] : voters;
  return runStrategy(voteUntilCore(rule), { sources, ...(answer !== undefined && { answer }) });
}

type Position = Omit<VoteUntilState, 'action'>;

function goOn(rule: VoteRule, { ...position }: Position): VoteUntilState {
  const verdict = rule.verdict(position.vote);
  if (verdict.type === 'continue') {
    const { sources, vote } = position;
    const count = sources === 1 ? verdict.needed : 1;
    return { ...position, action: { type: 'draw', from: vote.cast % sources, count } };
  }
  return { ...position, action: ended(rule, position, verdict) };
}

function ended(
  { signal }: VoteRule,
  position: Position,
  verdict: Exclude<ReturnType<VoteRule['verdict']>, { type: 'continue' }>,
): Action {
  const { reason } = verdict;
  if (verdict.type === 'decide') {
    const { confidence } = verdict;
    return { type: 'accept', candidate: firstWith(position, verdict.answer), confidence, signal, reason };
  }
  return position.drawn === 0 ? { type: 'stop', reason: 'no vote arrived' } : { type: 'abstain', reason };
}

function withVotes(
  rule: VoteRule,
  state: VoteUntilState,
  { candidates, asked }: { readonly candidates: readonly CandidateView[]; readonly asked: number },
): Position {
  const { action: _, ...position } = state;
  const firsts = [...position.firsts];
  let { vote } = position;
  for (const { id, answer } of candidates) {
    vote = rule.observe(vote, answer);
    if (answer !== undefined && !firsts.some((first) => first.answer === answer))
      firsts.push({ answer, candidate: id });
  }
  const missing = Math.max(0, asked - candidates.length);
  for (let i = 0; i < missing; i += 1) vote = rule.observe(vote, undefined);
  return { ...position, vote, firsts, drawn: position.drawn + candidates.length, missing };
}

/** A source that failed as a whole has no further votes; another one may. */
function afterFailure(rule: VoteRule, state: VoteUntilState, asked: number): VoteUntilState {
  const lost = state.sources === 1 ? rule.votes - state.vote.cast : asked;
  return goOn(rule, { ...withVotes(rule, state, { candidates: [], asked: lost }), missing: 0 });
}

function giveUp({ signal, votes }: VoteRule, state: VoteUntilState): Action {
  const leader = leaderOf(state.vote);
  if (leader === undefined) return { type: 'stop', reason: 'money ran out before there was an answer' };
  return {
    type: 'accept',
    candidate: firstWith(state, leader.answer),
    accepted: false,
    ...(signal === 'vote-share' && { confidence: leader.votes / votes, signal }),
    reason: `money ran out; ${leader.votes} of ${state.vote.cast} votes agree`,
  };
}

function firstWith({ firsts }: Position, answer: string): string {
  return firsts.find((first) => first.answer === answer)?.candidate ?? '';
}
