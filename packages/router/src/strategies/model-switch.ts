import {
  type Action,
  type AnswerKey,
  type CandidateView,
  InvalidOptionError,
  type Model,
  runStrategy,
  type StrategyCore,
} from '@tollgate/sdk';
import { type EntropyNormalization, sum, weightedVote } from '@tollgate/stats';
import { leadingVote } from '../confidence/leading-vote.ts';
import { hasDecided, type WithAction } from './decided.ts';
import { requireOnePerSource, requireSamples, requireShare } from './require-option.ts';

/** Options of `modelSwitchCore`. */
export interface ModelSwitchCoreOptions {
  /** Samples drawn from each model, or one number a model. Range [1, ∞). */
  readonly samplesPerModel: number | readonly number[];
  /** A model is consistent where at least this share of its valid answers agree. Range (0, 1]. @defaultValue 1, all of them */
  readonly threshold?: number;
  /** How the final vote measures disagreement within a model. `distinct` reproduces the authors' numbers. @defaultValue 'samples' */
  readonly entropyNormalization?: EntropyNormalization;
  /** Trust in each model in the final vote, at least 0. @defaultValue 1 each */
  readonly weights?: readonly number[];
}

/** Options of `modelSwitch`. */
export interface ModelSwitchOptions extends ModelSwitchCoreOptions {
  /** Which answers are the same. @defaultValue `wholeText()` */
  readonly answer?: AnswerKey;
}

/** State of `modelSwitchCore`. */
export interface ModelSwitchState extends WithAction {
  /** Candidates of each model asked so far, in order; empty for one that failed. */
  readonly groups: readonly (readonly CandidateView[])[];
  readonly models: number;
  readonly failures: number;
}

interface Rules extends Required<Omit<ModelSwitchCoreOptions, 'weights'>> {
  readonly weights: readonly number[] | undefined;
}

/**
 * Asks models in order, several samples each, until one is consistent: its own answer is given at once, whatever earlier
 * models said. Where none is, all samples vote, each model weighted by its own consistency; ties go to the answer that
 * came first in the order of models and samples.
 *
 * Only valid answers count towards consistency. A model with none is never consistent, and a lone answer out of several
 * samples agrees with nobody. A vote that a failed model or the end of the money left incomplete is not accepted.
 *
 * @throws InvalidOptionError when a number of samples is not a whole number of at least 1, `threshold` is outside (0, 1], or
 * a weight is negative; at the start, when a list has another length than the sources.
 */
// Source: ModelSwitch, arXiv 2504.00762, and the authors' code; the weighted vote is that of their analysis.
// Rule: stop at the first model with max count / valid answers ≥ θ, θ = 1 meaning one distinct answer; else
// argmax Σ weight(model) · count.
// Differs: a single valid answer among several samples is not consistent; entropy is normalised by log2 of the samples.
export function modelSwitchCore(options: ModelSwitchCoreOptions): StrategyCore<ModelSwitchState> {
  const { samplesPerModel, threshold = 1, entropyNormalization = 'samples', weights } = options;
  requireShare('threshold', threshold);
  requireSamples('samplesPerModel', samplesPerModel);
  if (weights !== undefined) checkWeights(weights);
  const rules: Rules = { samplesPerModel, threshold, entropyNormalization, weights };
  return {
    name: 'model-switch',
    parameters: {
      samplesPerModel: typeof samplesPerModel === 'number' ? samplesPerModel : samplesPerModel.join('/'),
      threshold,
      entropyNormalization,
      ...(weights !== undefined && { weights: weights.join('/') }),
    },
    start: ({ sources }) => {
      checkLengths(options, sources.length);
      return { groups: [], models: sources.length, failures: 0, action: askModel(rules, 0) };
    },
    observe: (state, event) => {
      if (hasDecided(state)) return state;
      if (event.type === 'budget') return { ...state, action: voteOver(rules, state, 'money ran out; ') };
      // Of several runs of an earlier model one may fail late: that is not this model's failure.
      if (event.type === 'scored' || event.from !== state.groups.length) return state;
      return event.type === 'drawn'
        ? afterModel(rules, state, event.candidates)
        : goOn(rules, { ...state, groups: [...state.groups, []], failures: state.failures + 1 });
    },
    next: (state) => state.action,
  };
}

