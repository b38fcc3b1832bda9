import {
  type Action,
  type AnswerKey,
  type CandidateView,
  type Model,
  runStrategy,
  type StrategyCore,
  type Verdict,
  withDefaults,
} from '@tollgate/sdk';
import { isDoubtful } from '../confidence/is-doubtful.ts';
import {
  type MeasuredStage,
  measureStage,
  signalName,
  stageSamples,
  thresholdOf,
} from '../confidence/measure-stage.ts';
import { hopelessStages } from './cascade-memory.ts';
import {
  type CascadeOptions,
  type CascadeRules,
  checkRules,
  checkStages,
  scorersOf,
  signalsOf,
  testOf,
} from './cascade-options.ts';
import { decide, see, testInForce, watched } from './cascade-shadow.ts';
import type { CascadePosition, CascadeState } from './cascade-state.ts';
import { hasDecided } from './decided.ts';

/**
 * Asks one source after the other, cheapest first, until one is confident enough. The last one always answers; where it
 * draws one sample only, a stream shows it as it is written.
 *
 * A stage that fails is passed over, and one whose scorer fails was not confident. Where money ends the search, or the last
 * stage gives nothing, the best answer so far is given as not accepted: the highest confidence where stages are measured
 * alike, the later stage on a tie and where they are not.
 *
 * @throws InvalidOptionError when a threshold is missing or outside its range; at the start, when something is listed for
 * another number of sources, or a memory sets thresholds for another number of stages or for `verdict()`.
 */
// Source: cascaded inference, arXiv 1805.10982. Rule: stop at the first stage before the last with confidence ≥ δ; the
// last has δ = 0.
// Differs: confidence is agreement of samples, a scorer, a number on the candidate, or a strategy's own verdict, in place of
// the largest softmax.
export function cascadeCore(rules: CascadeRules): StrategyCore<CascadeState> {
  checkRules(rules);
  return {
    name: 'cascade',
    parameters: parametersOf(rules),
    start: ({ sources, learned }) => {
      checkStages(rules, sources.length);
      const skipped = hopelessStages(learned, sources.length);
      return askFrom(rules, {
        stage: 0,
        stages: sources.length,
        asked: [],
        skipped,
        ...watched(rules, learned, sources.length),
      });
    },
    observe: (state, event) => {
      if (hasDecided(state)) return state;
      switch (event.type) {
        case 'budget':
          return giveUp(state, 'money ran out before a stage was confident enough');
        case 'drawn':
          // Of several runs of an earlier stage one may come late: it is not this stage's.
          return event.from === state.stage ? afterDraw(rules, state, event.candidates) : state;
        case 'scored':
          return state.drawn === undefined ? state : afterStage(rules, state, event.verdicts);
        case 'failed':
          if (event.action === 'score') return state.drawn === undefined ? state : afterStage(rules, state, []);
          return event.from === state.stage && state.drawn === undefined ? goOn(rules, state) : state;
        case 'extended':
        case 'launched':
          return state;
        default:
          return event satisfies never;
      }
    },
    next: (state) => state.action,
  };
}

/**
 * A model that asks `models` in order, cheapest first, until one is confident enough; the last one always answers.
 *
 * @throws InvalidOptionError as `cascadeCore`, or when there is no model.
 *
 * @example
 * const frugal = cascade([small, big], { confidence: voteShare({ samples: 3, answer: finalNumber() }), accept: 0.66 });
 * const nested = cascade([frugal, biggest], { confidence: verdict() });
 * const mixed = cascade([tiny, small, big], { confidence: [meanProbability(), byScore(reward)], accept: [0.95, 0.7] });
 */
export function cascade(models: readonly Model[], options: CascadeOptions): Model {
  const { memory, answer = voteKey(options), ...rules } = options;
  const core = cascadeCore(rules);
  checkStages(rules, models.length);
  const tests = models.map((_, stage) => testOf(rules, stage)?.confidence);
  return runStrategy(core, {
    sources: models.map((model, stage) => {
      const test = tests[stage];
      return test?.kind === 'signal' && test.needsLogprobs ? withDefaults(model, { logprobs: { top: 0 } }) : model;
    }),
    scorers: scorersOf(rules),
    signals: signalsOf(rules),
    ...(answer !== undefined && { answer }),
    ...(memory !== undefined && { memory }),
  });
}

function voteKey({ confidence }: CascadeRules): AnswerKey | undefined {
  const measures = 'kind' in confidence ? [confidence] : confidence;
  return measures
    .map((measure) => (measure.kind === 'vote-share' ? measure.answer : undefined))
    .find((key) => key !== undefined);
}

function askFrom(rules: CascadeRules, position: CascadePosition): CascadeState {
  let { stage } = position;
  while (position.skipped.includes(stage)) stage += 1;
  const count = samplesOf(rules, { ...position, stage });
  const commit = count === 1 && stage === position.stages - 1 && position.shadow !== true;
  return {
    ...position,
    stage,
    asked: [...position.asked, stage],
    action: { type: 'draw', from: stage, count, ...(commit && { commit }) },
  };
}

function samplesOf(rules: CascadeRules, position: Pick<CascadePosition, 'stage' | 'stages'>): number {
  const test = testOf(rules, position.stage);
  return test === undefined ? 1 : stageSamples(test, position.stage, isLast(position));
}

