import { InvalidOptionError } from '@tollgate/sdk';
import { learnPass, type PassModel, passProbability, priorPassModel } from './pass-model.ts';

/** What is known of one model. */
export interface ModelKnowledge {
  readonly pass: PassModel;
  /** Mean cost of an answer in US dollars, and of how many beside what was expected. */
  readonly usd: number;
  readonly priced: number;
}

/** What a multiplexer has learned, as plain JSON. */
export interface MultiplexerState {
  readonly version: 1;
  /** Names of the features, in the order of the weights. */
  readonly features: readonly string[];
  /** Running mean and spread of each feature, by which it is standardised. */
  readonly scale: readonly { readonly count: number; readonly mean: number; readonly squares: number }[];
  readonly models: readonly ModelKnowledge[];
}

/** Options of `priorMultiplexer`. */
export interface PriorMultiplexerOptions {
  /** Names of the features. @defaultValue none: one pass rate a model */
  readonly features?: readonly string[];
  /** Expected share of passes of each model, before anything was seen. Range (0, 1). @defaultValue 0.5 each */
  readonly passRates?: readonly number[];
  /** Expected cost of an answer of each model in US dollars; counts as one answer. Range [0, ∞). */
  readonly usdPerAnswer: readonly number[];
}

/** Features of a task by name. One that is missing, or no finite number, counts as 0. */
export type Features = { readonly [name: string]: number };

/**
 * What a multiplexer believes before anything was seen.
 *
 * @throws InvalidOptionError when there is no model, or a rate or a cost is missing or outside its range.
 *
 * @example
 * const state = priorMultiplexer({ usdPerAnswer: [0.0001, 0.004], passRates: [0.7, 0.9], features: Object.keys(promptFeatures('')) });
 */
export function priorMultiplexer({
  features = [],
  passRates,
  usdPerAnswer,
}: PriorMultiplexerOptions): MultiplexerState {
  checkPrior(usdPerAnswer, passRates);
  return {
    version: 1,
    features,
    scale: features.map(() => ({ count: 0, mean: 0, squares: 0 })),
    models: usdPerAnswer.map((usd, index) => ({
      pass: priorPassModel(features.length, passRates?.[index] ?? 0.5),
      usd,
      priced: 0,
    })),
  };
}

/** What is expected of a model on a task. */
export interface Expectation {
  /** Chance that its answer passes. Range [0, 1]. */
  readonly pass: number;
  readonly usd: number;
}

/** What is expected of every model on a task with these features. */
export function expectations(state: MultiplexerState, features: Features): readonly Expectation[] {
  const x = standardised(state, features);
  return state.models.map(({ pass, usd }) => ({ pass: passProbability(pass, x), usd }));
}

/** One answer of one model, judged. */
export interface JudgedAnswer {
  readonly features: Features;
  /** Index of the model. */
  readonly model: number;
  /** Absent where only its cost became known. */
  readonly passed?: boolean;
  readonly usd?: number;
}

/** Answers that the mean cost looks back on: prices change. */
const priceMemory = 200;

/**
 * The state after one more judged answer.
 *
 * @throws InvalidOptionError when there is no such model, or `usd` is not a finite number of 0 or more.
 */
export function learnAnswer(state: MultiplexerState, { features, model, passed, usd }: JudgedAnswer): MultiplexerState {
  const known = state.models[model];
  if (known === undefined) {
    throw new InvalidOptionError('model', `model must be an index in [0, ${state.models.length}), received ${model}.`);
  }
  if (usd !== undefined) requireUsd('usd', usd);
  const scale = state.features.map((name, i) => measured(state.scale[i] ?? unmeasured, valueOf(features, name)));
  const scaled = { ...state, scale };
  const learned = {
    pass: passed === undefined ? known.pass : learnPass(known.pass, standardised(scaled, features), passed),
    usd: usd === undefined ? known.usd : known.usd + (usd - known.usd) / Math.min(known.priced + 2, priceMemory),
    priced: known.priced + (usd === undefined ? 0 : 1),
  };
  return { ...scaled, models: state.models.with(model, learned) };
}

function standardised({ features: names, scale }: MultiplexerState, features: Features): readonly number[] {
  return names.map((name, i) => {
    const { count, mean, squares } = scale[i] ?? unmeasured;
    const deviation = count > 1 ? Math.sqrt(squares / count) : 0;
    if (deviation < 1e-9) return 0;
    // A value never met before must not decide alone.
    return Math.max(-4, Math.min(4, (valueOf(features, name) - mean) / deviation));
  });
}

const unmeasured = { count: 0, mean: 0, squares: 0 };

/** Welford's running mean and sum of squared deviations. */
function measured({ count, mean, squares }: typeof unmeasured, value: number): typeof unmeasured {
  const next = mean + (value - mean) / (count + 1);
  return { count: count + 1, mean: next, squares: squares + (value - mean) * (value - next) };
}

function valueOf(features: Features, name: string): number {
  const value = features[name] ?? 0;
  return Number.isFinite(value) ? value : 0;
}

function checkPrior(usdPerAnswer: readonly number[], passRates: readonly number[] | undefined): void {
  if (usdPerAnswer.length === 0) {
    throw new InvalidOptionError('usdPerAnswer', 'usdPerAnswer must hold a cost for each model, received none.');
  }
  for (const [i, usd] of usdPerAnswer.entries()) requireUsd(`usdPerAnswer[${i}]`, usd);
  if (passRates === undefined) return;
  if (passRates.length !== usdPerAnswer.length) {
    throw new InvalidOptionError(
      'passRates',
      `passRates must hold one rate for each model (${usdPerAnswer.length}), received ${passRates.length}.`,
    );
  }
  for (const [i, rate] of passRates.entries()) {
    if (rate > 0 && rate < 1) continue;
    const meant = rate === 0 ? ' Did you mean 0.01?' : rate === 1 ? ' Did you mean 0.99?' : '';
    throw new InvalidOptionError(`passRates[${i}]`, `passRates[${i}] must be in (0, 1), received ${rate}.${meant}`);
  }
}

function requireUsd(option: string, usd: number): void {
  if (usd >= 0 && usd < Infinity) return;
  throw new InvalidOptionError(option, `${option} must be US dollars of 0 or more, received ${usd}.`);
}
