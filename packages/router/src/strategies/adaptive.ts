import {
  type AnswerKey,
  type CandidateView,
  InvalidOptionError,
  type Model,
  runStrategy,
  type StrategyCore,
} from '@tollgate/sdk';
import { isDoubtful } from '../confidence/is-doubtful.ts';
import { leadingVote } from '../confidence/leading-vote.ts';
import { binOf, type DifficultyAction, type DifficultyTable } from '../learning/difficulty-table.ts';
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
  /** Samples asked of the first source. */
  readonly asked: number;
  /** Candidates of the first source. */
  readonly candidates: readonly CandidateView[];
}

/**
 * Draws a few samples of the first source, takes how far they agree for how easy the task is, and does what the table says
 * for that: stop, draw more and vote, or ask another source. The probe's samples vote again. The answer is the most frequent
 * one, the first one on a tie; samples that failed or hold no answer count as votes against it.
 *
 * Where the probe fails, the source of the hardest bin that names one is asked. Where money ends, or a later draw fails or
 * gives nothing, the best answer so far is given as not accepted.
 *
 * @throws InvalidOptionError when the table has no bin, its bins do not fall from at most 1 to 0, or a number of samples in
 * it is not at least 1; at the start, when it names a source that is not there.
 */
// Source: arXiv 2408.03314 section 3.2 (difficulty bins, strategy by bin); see `fitDifficultyTable`.
export function adaptiveCore(table: DifficultyTable): StrategyCore<AdaptiveState> {
  checkTable(table);
  const { probe } = table;
  return {
    name: 'adaptive',
    parameters: { probe, bins: table.bins.length },
    start: ({ sources }) => {
      checkSources(table, sources.length);
      return {
        sources: sources.length,
        phase: 'probe',
        asked: probe,
        candidates: [],
        action: { type: 'draw', from: 0, count: probe },
      };
    },
    observe: (state, event) => {
      const { action } = state;
      if (hasDecided(state) || action.type !== 'draw') return state;
      switch (event.type) {
        case 'drawn':
          if (state.phase === 'escalated') return afterEscalation(state, event.candidates, action.count);
          return afterDraw(table, { ...state, candidates: [...state.candidates, ...event.candidates] });
        case 'failed':
          // Of several runs of the first source one may fail late, when the other source is already asked.
          if (event.from !== action.from) return state;
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
 * @throws InvalidOptionError as `adaptiveCore`.
 *
 * @example
 * const table = fitDifficultyTable(labelled, { fallbackUsd: 0.02 });
 * const model = adaptive([small, big], { table, answer: finalNumber() });
 */
export function adaptive(models: readonly Model[], { table, answer }: AdaptiveOptions): Model {
  const core = adaptiveCore(table);
  checkSources(table, models.length);
  return runStrategy(core, { sources: models, ...(answer !== undefined && { answer }) });
}

function afterDraw(table: DifficultyTable, state: AdaptiveState): AdaptiveState {
  const { asked, candidates, phase } = state;
  if (phase === 'more') return settle(state);
  const { action } = table.bins[binOf(table, leadingVote(candidates, asked)?.share ?? 0)] ?? {};
  if (action?.kind === 'escalate') return escalate(state, action);
  const samples = action?.samples ?? asked;
  if (samples <= asked) return settle(state);
  return { ...state, phase: 'more', asked: samples, action: { type: 'draw', from: 0, count: samples - asked } };
}

function escalate(
  state: AdaptiveState,
  { to, samples }: Extract<DifficultyAction, { kind: 'escalate' }>,
): AdaptiveState {
  const action = { type: 'draw', from: to, count: samples, ...(samples === 1 && { commit: true }) } as const;
  return { ...state, phase: 'escalated', action };
}

/** The first model is down: the table's hardest bin says who else there is. */
function escalateOrStop(table: DifficultyTable, state: AdaptiveState): AdaptiveState {
  const action = table.bins.map((bin) => bin.action).findLast(({ kind }) => kind === 'escalate');
  return action?.kind === 'escalate' ? escalate(state, action) : giveUp(state, 'the model failed');
}

function settle(state: AdaptiveState): AdaptiveState {
  const { asked, candidates, sources } = state;
  const leader = leadingVote(candidates, asked);
  if (leader === undefined) {
    const nothing = { confidence: 0, signal: 'vote-share', reason: 'no sample holds an answer' };
    return { ...state, action: { type: 'abstain', ...nothing } };
  }
  const { candidate, share, votes } = leader;
  const notAsked = Array.from({ length: sources - 1 }, (_, i) => i + 1);
  return {
    ...state,
    action: {
      type: 'accept',
      candidate,
      confidence: share,
      signal: 'vote-share',
      reason: `${votes} of ${asked} samples agree`,
      ...(notAsked.length > 0 && { notAsked }),
    },
  };
}

function afterEscalation(state: AdaptiveState, drawn: readonly CandidateView[], asked: number): AdaptiveState {
  const [only] = drawn;
  if (asked === 1 && only !== undefined) {
    const reason = 'the samples disagreed, so another model answers';
    const isDoubted = isDoubtful(only) && { accepted: false };
    return { ...state, action: { type: 'accept', candidate: only.id, ...isDoubted, reason } };
  }
  const leader = leadingVote(drawn, asked);
  if (leader === undefined) return giveUp(state, 'the model for hard tasks gave no answer');
  const { candidate, share: confidence, votes } = leader;
  const reason = `the samples disagreed; ${votes} of ${asked} of another model agree`;
  return { ...state, action: { type: 'accept', candidate, confidence, signal: 'vote-share', reason } };
}

function giveUp(state: AdaptiveState, reason: string): AdaptiveState {
  const leader = leadingVote(state.candidates, state.asked);
  if (leader === undefined) return { ...state, action: { type: 'stop', reason } };
  const { candidate, share: confidence } = leader;
  return { ...state, action: { type: 'accept', candidate, confidence, signal: 'vote-share', accepted: false, reason } };
}

function checkTable({ probe, bins }: DifficultyTable): void {
  requireWhole('table.probe', probe);
  const bounds = bins.map(({ from }) => from);
  const isFalling = bounds.every((from, i) => from < (bounds[i - 1] ?? 1 + 1e-9));
  if (bounds.at(-1) !== 0 || !isFalling) {
    throw new InvalidOptionError(
      'table',
      `The bins of a table must fall from at most 1 to 0, as shares that a task has to reach; received [${bounds.join(', ')}].`,
    );
  }
  for (const [i, { action }] of bins.entries()) requireWhole(`table.bins[${i}].action.samples`, action.samples);
}

function checkSources({ bins }: DifficultyTable, sources: number): void {
  for (const { action } of bins) {
    if (action.kind === 'vote' || (Number.isInteger(action.to) && action.to > 0 && action.to < sources)) continue;
    throw new InvalidOptionError(
      'table',
      `The table escalates to model ${action.to}; the others are 1 to ${sources - 1}.`,
    );
  }
}
