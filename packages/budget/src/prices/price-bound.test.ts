import { UnknownPriceError, type Usage, type UsageBound } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nanoOf } from '../money/nano-usd.ts';
import { builtInPrices, priceBook } from './price-book.ts';
import { tablePricing } from './table-pricing.ts';

const at = Date.parse('2026-11-24T12:00Z');
const models = builtInPrices()
  .models()
  .map(({ provider, prices }) => ({ provider, modelId: prices.model }));
const bound = (changes: Partial<UsageBound>): UsageBound => ({
  inputTokens: 0,
  inputKnown: 'proved',
  outputTokensPerSample: 0,
  samples: 1,
  promptBilledOnce: true,
  ...changes,
});
const usdOf = (name: string, changes: Partial<UsageBound>, book = builtInPrices()): number => {
  const [provider = '', modelId = ''] = name.split('/');
  return (
    book.priceFor({ provider, modelId })?.upperBound(bound(changes), { provider, modelId }, at).amount.usd ?? Number.NaN
  );
};

const anyBound = fc.record({
  inputTokens: fc.integer({ min: 0, max: 500_000 }),
  outputTokensPerSample: fc.integer({ min: 0, max: 100_000 }),
  samples: fc.integer({ min: 1, max: 5 }),
  promptBilledOnce: fc.boolean(),
  asked: fc.constantFrom(
    undefined,
    {},
    { tier: 'default' },
    { tier: 'batch' },
    { tier: 'auto' },
    { speed: 'fast' },
    { speed: 'standard' },
  ),
});

