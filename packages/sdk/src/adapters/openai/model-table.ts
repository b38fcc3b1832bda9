import type { EffortLevel } from '../../spec/capabilities.ts';

/** When a model takes something: whatever the request, only at effort `none`, or never. */
export type When = 'always' | 'effort-none' | 'never';

/** What is known about a model. */
export interface ModelFacts {
  /** Levels of effort in rising order; empty for a model that does not reason. */
  readonly efforts: readonly EffortLevel[];
  /** Temperature and top-p. */
  readonly sampling: When;
  readonly logprobs: When;
  /** Function tools in chat completions. The Responses API takes them always. */
  readonly chatTools: When;
  /** Explicit cache breakpoints in prompts. */
  readonly breakpoints: boolean;
  /** Tokens of prompt and answer together. */
  readonly contextTokens: number;
  /** Tokens of one answer, reasoning included. */
  readonly maxOutputTokens: number;
}

/** The day of which the table speaks. */
export const modelTableDate = '2026-11-24';

const withoutNone = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
const sixth: ModelFacts = {
  efforts: ['none', ...withoutNone],
  sampling: 'effort-none',
  logprobs: 'effort-none',
  chatTools: 'effort-none',
  breakpoints: true,
  contextTokens: 1_050_000,
  maxOutputTokens: 128_000,
};
const alwaysReasoning: ModelFacts = {
  ...sixth,
  efforts: withoutNone,
  sampling: 'never',
  logprobs: 'never',
  chatTools: 'never',
};
const late5: ModelFacts = { ...sixth, efforts: ['none', 'low', 'medium', 'high', 'xhigh'], breakpoints: false };
const small5: ModelFacts = { ...late5, contextTokens: 400_000 };
const middle5: ModelFacts = { ...small5, chatTools: 'always' };
const early5: ModelFacts = {
  ...middle5,
  efforts: ['minimal', 'low', 'medium', 'high'],
  sampling: 'never',
  logprobs: 'never',
};
const oSeries: ModelFacts = {
  ...early5,
  efforts: ['low', 'medium', 'high'],
  contextTokens: 200_000,
  maxOutputTokens: 100_000,
};
const classic: ModelFacts = {
  efforts: [],
  sampling: 'always',
  logprobs: 'always',
  chatTools: 'always',
  breakpoints: false,
  contextTokens: 1_047_576,
  maxOutputTokens: 32_768,
};
const fourO: ModelFacts = { ...classic, contextTokens: 128_000, maxOutputTokens: 16_384 };

// What OpenAI's pages on models, reasoning, and chat completions say. Where they leave doubt, the narrower reading is taken:
// a parameter that is left out is a warning, one that is refused fails the call.

/** Models that can be asked on that day, by the names without a date. */
const models: { readonly [modelId: string]: ModelFacts } = {
  'gpt-6-astra': alwaysReasoning,
  'gpt-6.1-sol': alwaysReasoning,
  'gpt-6.1-terra': sixth,
  'gpt-6-sol': sixth,
  'gpt-6-luna': sixth,
  'gpt-5.6': sixth,
  'gpt-5.6-sol': sixth,
  'gpt-5.6-terra': sixth,
  'gpt-5.6-luna': sixth,
  'gpt-5.5': late5,
  'gpt-5.4': late5,
  'gpt-5.4-mini': small5,
  'gpt-5.4-nano': small5,
  'gpt-5.2': middle5,
  'gpt-5.1': { ...middle5, efforts: ['none', 'low', 'medium', 'high'] },
  'gpt-5': early5,
  'gpt-5-mini': early5,
  'gpt-5-nano': early5,
  o3: oSeries,
  'o4-mini': oSeries,
  'gpt-4.1': classic,
  'gpt-4.1-mini': classic,
  'gpt-4.1-nano': classic,
  'gpt-4o': fourO,
  'gpt-4o-mini': fourO,
};

/** Names in the table. */
export const knownModels: readonly string[] = Object.keys(models);

/** What is known about a model, also under the name of a dated snapshot of it; undefined where nothing is. */
export function modelFacts(modelId: string): ModelFacts | undefined {
  const name = modelId.replace(/-\d{4}-\d{2}-\d{2}$/, '');
  return Object.hasOwn(models, name) ? models[name] : undefined;
}
