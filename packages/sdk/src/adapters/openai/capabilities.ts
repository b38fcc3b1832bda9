import { type CapabilityOverrides, overrideCapabilities } from '../../leaf/capability-overrides.ts';
import { textCapabilities } from '../../leaf/text-capabilities.ts';
import type { Capabilities, EffortLevel } from '../../spec/capabilities.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import type { ModelFacts, When } from './model-table.ts';

/** Which of OpenAI's interfaces is spoken. */
export type OpenaiApi = 'responses' | 'chat';

/** The model, as far as it is known, and the interface. */
export interface CapabilitySource {
  readonly api: OpenaiApi;
  /** Undefined for a model that is not in the table. */
  readonly facts: ModelFacts | undefined;
  /** What the user declares. It holds for every request. */
  readonly overrides: CapabilityOverrides | undefined;
}

// Doubtful things are off: what is off is a warning, what is wrongly on is an error.
const unknownModel: Capabilities = textCapabilities({
  tools: true,
  schema: true,
  sampling: { temperature: false, topP: false, topK: false, seed: false },
  stop: false,
  known: 'assumed',
});

const most = { topLogprobs: 20, chatSamples: 128 };

/** What the model can do for such a request: most of it depends on the effort. */
export function openaiCapabilities(source: CapabilitySource, request?: GenerateRequest): Capabilities {
  const { facts, overrides } = source;
  return overrideCapabilities(facts === undefined ? unknownModel : knownModel(source, facts, request), overrides);
}

/** The effort that will be in force, or undefined for the model's own. Some models call tools in chat at effort `none` only. */
export function effortInForce({ api, facts }: CapabilitySource, request?: GenerateRequest): EffortLevel | undefined {
  const hasTools = (request?.tools ?? []).length > 0;
  return api === 'chat' && hasTools && facts?.chatTools === 'effort-none' ? 'none' : request?.effort;
}

function knownModel(source: CapabilitySource, facts: ModelFacts, request: GenerateRequest | undefined): Capabilities {
  const chat = source.api === 'chat';
  const classic = facts.efforts.length === 0;
  const effort = effortInForce(source, request);
  const holds = (when: When): boolean => when === 'always' || (when === 'effort-none' && effort === 'none');
  const sampling = holds(facts.sampling);
  const logprobs = holds(facts.logprobs);
  return {
    ...unknownModel,
    samples: {
      nativeMax: chat && classic ? most.chatSamples : 1,
      promptBilledOnce: chat && classic,
      cancelOne: false,
    },
    logprobs: logprobs ? 'top-k' : 'none',
    ...(logprobs && { maxTopLogprobs: most.topLogprobs }),
    tools: !chat || facts.chatTools !== 'never',
    sampling: { temperature: sampling, topP: sampling, topK: false, seed: chat && classic },
    stop: chat && classic,
    // Chat completions do not go up to the highest level.
    efforts: chat ? facts.efforts.filter((level) => level !== 'max') : facts.efforts,
    limits: { contextTokens: facts.contextTokens, maxOutputTokens: facts.maxOutputTokens },
    files: ['image/*', 'application/pdf'],
    known: 'declared',
  };
}