describe('the upper bound of a table price', () => {
  it.each<[string, string, Partial<UsageBound>, number]>([
    [
      'holds input at the dearest it can land in: written to the cache for an hour, in a country',
      'anthropic/claude-opus-5-5',
      { inputTokens: 1_000_000, asked: { speed: 'standard' } },
      8.8,
    ],
    [
      'holds the tier that is asked for',
      'openai/gpt-6-sol',
      { outputTokensPerSample: 1_000_000, asked: { tier: 'flex' } },
      5,
    ],
    [
      'holds the dearest tier that the provider may choose where none is asked for',
      'openai/gpt-6-sol',
      { outputTokensPerSample: 1_000_000, asked: { speed: 'standard' } },
      20,
    ],
    [
      'holds fast mode where it is asked for',
      'anthropic/claude-opus-5-5',
      { outputTokensPerSample: 1_000_000, asked: { speed: 'fast', region: 'global' } },
      40,
    ],
    [
      'holds fast mode where nobody looked at the request',
      'anthropic/claude-opus-5-5',
      { outputTokensPerSample: 1_000_000, asked: { region: 'global' } },
      40,
    ],
    [
      'holds long requests at their price, all of it',
      'openai/gpt-6-sol',
      { inputTokens: 272_001, asked: { tier: 'default' } },
      1.360005,
    ],
    ['holds short ones at theirs', 'openai/gpt-6-sol', { inputTokens: 272_000, asked: { tier: 'default' } }, 0.68],
    [
      'holds every sample, and a prompt for each where it is billed for each',
      'openai/gpt-6-sol',
      {
        inputTokens: 1000,
        outputTokensPerSample: 1000,
        samples: 3,
        promptBilledOnce: false,
        asked: { tier: 'default' },
      },
      0.0375,
    ],
    ['holds bounded uses of a tool', 'anthropic/claude-opus-5-5', { units: { web_search_requests: 5 } }, 0.05],
  ])('%s', (...[, name, changes, usd]) => {
    expect(usdOf(name, changes)).toBe(usd);
  });

  it('refuses tools that the provider runs, unless their cost is declared', () => {
    const changes = { units: { web_search: Number.POSITIVE_INFINITY } };
    expect(() => usdOf('openai/gpt-6-sol', changes)).toThrow(UnknownPriceError);
    expect(() => usdOf('openai/gpt-6-sol', changes)).toThrow(
      /has no highest price: the provider runs "web_search".*toolCeilingUsd/,
    );
    expect(usdOf('openai/gpt-6-sol', changes, priceBook({ toolCeilingUsd: 0.25 }))).toBe(0.25);
    expect(() => usdOf('openai/gpt-6-sol', { units: { dreams: 1 } })).toThrow(/bills "dreams" apart/);
    expect(usdOf('openai/gpt-6-sol', { units: { dreams: 1 } }, priceBook({ toolCeilingUsd: 0.25 }))).toBe(0.25);
  });

  it('refuses what nothing bounds', () => {
    expect(() => usdOf('openai/gpt-6-sol', { outputTokensPerSample: Number.POSITIVE_INFINITY })).toThrow(
      /outputTokensPerSample is Infinity/,
    );
  });

  it('is never passed by a usage within it, and is monotone in every bound', () => {
    const split = fc.tuple(fc.nat(100), fc.nat(100), fc.nat(100), fc.nat(100), fc.nat(100));
    const passed: string[] = [];
    fc.assert(
      fc.property(
        fc.record({ i: fc.nat(models.length - 1), one: anyBound, more: anyBound, parts: split, told: fc.boolean() }),
        ({ i, one, more, parts, told }) => {
          const model = models[i];
          const pricing = model === undefined ? undefined : builtInPrices().tablePriceFor(model);
          if (model === undefined || pricing === undefined) return;
          const { asked, ...counts } = one;
          const small = bound({ ...counts, ...(asked !== undefined && { asked }) });
          let held: bigint;
          try {
            held = nanoOf(pricing.upperBound(small, model, at).amount);
          } catch (error) {
            // A speed or a tier that the model does not have.
            expect(error).toBeInstanceOf(UnknownPriceError);
            return;
          }
          const prompt = (small.promptBilledOnce ? 1 : small.samples) * small.inputTokens;
          const [uncached, read, minutes, hour] = parts;
          const whole = uncached + read + minutes + hour || 1;
          const share = (part: number): number => Math.floor((prompt * part) / whole);
          const output = small.samples * small.outputTokensPerSample;
          const reasoning = Math.floor((output * parts[4]) / 100);
          const usage: Usage = {
            inputUncached: share(uncached),
            cacheRead: share(read),
            cacheWrite: {
              total: share(minutes) + share(hour),
              ...(told && { byTtl: { '5m': share(minutes), '1h': share(hour) } }),
            },
            outputText: output - reasoning,
            outputReasoning: reasoning,
            billed: { ...asked, ...(regionsOf(model) && { region: 'us' }) },
          };
          try {
            const settled = nanoOf(pricing.priceOf(usage, model, at).amount);
            if (settled > held) passed.push(`${model.modelId}: ${settled} > ${held}`);
          } catch (error) {
            expect(error).toBeInstanceOf(UnknownPriceError);
          }
          const larger = bound({
            ...small,
            inputTokens: small.inputTokens + more.inputTokens,
            outputTokensPerSample: small.outputTokensPerSample + more.outputTokensPerSample,
            samples: small.samples + more.samples - 1,
            promptBilledOnce: small.promptBilledOnce && more.promptBilledOnce,
            units: { web_search: 0 },
          });
          expect(nanoOf(pricing.upperBound(larger, model, at).amount)).toBeGreaterThanOrEqual(held);
        },
      ),
      { numRuns: 5000, seed: 2 },
    );
    expect(passed).toEqual([]);
  });

  it('holds more for more uses of a tool', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), (few, more) => {
        const at5 = usdOf('openai/gpt-6-sol', { units: { web_search: few } });
        expect(usdOf('openai/gpt-6-sol', { units: { web_search: few + more } })).toBeGreaterThanOrEqual(at5);
      }),
    );
  });

  it('holds reasoning at its own price where that is dearer', () => {
    const pricing = tablePricing(
      { provider: 'odd', source: { text: 'made up', checked: '2026-11-24', confidence: 'provider' }, models: [] },
      { model: 'odd', prices: [{ from: 'launch', input: '0', output: '2', reasoning: '3' }] },
    );
    const model = { provider: 'odd', modelId: 'odd' };
    expect(pricing.upperBound(bound({ outputTokensPerSample: 1_000_000 }), model, at).amount.usd).toBe(3);
  });

  it('is the price of the longer request also where that were cheaper', () => {
    const pricing = tablePricing(
      { provider: 'odd', source: { text: 'made up', checked: '2026-11-24', confidence: 'provider' }, models: [] },
      {
        model: 'odd',
        prices: [{ from: 'launch', input: '2', output: '2', over: [{ inputTokens: 10, input: '1', output: '1' }] }],
      },
    );
    const model = { provider: 'odd', modelId: 'odd' };
    expect(pricing.upperBound(bound({ inputTokens: 1_000_000 }), model, at).amount.usd).toBe(2);
    expect(pricing.priceOf({ inputUncached: 1_000_000, outputText: 0 }, model, at).amount.usd).toBe(1);
  });
});

function regionsOf({ modelId }: { readonly modelId: string }): boolean {
  return /claude-(?:fable|opus-(?:4-[678]|5)|sonnet-(?:4-6|5)|haiku-5)/.test(modelId);
}
