import { describe, expect, it } from 'vitest';
import { claudeModel } from './capabilities.ts';
import { factsOf, modelsAsOf } from './model-table.ts';

describe('the table of models', () => {
  it.each([
    ['claude-opus-5-5', 'claude-opus-5-5'],
    ['claude-haiku-4-5-20251001', 'claude-haiku-4-5'],
    ['claude-haiku-4-5@20251001', 'claude-haiku-4-5'],
    ['anthropic.claude-sonnet-4-6', 'claude-sonnet-4-6'],
    ['us.anthropic.claude-opus-4-6-v1', 'claude-opus-4-6'],
    ['eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5'],
  ])('knows %s as %s', (name, listed) => {
    expect(factsOf(name)).toBeDefined();
    expect(factsOf(name)).toBe(factsOf(listed));
  });

  it.each(['claude-opus-5-6', 'claude-opus-5-5-turbo', 'claude-opus', 'toString', 'my-claude-opus-5', ''])(
    'does not take %j for a model it knows',
    (name) => {
      expect(factsOf(name)).toBeUndefined();
    },
  );

  it('says when it was made', () => {
    expect(modelsAsOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });
});

describe('claudeModel', () => {
  it('has no sampling parameters and no thinking cap where a model always thinks', () => {
    const { traits, capabilitiesFor } = claudeModel('claude-sonnet-5-5', { version: '2023-06-01' });
    expect(traits).toMatchObject({ thinkingCap: false, thinkingOff: 'never', forcedTools: false });
    expect(capabilitiesFor({ messages: [] })).toMatchObject({
      known: 'declared',
      toolChoiceKeepsCache: false,
      samples: { nativeMax: 1 },
      logprobs: 'none',
      continuation: 'none',
      sampling: { temperature: false, topP: false, topK: false, seed: false },
      efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
      limits: { contextTokens: 1_000_000, maxOutputTokens: 128_000 },
    });
  });

  it.each([
    ['claude-haiku-5-5', ['none', 'low', 'medium', 'high', 'xhigh', 'max'], 'none'],
    ['claude-opus-4-6', ['none', 'low', 'medium', 'high', 'max'], 'none'],
    ['claude-opus-4-5', ['none', 'low', 'medium', 'high'], 'prefill'],
    ['claude-haiku-4-5', [], 'prefill'],
  ])('gives %s the efforts %j and the continuation %s', (name, efforts, continuation) => {
    expect(claudeModel(name, {}).capabilitiesFor()).toMatchObject({ efforts, continuation });
  });

  it('has sampling parameters on versions before they went, for models that had them, while they do not think', () => {
    const sampling = (version: string | undefined, request?: object) =>
      claudeModel('claude-haiku-4-5', { version }).capabilitiesFor({ messages: [], ...request }).sampling;
    const none = { temperature: false, topP: false, topK: false, seed: false };
    expect(sampling('2023-06-01')).toEqual({ temperature: true, topP: true, topK: true, seed: false });
    expect(sampling('2023-06-01', { temperature: 0.5 })).toMatchObject({ temperature: true, topP: false });
    expect(sampling('2023-06-01', { maxReasoningTokens: 2000 })).toEqual(none);
    expect(sampling('2023-06-01', { effort: 'low' })).toEqual(none);
    expect(sampling('2023-06-01', { effort: 'none' })).toMatchObject({ temperature: true });
    expect(sampling('2026-10-21')).toEqual(none);
    expect(sampling(undefined)).toEqual(none);
  });

  it('assumes little of a model that it does not know, until it is told', () => {
    const unknown = claudeModel('claude-next', {});
    expect(unknown.capabilitiesFor()).toMatchObject({
      known: 'assumed',
      schema: false,
      efforts: [],
      limits: { contextTokens: 200_000, maxOutputTokens: 4096 },
    });
    const told = claudeModel('claude-next', {
      version: '2026-10-21',
      overrides: { schema: true, sampling: { temperature: true }, limits: { maxOutputTokens: 9 } },
    });
    expect(told.capabilitiesFor({ messages: [], effort: 'high' })).toMatchObject({
      known: 'declared',
      schema: true,
      sampling: { temperature: true, topP: false },
      limits: { contextTokens: 200_000, maxOutputTokens: 9 },
    });
  });
});
