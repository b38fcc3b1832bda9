import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { fromAiSdk, toAiSdk } from '@tollgate/sdk/ai-sdk';
import { describeModel } from '@tollgate/sdk/testing';
import { describe, it } from 'vitest';
import { apiKey, type HostedModel, onServer, scripted } from '../conformance/hosted-models.ts';

/** Providers of the AI SDK on real sockets. */
const providers: Readonly<Record<string, HostedModel>> = {
  'a compatible server, by the AI SDK': ({ baseUrl }) => {
    const provider = createOpenAICompatible({
      name: 'lab',
      baseURL: baseUrl,
      apiKey,
      includeUsage: true,
      supportsStructuredOutputs: true,
    });
    return fromAiSdk(provider('m'), { retry: false, capabilities: { sampling: { topK: false } } });
  },
  'anthropic, by the AI SDK': ({ baseUrl }) =>
    fromAiSdk(createAnthropic({ baseURL: baseUrl, apiKey })('claude-sonnet-4-5'), {
      retry: false,
      capabilities: { sampling: { seed: false } },
    }),
};

for (const [name, make] of Object.entries(providers)) {
  await describeModel(name, (replies) => onServer(make, replies), { describe, it });
}

// Both bridges at once: what goes through the AI SDK and back keeps the rules of every model.
await describeModel(
  'the scripted model, to the AI SDK and back',
  (replies) => ({ model: fromAiSdk(toAiSdk(scripted(replies, 1).model), { retry: false }) }),
  { describe, it },
);
