import { type CapabilityOverrides, overrideCapabilities } from '../../leaf/capability-overrides.ts';
import { textCapabilities } from '../../leaf/text-capabilities.ts';
import type { Capabilities, EffortLevel } from '../../spec/capabilities.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import type { ClaudeTraits } from '../../wire/anthropic-messages/traits.ts';
import { type ClaudeFacts, factsOf } from './model-table.ts';

/** The first API version that refuses sampling parameters, for every model. */
const versionWithoutSampling = '2026-10-21';

const files = ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'application/pdf', 'text/plain'];

/** Doubtful things are off: what is off is a warning, what is wrongly on is an error. */
const unknownModel: ClaudeFacts = {
  contextTokens: 200_000,
  maxOutputTokens: 4096,
  efforts: [],
  schema: false,
  sampling: false,
  prefill: false,
  traits: {
    adaptiveThinking: false,
    thinkingCap: false,
    thinkingOff: 'never',
    forcedTools: false,
    systemBetweenTurns: false,
  },
};

/** What a model is, and what of it holds for one request. */
export interface ClaudeModel {
  readonly traits: ClaudeTraits;
  readonly capabilitiesFor: (request?: GenerateRequest) => Capabilities;
}

/** Looks a model up, and puts what the user declared over what the table says. */
export function claudeModel(
  modelId: string,
  {
    version,
    overrides,
  }: { readonly version?: string | undefined; readonly overrides?: CapabilityOverrides | undefined },
): ClaudeModel {
  const listed = factsOf(modelId);
  const facts = listed ?? unknownModel;
  const base = textCapabilities({
    continuation: facts.prefill ? 'prefill' : 'none',
    tools: true,
    toolChoiceKeepsCache: false,
    schema: facts.schema,
    efforts: withNone(facts),
    ...(facts.traits.thinkingCap && { reasoningCap: true }),
    limits: { contextTokens: facts.contextTokens, maxOutputTokens: facts.maxOutputTokens },
    files,
    known: listed === undefined ? 'assumed' : 'declared',
  });
  const sampled = facts.sampling && version !== undefined && version < versionWithoutSampling;
  return {
    traits: facts.traits,
    capabilitiesFor: (request) => {
      const free = sampled && !thinks(request);
      // A nucleus beside a temperature is refused.
      const topP = free && request?.temperature === undefined;
      return overrideCapabilities(
        { ...base, sampling: { temperature: free, topP, topK: free, seed: false } },
        overrides,
      );
    },
  };
}

function withNone({ efforts, traits }: ClaudeFacts): readonly EffortLevel[] {
  return efforts.length === 0 || traits.thinkingOff === 'never' ? efforts : ['none', ...efforts];
}

/** A request that turns thinking on takes no sampling parameters. */
function thinks({ effort, maxReasoningTokens = 0 }: GenerateRequest = { messages: [] }): boolean {
  return (effort !== undefined && effort !== 'none') || maxReasoningTokens > 0;
}
