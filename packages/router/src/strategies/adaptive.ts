import {
  type AnswerKey,
  type CandidateView,
  InvalidOptionError,
  type Model,
  runStrategy,
  type StrategyCore,
} from '@tollgate/sdk';
import { leadingVote } from '../confidence/leading-vote.ts';
import { binOf, type DifficultyTable } from '../learning/difficulty-table.ts';
import { hasDecided, type WithAction } from './decided.ts';
import { requireWhole } from './require-option.ts';

/** Options of `adaptive`. */
export interface AdaptiveOptions {
  /** What to do by difficulty: of `fitDifficultyTable`, or your own. */
  readonly table: DifficultyTable;
  /** Which answers are the same. @defaultValue `wholeText()` */
  readonly answer?: AnswerKey;
}

/** State of `adaptiveCore`. */
export interface AdaptiveState extends WithAction {
  readonly sources: number;
  readonly phase: 'probe' | 'more' | 'escalated';
  readonly asked: number;
  readonly candidates: readonly CandidateView[];
}

/**
 * Draws a few samples of the first source, takes how far they agree for how easy the task is, and does what the table says
 * for that: stop, draw more and vote, or ask another source. The probe's samples vote again.
 *
 * @throws InvalidOptionError when the table has no bin or a number in it is not at least 1; at the start, when it names a
 * source that is not there.
 */
// Source: arXiv 2408.03314 section 3.2 (difficulty bins, strategy by bin); see `fitDifficultyTable`.
export function adaptiveCore(table: DifficultyTable): StrategyCore<AdaptiveState> {
  checkTable(table);
  const { probe } = table;
  return {
    name: 'adaptive',
    parameters: { probe, bins: table.bins.length },
    start: ({ sources }) => {
      for (const { action } of table.bins) {
        if (action.kind === 'escalate' && !(action.to > 0 && action.to < sources.length)) {
          throw new InvalidOptionError(
            'table',
            `The table escalates to model ${action.to}; the others are 1 to ${sources.length - 1}.`,
          );
        }
      }
      return {
        sources: sources.length,
        phase: 'probe',
        asked: probe,
        candidates: [],
        action: { type: 'draw', from: 0, count: probe },
      };
    },
    observe: (state, event) => {
      if (hasDecided(state)) return state;
      switch (event.type) {
        case 'drawn':
          return afterDraw(table, state, event.candidates);
        case 'failed':
          return state.phase === 'probe' ? escalateOrStop(table, state) : giveUp(state, 'the model failed');
        case 'budget':
          return giveUp(state, 'money ran out');
        case 'scored':
        case 'extended':
        case 'launched':
          return state;
        default:
          return event satisfies never;
      }
    },
    next: ({ action }) => action,
  };
}

/**
 * A model that spends by difficulty: little on what its first samples agree on, more or another model on what they do not.
 *
 * @param models The one that is probed first, then those that the table escalates to.
 *
 * @example
 * const table = fitDifficultyTable(labelled, { fallbackUsd: 0.02 });
 * const model = adaptive([small, big], { table, answer: finalNumber() });
 */
export function adaptive(models: readonly Model[], { table, answer }: AdaptiveOptions): Model {
  return runStrategy(adaptiveCore(table), { sources: models, ...(answer !== undefined && { answer }) });
}

function afterDraw(table: DifficultyTable, state: AdaptiveState, drawn: readonly CandidateView[]): AdaptiveState {
  if (state.phase === 'escalated') return settle({ ...state, candidates: drawn }, state.asked);
  const candidates = [...state.candidates, ...drawn];
  const told = { ...state, candidates };
  if (state.phase === 'more') return settle(told, state.asked);
  const bin = table.bins[binOf(table, leadingVote(candidates, state.asked)?.share ?? 0)];
  const action = bin?.action ?? { kind: 'vote', samples: state.asked };
  if (action.kind === 'escalate') return escalate(told, action);
  const more = action.samples - state.asked;
  if (more <= 0) return settle(told, state.asked);
  return { ...told, phase: 'more', asked: action.samples, action: { type: 'draw', from: 0, count: more } };
}

function escalate(
  state: AdaptiveState,
  { to, samples }: { readonly to: number; readonly samples: number },
): AdaptiveState {
  const action = { type: 'draw', from: to, count: samples, ...(samples === 1 && { commit: true }) } as const;
  return { ...state, phase: 'escalated', asked: samples, action };
}

/** The first model is down: the table's hardest bin says who else there is. */
function escalateOrStop(table: DifficultyTable, state: AdaptiveState): AdaptiveState {
  const action = table.bins.map((bin) => bin.action).findLast(({ kind }) => kind === 'escalate');
  return action?.kind === 'escalate' ? escalate(state, action) : giveUp(state, 'the model failed');
}

function settle(state: AdaptiveState, asked: number): AdaptiveState {
  const [only] = state.candidates;
  if (state.phase === 'escalated' && asked === 1 && only !== undefined) {
    return {
      ...state,
      action: { type: 'accept', candidate: only.id, reason: 'the task was hard, so another model answers' },
    };
  }
  const leader = leadingVote(state.candidates, asked);
  if (leader === undefined)
    return {
      ...state,
      action: { type: 'abstain', confidence: 0, signal: 'vote-share', reason: 'no sample holds an answer' },
    };
  const { candidate, share, votes } = leader;
  const notAsked = state.phase === 'escalated' ? [] : Array.from({ length: state.sources - 1 }, (_, i) => i + 1);
  return {
    ...state,
    action: {
      type: 'accept',
      candidate,
      confidence: share,
      signal: 'vote-share',
      reason: `${votes} of ${asked} samples agree${state.phase === 'escalated' ? ' of the model for hard tasks' : ''}`,
      ...(notAsked.length > 0 && { notAsked }),
    },
  };
}

function giveUp(state: AdaptiveState, reason: string): AdaptiveState {
  const leader = leadingVote(state.candidates, state.asked);
  if (leader === undefined) return { ...state, action: { type: 'stop', reason } };
  const { candidate, share: confidence } = leader;
  return { ...state, action: { type: 'accept', candidate, confidence, signal: 'vote-share', accepted: false, reason } };
}

function checkTable({ probe, bins }: DifficultyTable): void {
  requireWhole('table.probe', probe);
  if (bins.length === 0)
    throw new InvalidOptionError('table', 'The table of an adaptive strategy needs one bin at least, received none.');
  for (const [i, { action }] of bins.entries()) requireWhole(`table.bins[${i}].action.samples`, action.samples);
}
