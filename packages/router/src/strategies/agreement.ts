import {
  type AnswerKey,
  type CandidateView,
  InvalidOptionError,
  type Model,
  runStrategy,
  type StrategyCore,
} from '@tollgate/sdk';
import { leadingVote } from '../confidence/leading-vote.ts';
import { hasDecided, type WithAction } from './decided.ts';
import { requireShare } from './require-option.ts';

/** Options of `agreementCore`. */
export interface AgreementCoreOptions {
  /** The share of the models that must give the same answer. Range (0, 1]. @defaultValue 1 */
  readonly accept?: number;
}

/** Options of `agreement`. */
export interface AgreementOptions extends AgreementCoreOptions {
  /** Which answers are the same. @defaultValue `wholeText()` */
  readonly answer?: AnswerKey;
}

/** State of `agreementCore`. */
export interface AgreementState extends WithAction {
  readonly models: number;
  /** Models asked so far. */
  readonly asked: number;
  /** Models that have not answered yet. */
  readonly outstanding: number;
  readonly candidates: readonly CandidateView[];
  readonly ended?: string;
}

/**
 * Asks all sources for one sample each, at once, and accepts the answer that enough of them give; otherwise the most
 * frequent one is given as not accepted. A source that fails or holds no answer agrees with nobody.
 *
 * Two cheap models that agree are right far more often than either alone, so as the first stage of a cascade this needs no
 * log-probabilities and no second sample. It stops as soon as enough agree or no answer can reach that any more.
 *
 * @throws InvalidOptionError when `accept` is outside (0, 1]; at the start, when there are fewer than two sources.
 */
export function agreementCore({ accept = 1 }: AgreementCoreOptions = {}): StrategyCore<AgreementState> {
  requireShare('accept', accept);
  return {
    name: 'agreement',
    parameters: { accept },
    start: ({ sources }) => {
      if (sources.length < 2) {
        throw new InvalidOptionError('models', `An agreement takes two models or more, received ${sources.length}.`);
      }
      return ask({ models: sources.length, asked: 0, outstanding: 0, candidates: [] });
    },
    observe: (state, event) => {
      if (hasDecided(state)) return state;
      switch (event.type) {
        case 'launched':
          return state.asked < state.models ? ask(state) : { ...state, action: { type: 'wait' } };
        case 'drawn':
          return decide(
            accept,
            arrived({ ...state, candidates: [...state.candidates, ...event.candidates.slice(0, 1)] }),
          );
        case 'failed':
          return decide(accept, arrived(state));
        case 'budget': {
          const ended = { ...state, ended: 'money ran out' };
          return decide(accept, event.refused === undefined ? ended : arrived(ended));
        }
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
 * A model that asks all `models` once and accepts what they agree on.
 *
 * @throws InvalidOptionError as `agreementCore`.
 *
 * @example
 * const cheap = agreement([haiku, mini], { answer: finalNumber() });
 * const model = cascade([cheap, big], { confidence: verdict() });
 */
export function agreement(models: readonly Model[], { answer, ...rules }: AgreementOptions = {}): Model {
  return runStrategy(agreementCore(rules), { sources: models, ...(answer !== undefined && { answer }) });
}

function ask(state: Omit<AgreementState, 'action'>): AgreementState {
  return {
    ...state,
    asked: state.asked + 1,
    outstanding: state.outstanding + 1,
    action: { type: 'draw', from: state.asked, count: 1, deliver: 'later' },
  };
}

function arrived(state: AgreementState): AgreementState {
  return { ...state, outstanding: state.outstanding - 1 };
}

function decide(accept: number, state: AgreementState): AgreementState {
  const { models, outstanding, candidates } = state;
  const leader = leadingVote(candidates, models);
  const votes = leader?.votes ?? 0;
  const needed = Math.ceil(accept * models - 1e-9);
  if (leader !== undefined && votes >= needed) return { ...state, action: verdictOn(leader, models, true) };
  if (outstanding > 0 && votes + outstanding >= needed) return { ...state, action: { type: 'wait' } };
  const [first] = candidates;
  if (leader !== undefined) return { ...state, action: verdictOn(leader, models, false) };
  if (outstanding > 0) return { ...state, action: { type: 'wait' } };
  if (first === undefined)
    return { ...state, action: { type: 'stop', reason: state.ended ?? 'no model gave an answer' } };
  return {
    ...state,
    action: { type: 'accept', candidate: first.id, accepted: false, reason: 'no model gave an answer to compare' },
  };
}

function verdictOn(
  { candidate, share, votes }: NonNullable<ReturnType<typeof leadingVote>>,
  models: number,
  isEnough: boolean,
): AgreementState['action'] {
  return {
    type: 'accept',
    candidate,
    confidence: share,
    signal: 'agreement',
    ...(!isEnough && { accepted: false }),
    reason: `${votes} of ${models} models agree`,
  };
}
