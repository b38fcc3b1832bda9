import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textCapabilities } from '../leaf/text-capabilities.ts';
import type { Capabilities } from '../spec/capabilities.ts';
import { combineCapabilities } from './combine-capabilities.ts';

const rich: Capabilities = {
  samples: { nativeMax: 8, promptBilledOnce: true, cancelOne: true },
  logprobs: 'top-k',
  maxTopLogprobs: 20,
  continuation: 'exact',
  tools: true,
  schema: true,
  sampling: { temperature: true, topP: true, topK: true, seed: true },
  stop: true,
  efforts: ['low', 'medium', 'high'],
  limits: { contextTokens: 128_000, maxOutputTokens: 8192 },
  files: ['image/*', 'application/pdf'],
  tokenLevel: true,
  rewardScores: true,
  hiddenStates: true,
};

const anyCapabilities: fc.Arbitrary<Capabilities> = fc.record(
  {
    samples: fc.record({
      nativeMax: fc.integer({ min: 1, max: 9 }),
      promptBilledOnce: fc.boolean(),
      cancelOne: fc.boolean(),
    }),
    logprobs: fc.constantFrom('none', 'chosen', 'top-k', 'full'),
    continuation: fc.constantFrom('none', 'prefill', 'exact'),
    tools: fc.boolean(),
    schema: fc.boolean(),
    sampling: fc.record({ temperature: fc.boolean(), topP: fc.boolean(), topK: fc.boolean(), seed: fc.boolean() }),
    stop: fc.boolean(),
    efforts: fc.subarray(['low', 'medium', 'high'] as const),
    limits: fc.record(
      { contextTokens: fc.integer({ min: 1, max: 9 }), maxOutputTokens: fc.integer({ min: 1, max: 9 }) },
      { requiredKeys: [] },
    ),
    files: fc.subarray(['image/*', 'audio/*']),
    tokenLevel: fc.boolean(),
    rewardScores: fc.boolean(),
    hiddenStates: fc.boolean(),
    maxTopLogprobs: fc.integer({ min: 1, max: 20 }),
    known: fc.constantFrom('declared', 'assumed'),
  },
  { noNullPrototype: true },
);

describe('combineCapabilities', () => {
  it('keeps of one model what a composite can have', () => {
    expect(combineCapabilities([rich])).toEqual({
      ...rich,
      samples: { nativeMax: 1, promptBilledOnce: false, cancelOne: false },
      tokenLevel: false,
      rewardScores: false,
      hiddenStates: false,
    });
  });

  it('has only what all have, and the tightest limits', () => {
    const poor = textCapabilities({
      logprobs: 'chosen',
      continuation: 'prefill',
      sampling: { temperature: false, topP: true, topK: false, seed: true },
      efforts: ['minimal', 'medium'],
      limits: { contextTokens: 4096 },
      files: ['image/*'],
      known: 'assumed',
    });
    expect(combineCapabilities([rich, poor])).toEqual({
      samples: { nativeMax: 1, promptBilledOnce: false, cancelOne: false },
      logprobs: 'chosen',
      continuation: 'prefill',
      tools: false,
      schema: false,
      sampling: { temperature: false, topP: true, topK: false, seed: true },
      stop: true,
      efforts: ['medium'],
      limits: { contextTokens: 4096, maxOutputTokens: 8192 },
      files: ['image/*'],
      tokenLevel: false,
      rewardScores: false,
      hiddenStates: false,
      known: 'assumed',
    });
  });

  it('loses the cached prefix to another tool choice where one of them does', () => {
    const loses = textCapabilities({ toolChoiceKeepsCache: false });
    expect(combineCapabilities([rich, loses]).toolChoiceKeepsCache).toBe(false);
    expect(combineCapabilities([rich, textCapabilities({ toolChoiceKeepsCache: true })])).not.toHaveProperty(
      'toolChoiceKeepsCache',
    );
  });

  it('ends reasoning at a cap where all of them do', () => {
    const ends = textCapabilities({ reasoningCap: true });
    expect(combineCapabilities([ends, ends]).reasoningCap).toBe(true);
    expect(combineCapabilities([ends, rich])).not.toHaveProperty('reasoningCap');
    expect(combineCapabilities([])).not.toHaveProperty('reasoningCap');
  });

  it('can do nothing with nobody', () => {
    const none = combineCapabilities([]);
    expect(none).toMatchObject({
      logprobs: 'none',
      continuation: 'none',
      tools: false,
      stop: false,
      efforts: [],
      limits: {},
    });
  });

  it('is the same for every order of the models, and adding one never adds anything', () => {
    fc.assert(
      fc.property(fc.array(anyCapabilities, { minLength: 1, maxLength: 4 }), anyCapabilities, (parts, more) => {
        const combined = combineCapabilities(parts);
        const reversed = combineCapabilities(parts.toReversed());
        expect({ ...reversed, efforts: reversed.efforts.toSorted(), files: reversed.files.toSorted() }).toEqual({
          ...combined,
          efforts: combined.efforts.toSorted(),
          files: combined.files.toSorted(),
        });
        const wider = combineCapabilities([...parts, more]);
        for (const ability of ['tools', 'schema', 'stop'] as const)
          expect(combined[ability] || !wider[ability]).toBe(true);
        for (const effort of wider.efforts) expect(combined.efforts).toContain(effort);
        expect(wider.limits.contextTokens ?? Infinity).toBeLessThanOrEqual(combined.limits.contextTokens ?? Infinity);
        expect(combineCapabilities([combined, combined])).toEqual(combined);
      }),
    );
  });
});
