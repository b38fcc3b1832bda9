import type { EffortLevel } from '../../spec/capabilities.ts';
import type { ClaudeTraits } from '../../wire/anthropic-messages/traits.ts';

/** What is known of one model. */
export interface ClaudeFacts {
  /** Tokens of prompt and answer together. */
  readonly contextTokens: number;
  /** Tokens of one answer, thinking included. */
  readonly maxOutputTokens: number;
  /** Levels of `output_config.effort`, in rising order. */
  readonly efforts: readonly EffortLevel[];
  /** Holds answers to a JSON schema (`output_config.format`). */
  readonly schema: boolean;
  /** Takes temperature, top_p and top_k, on API versions that have them and without thinking. */
  readonly sampling: boolean;
  /** Goes on from a partial answer that ends the conversation. */
  readonly prefill: boolean;
  readonly traits: ClaudeTraits;
}

/** The day on which the table below was compared with the provider's model pages and its clients' catalogues. */
export const modelsAsOf = '2026-11-24';

const newest: ClaudeFacts = {
  contextTokens: 1_000_000,
  maxOutputTokens: 128_000,
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
  schema: true,
  sampling: false,
  prefill: false,
  traits: {
    adaptiveThinking: true,
    thinkingCap: false,
    thinkingOff: 'always',
    forcedTools: true,
    systemBetweenTurns: true,
  },
};

/** Always thinks, and therefore cannot be made to call a tool. */
const alwaysThinking = withTraits(newest, { thinkingOff: 'never', forcedTools: false });
const offUpToHigh = withTraits(newest, { thinkingOff: 'up-to-high' });
const generation47 = withTraits(newest, { systemBetweenTurns: false });
const generation46: ClaudeFacts = {
  ...withTraits(generation47, { thinkingCap: true }),
  efforts: ['low', 'medium', 'high', 'max'],
  sampling: true,
};
const generation45: ClaudeFacts = {
  ...withTraits(generation46, { adaptiveThinking: false }),
  contextTokens: 200_000,
  maxOutputTokens: 64_000,
  efforts: [],
  prefill: true,
};

const models: { readonly [modelId: string]: ClaudeFacts } = {
  'claude-fable-5-2': alwaysThinking,
  'claude-fable-5-1': alwaysThinking,
  'claude-fable-5': withTraits(alwaysThinking, { forcedTools: true }),
  'claude-opus-5-5': alwaysThinking,
  'claude-opus-5': offUpToHigh,
  'claude-sonnet-5-5': alwaysThinking,
  'claude-sonnet-5': newest,
  'claude-haiku-5-5': offUpToHigh,
  'claude-opus-4-8': newest,
  'claude-opus-4-7': generation47,
  'claude-opus-4-6': generation46,
  'claude-sonnet-4-6': generation46,
  'claude-opus-4-5': { ...generation45, efforts: ['low', 'medium', 'high'] },
  'claude-sonnet-4-5': generation45,
  'claude-haiku-4-5': generation45,
};

/** Names in the table. */
export const knownModels: readonly string[] = Object.keys(models);

/**
 * What is known of a model, also by the names that clouds give it (`us.anthropic.claude-opus-4-6-v1:0`,
 * `claude-haiku-4-5@20251001`). Names are compared whole: a new model is not taken for the one whose name it begins with.
 */
export function factsOf(modelId: string): ClaudeFacts | undefined {
  const name = /(?:^|[./])(claude-.+?)(?:[-@]\d{8})?(?:-v\d+(?::\d+)?)?$/.exec(modelId)?.[1] ?? '';
  return Object.hasOwn(models, name) ? models[name] : undefined;
}

function withTraits(facts: ClaudeFacts, traits: Partial<ClaudeTraits>): ClaudeFacts {
  return { ...facts, traits: { ...facts.traits, ...traits } };
}
