import { learnPass, type PassModel, passProbability, priorPassModel } from './pass-model.ts';

/** What is known of one model. */
export interface ModelKnowledge {
  readonly pass: PassModel;
  /** Mean cost of an answer in US dollars, and of how many. */
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
  /** Expected cost of an answer of each model in US dollars. */
  readonly usdPerAnswer: readonly number[];
}

/** Features of a task by name. */
export type Features = { readonly [name: string]: number };

/**
 * What a multiplexer believes before anything was seen.
 *
 * @example
 * const state = priorMultiplexer({ usdPerAnswer: [0.0001, 0.004], passRates: [0.7, 0.9], features: Object.keys(promptFeatures('')) });
 */
export function priorMultiplexer({
  features = [],
  passRates,
  usdPerAnswer,
}: PriorMultiplexerOptions): MultiplexerState {
  return {
    version: 1,
    features,
    scale: features.map(() => ({ count: 0, mean: 0, squares: 0 })),
    models: usdPerAnswer.map((usd, index) => ({
      pass: priorPassModel(features.length, passRates?.[index]),
      usd,
      priced: 0,
    })),
  };
}

/** What is expected of a model on a task. */
export interface Expectation {
  /** Chance that its answer passes. Range (0, 1). */
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

/** The state after one more judged answer. */
export function learnAnswer(state: MultiplexerState, { features, model, passed, usd }: JudgedAnswer): MultiplexerState {
  const scaled = { ...state, scale: state.features.map((name, i) => measured(state.scale[i], features[name] ?? 0)) };
  const x = standardised(scaled, features);
  return {
    ...scaled,
    models: state.models.map((known, index) => {
      if (index !== model) return known;
      // Twenty answers outweigh what was expected of the price.
      const priced = known.priced + (usd === undefined ? 0 : 1);
      const mean = usd === undefined ? known.usd : known.usd + (usd - known.usd) / Math.min(priced, 200);
      return { pass: passed === undefined ? known.pass : learnPass(known.pass, x, passed), usd: mean, priced };
    }),
  };
}

function standardised({ features: names, scale }: MultiplexerState, features: Features): readonly number[] {
  return names.map((name, i) => {
    const { count = 0, mean = 0, squares = 0 } = scale[i] ?? {};
    const deviation = count > 1 ? Math.sqrt(squares / count) : 0;
    if (deviation < 1e-9) return 0;
    // A value never met before must not decide alone.
    return Math.max(-4, Math.min(4, ((features[name] ?? 0) - mean) / deviation));
  });
}

function measured(
  scale: MultiplexerState['scale'][number] | undefined,
  value: number,
): MultiplexerState['scale'][number] {
  const { count = 0, mean = 0, squares = 0 } = scale ?? {};
  const next = mean + (value - mean) / (count + 1);
  return { count: count + 1, mean: next, squares: squares + (value - mean) * (value - next) };
}
