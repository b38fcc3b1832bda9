import { defineModel, InvalidOptionError, type Model } from '@tollgate/sdk';
import { describeModel, startProviderServer, textCapabilities } from '@tollgate/sdk/testing';
import { describe, expect, it } from 'vitest';

/** An adapter in its smallest form: it asks a server for chat completions and reads them whole. */
function smallAdapter(baseUrl: string): Model {
  if (!URL.canParse(baseUrl))
    throw new InvalidOptionError('baseUrl', `baseUrl must be an address, received "${baseUrl}".`);
  return defineModel({
    provider: 'small',
    modelId: 'm',
    capabilities: textCapabilities({
      sampling: { temperature: true, topP: false, topK: false, seed: false },
      stop: false,
    }),
    call: async ({ request, signal, emit }) => {
      const { messages, temperature, maxOutputTokens } = request;
      const body = JSON.stringify({ model: 'm', messages, temperature, max_tokens: maxOutputTokens });
      const response = await fetch(`${baseUrl}/chat/completions`, { method: 'POST', body, signal: signal ?? null });
      const reply = (await response.json()) as {
        readonly choices: readonly [{ readonly message: { readonly content: string }; readonly finish_reason: string }];
        readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
      };
      const [{ message, finish_reason: end }] = reply.choices;
      emit?.({ type: 'text-delta', sample: 0, text: message.content });
      const cut = end === 'length';
      return {
        candidates: [
          {
            content: [{ type: 'text', text: message.content }],
            finish: { unified: cut ? 'length' : 'stop', raw: end, by: cut ? 'length' : 'eos' },
          },
        ],
        usage: { inputUncached: reply.usage.prompt_tokens, outputText: reply.usage.completion_tokens },
        warnings: (['stop', 'seed', 'topP', 'topK', 'tools', 'output', 'logprobs'] as const)
          .filter((option) => request[option] !== undefined)
          .map((option) => ({ code: 'unsupported', option, message: `${option} was not sent.` })),
      };
    },
  });
}

const gaps = await describeModel(
  'the small adapter',
  async (replies) => {
    const server = await startProviderServer({ replies });
    return { model: smallAdapter(server.baseUrl), close: () => server.close() };
  },
  {
    describe,
    it,
    skip: {
      'usage is what the engine reports, split at the edge': 'it does not read details of usage',
      'a refusal by the engine is an error of its kind, and costs nothing': 'it does not read errors',
    },
  },
);

it('says what it leaves out', () => {
  expect(gaps.map(({ reason }) => reason)).toContain('it takes no tools');
});
