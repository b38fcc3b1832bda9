import {
  type Action,
  type AnswerKey,
  type Model,
  runStrategy,
  type StrategyCore,
  type StrategyEvent,
} from '@tollgate/sdk';
import { leadingVote } from '../confidence/leading-vote.ts';
import { hasDecided, type WithAction } from './decided.ts';
import { requireWhole } from './require-option.ts';

/** Options of `voteCore`. */
export interface VoteCoreOptions {
  /** Samples to draw, all at once. Range [1, ∞). */
  readonly samples: number;
}

/** Options of `vote`. */
export interface VoteOptions extends VoteCoreOptions {
  /** Which answers are the same. @defaultValue `wholeText()` */
  readonly answer?: AnswerKey;
}

/** State of `voteCore`. */
export type VoteState = WithAction;

/**
 * The answer that most of `samples` samples give. Ties go to the answer that came first; samples without an answer do not
 * vote; where no sample has one, it abstains. Fewer samples than asked for (failures, money) still vote, with a lower
 * confidence: votes of the winner out of the samples asked for.
 *
 * @throws InvalidOptionError when `samples` is not a whole number of at least 1.
 */
// Source: self-consistency, arXiv 2203.11171, section 2. Rule: argmax over answers of the number of samples that give it.
// Differs: the paper leaves ties open and has no abstention.
export function voteCore(options: VoteCoreOptions): StrategyCore<VoteState> {
  const { samples } = options;
  requireWhole('samples', samples);
  return {
    name: 'vote',
    parameters: { samples },
    start: () => ({ action: { type: 'draw', from: 0, count: samples } }),
    observe: (state, event) => (hasDecided(state) ? state : { action: afterDraw(event, samples) }),
    next: (state) => state.action,
  };
}

/**
 * A model that asks `model` several times and gives the most frequent answer (self-consistency).
 *
 * Needs short comparable answers; for anything but identical texts pass an `answer` key.
 *
 * @throws InvalidOptionError when `samples` is not a whole number of at least 1.
 *
 * @example
 * const model = vote(small, { samples: 5, answer: finalNumber() });
 */
export function vote(model: Model, options: VoteOptions): Model {
  const { answer, ...rules } = options;
  return runStrategy(voteCore(rules), { sources: [model], ...(answer !== undefined && { answer }) });
}

function afterDraw(event: StrategyEvent, samples: number): Action {
  if (event.type !== 'drawn' || event.candidates.length === 0) {
    return { type: 'stop', reason: `none of ${samples} samples arrived` };
  }
  const leader = leadingVote(event.candidates, samples);
  if (leader === undefined) {
    return {
      type: 'abstain',
      confidence: 0,
      signal: 'vote-share',
      reason: `none of ${samples} samples holds an answer`,
    };
  }
  return {
    type: 'accept',
    candidate: leader.candidate,
    confidence: leader.share,
    signal: 'vote-share',
    reason: `${leader.votes} of ${samples} samples agree`,
  };
}
