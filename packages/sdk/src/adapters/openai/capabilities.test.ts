import { describe, expect, it } from 'vitest';
import type { GenerateRequest } from '../../spec/request.ts';
import type { CapabilityOverrides } from '../../leaf/capability-overrides.ts';
import { effortInForce, type OpenaiApi, openaiCapabilities } from './capabilities.ts';
import { modelFacts } from './model-table.ts';

const ask: GenerateRequest = { messages: [{ role: 'user', content: 'Name a prime.' }] };
const withTools: GenerateRequest = { ...ask, tools: [{ name: 'find', input: { json: {} } }] };
const source = (modelId: string, api: OpenaiApi = 'responses', overrides?: CapabilityOverrides) => ({
  api,
  facts: modelFacts(modelId),
  overrides,
});
const capabilities = (modelId: string, api?: OpenaiApi, request?: GenerateRequest) =>
  openaiCapabilities(source(modelId, api), request);

describe('what a model can do', () => {
  it('depends on the effort: sampling and logprobs at none only', () => {
    const reasoning = capabilities('gpt-6-luna', 'responses', { ...ask, effort: 'low' });
    const plain = capabilities('gpt-6-luna', 'responses', { ...ask, effort: 'none' });
    expect(reasoning).toMatchObject({ logprobs: 'none', sampling: { temperature: false, topP: false } });
    expect(plain).toMatchObject({ logprobs: 'top-k', maxTopLogprobs: 20, sampling: { temperature: true, topP: true } });
    expect(capabilities('gpt-6-luna')).toEqual(reasoning);
  });

  it.each([
    ['gpt-6-astra', 'none', 'low'],
    ['gpt-6.1-sol', 'none', 'low'],
    ['gpt-5-mini', 'none', 'minimal'],
    ['o4-mini', 'none', 'low'],
  ] as const)('is never sampled by parameters for %s, which always reasons', (modelId, effort, lowest) => {
    const found = capabilities(modelId, 'responses', { ...ask, effort });
    expect(found).toMatchObject({ logprobs: 'none', sampling: { temperature: false } });
    expect(found.efforts[0]).toBe(lowest);
  });

  it.each(['gpt-4.1-nano', 'gpt-4o-mini'])('does not depend on it for %s, which does not reason', (modelId) => {
    expect(capabilities(modelId)).toMatchObject({ efforts: [], logprobs: 'top-k', sampling: { temperature: true } });
  });

  it('differs between the interfaces: seeds, stop strings and samples are of chat, the highest effort is not', () => {
    expect(capabilities('gpt-4.1-nano', 'chat')).toMatchObject({
      samples: { nativeMax: 128, promptBilledOnce: true },
      stop: true,
      sampling: { seed: true },
    });
    expect(capabilities('gpt-4.1-nano')).toMatchObject({
      samples: { nativeMax: 1 },
      stop: false,
      sampling: { seed: false },
    });
    expect(capabilities('gpt-6-luna', 'chat')).toMatchObject({ samples: { nativeMax: 1 }, stop: false });
    expect(capabilities('gpt-6-luna', 'chat').efforts.at(-1)).toBe('xhigh');
    expect(capabilities('gpt-6-luna').efforts.at(-1)).toBe('max');
  });

  it('has tools in chat only without reasoning, for models from 5.4 on', () => {
    expect(effortInForce(source('gpt-6-luna', 'chat'), withTools)).toBe('none');
    expect(effortInForce(source('gpt-6-luna', 'chat'), { ...withTools, effort: 'high' })).toBe('none');
    expect(effortInForce(source('gpt-6-luna', 'chat'), { ...ask, effort: 'high' })).toBe('high');
    expect(effortInForce(source('gpt-6-luna'), { ...withTools, effort: 'high' })).toBe('high');
    expect(effortInForce(source('gpt-5-mini', 'chat'), withTools)).toBeUndefined();
    expect(capabilities('gpt-6-luna', 'chat', withTools)).toMatchObject({
      tools: true,
      sampling: { temperature: true },
    });
    expect(capabilities('gpt-6-astra', 'chat')).toMatchObject({ tools: false });
    expect(capabilities('gpt-6-astra')).toMatchObject({ tools: true });
  });

  it('is known under the name of a snapshot, and of nothing else', () => {
    expect(modelFacts('gpt-5.5-2026-04-23')).toBe(modelFacts('gpt-5.5'));
    for (const modelId of ['gpt-6-luna-fast', 'gpt-7', 'toString', 'gpt-5.5-2026'])
      expect(modelFacts(modelId)).toBeUndefined();
  });

  it('is assumed to be little for an unknown model', () => {
    expect(capabilities('gpt-7')).toMatchObject({
      known: 'assumed',
      samples: { nativeMax: 1 },
      logprobs: 'none',
      efforts: [],
      files: [],
      limits: {},
      sampling: { temperature: false },
    });
    expect(capabilities('gpt-6-luna')).toMatchObject({ known: 'declared', limits: { contextTokens: 1_050_000 } });
  });

  it('is what the user declares, field by field', () => {
    const overrides: CapabilityOverrides = { sampling: { temperature: true }, limits: { maxOutputTokens: 9 } };
    expect(openaiCapabilities(source('gpt-7', 'responses', overrides), ask)).toMatchObject({
      known: 'declared',
      sampling: { temperature: true, topP: false },
      limits: { maxOutputTokens: 9 },
      tools: true,
    });
    expect(openaiCapabilities(source('gpt-6-luna', 'responses', overrides)).limits).toEqual({
      contextTokens: 1_050_000,
      maxOutputTokens: 9,
    });
  });
});