function afterDraw(rules: CascadeRules, state: CascadeState, drawn: readonly CandidateView[]): CascadeState {
  const [first] = drawn;
  if (first !== undefined && isLast(state) && samplesOf(rules, state) === 1) {
    return decide(see(state, drawn, { candidate: first.id }), acceptLast(first));
  }
  const confidence = testOf(rules, state.stage)?.confidence;
  if (confidence?.kind === 'score' && drawn.length > 0) {
    const scorer = scorersOf(rules).indexOf(confidence.scorer);
    return { ...state, drawn, action: { type: 'score', scorer, candidates: drawn.map(({ id }) => id) } };
  }
  return afterStage(rules, { ...state, drawn }, []);
}

function afterStage(rules: CascadeRules, state: CascadeState, verdicts: readonly Verdict[]): CascadeState {
  const { drawn: candidates = [], ...rest } = state;
  const test = testInForce(rules, state);
  const asked = samplesOf(rules, state);
  const measured = test === undefined ? undefined : measureStage(test, { candidates, asked, verdicts });
  if (test === undefined || measured === undefined) return goOn(rules, rest);
  const told = see(rest, candidates, measured);
  const signal = signalName(test.confidence);
  if (measured.passed || isLast(state)) {
    const calibration = typeof test.accept === 'object' && measured.passed ? test.accept.claim : undefined;
    const accept = { ...acceptMeasured(told, measured, signal), ...(calibration !== undefined && { calibration }) };
    const accepted = { ...told, ...(measured.passed && told.accepted === undefined && { acceptedAt: state.stage }) };
    if (state.shadow === true && !isLast(state)) return goOn(rules, { ...accepted, accepted: told.accepted ?? accept });
    return decide(accepted, accept);
  }
  const { candidate, confidence } = measured;
  const before = state.best?.signal === signal ? state.best.confidence : undefined;
  if (before !== undefined && (confidence === undefined || confidence < before)) return goOn(rules, told);
  return goOn(rules, { ...told, best: { candidate, signal, ...(confidence !== undefined && { confidence }) } });
}

function goOn(rules: CascadeRules, state: CascadeState): CascadeState {
  if (isLast(state)) return giveUp(state, 'the last model gave no answer');
  const { action: _, drawn: __, ...position } = state;
  return askFrom(rules, { ...position, stage: state.stage + 1 });
}

function giveUp(state: CascadeState, reason: string): CascadeState {
  if (state.accepted !== undefined) return decide(state, state.accepted);
  // What a scorer was being asked about when money ran out is an answer all the same.
  const [unscored] = state.drawn ?? [];
  const best = state.best ?? (unscored && { candidate: unscored.id, signal: '' });
  if (best === undefined) return { ...state, action: { type: 'stop', reason } };
  return {
    ...state,
    action: {
      type: 'accept',
      candidate: best.candidate,
      ...share(best.confidence, best.signal),
      accepted: false,
      reason,
    },
  };
}

function acceptMeasured(
  state: CascadePosition,
  measured: MeasuredStage,
  signal: string,
): Extract<Action, { type: 'accept' }> {
  const others = Array.from({ length: state.stages }, (_, stage) => stage);
  const notAsked = others.filter((stage) => stage > state.stage || state.skipped.includes(stage));
  return {
    type: 'accept',
    candidate: measured.candidate,
    ...share(measured.confidence, signal),
    reason: measured.says,
    ...(notAsked.length > 0 && { notAsked }),
  };
}

/** A confidence as a decision may show it: only what is a share. */
function share(
  confidence: number | undefined,
  signal: string,
): Pick<Extract<Action, { type: 'accept' }>, 'confidence' | 'signal'> {
  return confidence !== undefined && confidence >= 0 && confidence <= 1 ? { confidence, signal } : {};
}

function acceptLast(only: CandidateView): Extract<Action, { type: 'accept' }> {
  const confidence = only.decision?.confidence;
  return {
    type: 'accept',
    candidate: only.id,
    ...(isDoubtful(only) && { accepted: false }),
    ...(confidence !== undefined && { confidence, signal: 'verdict' }),
    reason: 'the last model answers whatever it says',
  };
}

function isLast({ stage, stages }: Pick<CascadePosition, 'stage' | 'stages'>): boolean {
  return stage === stages - 1;
}

function parametersOf(rules: CascadeRules): NonNullable<StrategyCore<CascadeState>['parameters']> {
  const { confidence, accept } = rules;
  const measures = 'kind' in confidence ? [confidence] : confidence;
  const samples = measures.flatMap((one) => ('samples' in one ? one.samples : []));
  const thresholds = accept === undefined ? [] : [accept].flat().map((one) => (one === null ? '-' : thresholdOf(one)));
  return {
    signal: measures.map(({ kind }) => kind).join('/'),
    ...(samples.length > 0 && { samples: samples.length === 1 ? Number(samples[0]) : samples.join('/') }),
    ...(thresholds.length > 0 && {
      accept: accept !== undefined && thresholds.length === 1 ? (thresholds[0] ?? '-') : thresholds.join('/'),
    }),
  };
}
