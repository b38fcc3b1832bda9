import {
  type Action,
  type CandidateView,
  InvalidOptionError,
  type Model,
  runStrategy,
  type StrategyCore,
} from '@tollgate/sdk';
import { isDoubtful } from '../confidence/is-doubtful.ts';
import { type MeasuredStage, measureStage, stageSamples, type StageTest } from '../confidence/measure-stage.ts';
import { hasDecided, type WithAction } from './decided.ts';
import { requireOnePerSource, requireShare } from './require-option.ts';

/**
 * Options of `cascade`: `confidence: voteShare({ samples })` with `accept`, the share that is enough, or
 * `confidence: verdict()`, which needs no number.
 */
export type CascadeOptions = StageTest;

/** State of `cascadeCore`. */
export interface CascadeState extends WithAction {
  /** Index of the stage being asked. */
  readonly stage: number;
  readonly stages: number;
  /** The best answer of the stages that were not confident enough. */
  readonly best?: { readonly candidate: string; readonly confidence: number };
}

type Position = Omit<CascadeState, 'action'>;

/**
 * Asks one source after the other, cheapest first, until one is confident enough. The last one always answers; where it
 * draws one sample only, a stream shows it as it is written.
 *
 * A stage that fails is passed over. Where money ends the search, or the last stage gives nothing, the best answer so far
 * is given as not accepted: highest confidence, the later stage on a tie.
 *
 * @throws InvalidOptionError when `accept` is outside (0, 1]; at the start, when samples are listed for another number of sources.
 */
// Source: cascaded inference, arXiv 1805.10982. Rule: stop at the first stage before the last with confidence ≥ δ; the
// last has δ = 0.
// Differs: confidence is agreement of samples, or a strategy's own verdict, in place of the largest softmax.
export function cascadeCore(options: CascadeOptions): StrategyCore<CascadeState> {
  if ('accept' in options) requireShare('accept', options.accept);
  else if (options.confidence.kind !== 'verdict') {
    throw new InvalidOptionError(
      'accept',
      'voteShare(…) needs accept, the share that is enough, in (0, 1]; received none.',
    );
  }
  return {
    name: 'cascade',
    parameters: parametersOf(options),
    start: ({ sources }) => {
      checkStages(options, sources.length);
      return askStage(options, { stage: 0, stages: sources.length });
    },
    observe: (state, event) => {
      if (hasDecided(state)) return state;
      if (event.type === 'budget') return giveUp(state, 'money ran out before a stage was confident enough');
      // Of several runs of an earlier stage one may fail late: that is not this stage's failure.
      if (event.type === 'scored' || event.from !== state.stage) return state;
      return event.type === 'drawn' ? afterStage(options, state, event.candidates) : goOn(options, state);
    },
    next: (state) => state.action,
  };
}

/**
 * A model that asks `models` in order, cheapest first, until one is confident enough; the last one always answers.
 *
 * @throws InvalidOptionError when there is no model, `accept` is outside (0, 1], or samples are listed for another number of models.
 *
 * @example
 * const frugal = cascade([small, big], { confidence: voteShare({ samples: 3, answer: finalNumber() }), accept: 0.66 });
 * const nested = cascade([frugal, biggest], { confidence: verdict() });
 */
export function cascade(models: readonly Model[], options: CascadeOptions): Model {
  const core = cascadeCore(options);
  checkStages(options, models.length);
  const answer = options.confidence.kind === 'vote-share' ? options.confidence.answer : undefined;
  return runStrategy(core, { sources: models, ...(answer !== undefined && { answer }) });
}

function askStage(options: CascadeOptions, position: Position): CascadeState {
  const count = stageSamples(options, position.stage, isLast(position));
  const commit = count === 1 && isLast(position);
  return { ...position, action: { type: 'draw', from: position.stage, count, ...(commit && { commit }) } };
}

function afterStage(options: CascadeOptions, state: CascadeState, candidates: readonly CandidateView[]): CascadeState {
  const asked = stageSamples(options, state.stage, isLast(state));
  const [first] = candidates;
  if (first !== undefined && isLast(state) && asked === 1) return { ...state, action: acceptLast(first) };
  const measured = measureStage(options, candidates, asked);
  if (measured === undefined) return goOn(options, state);
  if (measured.passed || isLast(state)) return { ...state, action: acceptMeasured(options, state, measured) };
  const { candidate, confidence } = measured;
  const isBest = state.best === undefined || confidence >= state.best.confidence;
  return goOn(options, isBest ? { ...state, best: { candidate, confidence } } : state);
}

function goOn(options: CascadeOptions, state: CascadeState): CascadeState {
  if (isLast(state)) return giveUp(state, 'the last model gave no answer');
  const { action: _, ...position } = state;
  return askStage(options, { ...position, stage: state.stage + 1 });
}

function giveUp(state: CascadeState, reason: string): CascadeState {
  const { best } = state;
  if (best === undefined) return { ...state, action: { type: 'stop', reason } };
  return { ...state, action: { type: 'accept', ...best, accepted: false, reason } };
}

function acceptMeasured({ confidence }: CascadeOptions, state: CascadeState, measured: MeasuredStage): Action {
  const notAsked = Array.from({ length: state.stages - state.stage - 1 }, (_, i) => state.stage + 1 + i);
  return {
    type: 'accept',
    candidate: measured.candidate,
    confidence: measured.confidence,
    signal: confidence.kind,
    reason: measured.says,
    ...(notAsked.length > 0 && { notAsked }),
  };
}

function acceptLast(only: CandidateView): Action {
  const confidence = only.decision?.confidence;
  return {
    type: 'accept',
    candidate: only.id,
    ...(isDoubtful(only) && { accepted: false }),
    ...(confidence !== undefined && { confidence, signal: 'verdict' }),
    reason: 'the last model answers whatever it says',
  };
}

function isLast({ stage, stages }: Position): boolean {
  return stage === stages - 1;
}

function checkStages({ confidence }: CascadeOptions, stages: number): void {
  if (confidence.kind === 'vote-share' && typeof confidence.samples !== 'number') {
    requireOnePerSource('samples', confidence.samples, stages);
  }
}

function parametersOf(options: CascadeOptions): NonNullable<StrategyCore<CascadeState>['parameters']> {
  if (!('accept' in options)) return { signal: options.confidence.kind };
  const { samples } = options.confidence;
  return {
    signal: options.confidence.kind,
    samples: typeof samples === 'number' ? samples : samples.join('/'),
    accept: options.accept,
  };
}