/**
 * A model that asks different models in turn until one agrees with itself, and else lets all of them vote.
 *
 * Put the strongest of the cheap models first. Needs short comparable answers; with dozens of samples a model
 * unanimity is out of reach, so lower the threshold (the authors use 0.85 at 512).
 *
 * @throws InvalidOptionError as `modelSwitchCore`, and when there is no model.
 *
 * @example
 * const diverse = modelSwitch([first, second], { samplesPerModel: 5, answer: finalNumber() });
 */
export function modelSwitch(models: readonly Model[], options: ModelSwitchOptions): Model {
  const { answer, ...rules } = options;
  const core = modelSwitchCore(rules);
  checkLengths(rules, models.length);
  return runStrategy(core, { sources: models, ...(answer !== undefined && { answer }) });
}

function askModel(rules: Rules, model: number): Action {
  return { type: 'draw', from: model, count: samplesOf(rules, model) };
}

function afterModel(rules: Rules, state: ModelSwitchState, candidates: readonly CandidateView[]): ModelSwitchState {
  const model = state.groups.length;
  const asked = samplesOf(rules, model);
  const groups = [...state.groups, candidates];
  const leader = leadingVote(candidates, asked);
  const consistency = leader === undefined ? 0 : leader.votes / leader.valid;
  if (leader === undefined || consistency < rules.threshold || (leader.valid === 1 && asked > 1)) {
    return goOn(rules, { ...state, groups });
  }
  const notAsked = Array.from({ length: state.models - groups.length }, (_, i) => groups.length + i);
  return {
    ...state,
    groups,
    action: {
      type: 'accept',
      candidate: leader.candidate,
      confidence: consistency,
      signal: 'consistency',
      reason: `model ${model + 1} of ${state.models} is consistent: ${leader.votes} of ${leader.valid} answers agree`,
      ...(notAsked.length > 0 && { notAsked }),
    },
  };
}

function goOn(rules: Rules, state: ModelSwitchState): ModelSwitchState {
  const { groups, models } = state;
  return { ...state, action: groups.length < models ? askModel(rules, groups.length) : voteOver(rules, state, '') };
}

function voteOver(rules: Rules, state: ModelSwitchState, cause: string): Action {
  const { groups, models, failures } = state;
  const ballots = groups.map((group, model) => ({
    answers: group.map((candidate) => candidate.answer),
    externalWeight: rules.weights?.[model] ?? 1,
  }));
  const { scores, winner } = weightedVote(ballots, { normalization: rules.entropyNormalization });
  const chosen = winner === undefined ? undefined : groups.flat().find((candidate) => candidate.answer === winner);
  if (winner === undefined || chosen === undefined)
    return { type: 'stop', reason: `${cause}no sample that counts holds an answer` };
  const isComplete = groups.length === models && failures === 0;
  return {
    type: 'accept',
    candidate: chosen.id,
    ...(!isComplete && { accepted: false }),
    confidence: (scores.get(winner) ?? 0) / sum([...scores.values()]),
    signal: 'weighted-vote-share',
    reason: `${cause}no model is consistent: weighted vote over ${groups.length - failures} of ${models} models`,
  };
}

function samplesOf({ samplesPerModel }: Rules, model: number): number {
  return typeof samplesPerModel === 'number' ? samplesPerModel : (samplesPerModel[model] ?? 1);
}

function checkWeights(weights: readonly number[]): void {
  for (const [model, weight] of weights.entries()) {
    if (weight >= 0 && weight < Infinity) continue;
    throw new InvalidOptionError(
      'weights',
      `weights[${model}] must be a finite number of at least 0, received ${weight}.`,
    );
  }
  if (weights.some((weight) => weight > 0)) return;
  throw new InvalidOptionError('weights', 'weights must trust at least one model: give one of them a weight above 0.');
}

function checkLengths({ samplesPerModel, weights }: ModelSwitchCoreOptions, models: number): void {
  if (typeof samplesPerModel !== 'number') requireOnePerSource('samplesPerModel', samplesPerModel, models);
  if (weights !== undefined) requireOnePerSource('weights', weights, models);
}
