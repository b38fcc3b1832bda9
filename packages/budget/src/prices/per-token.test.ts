import { InvalidOptionError, UnknownPriceError, type Usage, type UsageBound } from '@tollgate/sdk';
import { describe, expect, it } from 'vitest';
import { perToken, type PerTokenOptions } from './per-token.ts';

const model = { provider: 'openai', modelId: 'gpt-6-sol' };
const sol: PerTokenOptions = {
  inputUsdPerMillion: 2,
  outputUsdPerMillion: 10,
  cacheReadUsdPerMillion: 0.2,
  cacheWriteUsdPerMillion: 2.5,
};

function nano(options: PerTokenOptions, usage: Usage): string {
  return perToken(options).priceOf(usage, model, 0).amount.nanoUsd;
}

describe('perToken', () => {
  it('adds up disjoint buckets', () => {
    // 24,000 prompt tokens, 20,000 of them read from the cache and 3,000 written: $0.0185
    const usage = { inputUncached: 1000, cacheRead: 20_000, cacheWrite: { total: 3000 }, outputText: 500 };
    expect(nano(sol, usage)).toBe('18500000');
    expect(perToken(sol).priceOf(usage, model, 0).known).toBe('override');
  });

  it('agrees with the published price of one-hour and five-minute writes priced apart', () => {
    // 1000 × 4 + 20,000 × 0.2 + 500 × 20 per million, and writes at 5 and 8: 0.018 + 0.005 + 0.016 = $0.039
    const opus = { inputUsdPerMillion: 4, outputUsdPerMillion: 20, cacheReadUsdPerMillion: 0.2 };
    const plain = nano(opus, { inputUncached: 1000, cacheRead: 20_000, outputText: 500 });
    const fiveMinutes = nano(
      { ...opus, cacheWriteUsdPerMillion: 5 },
      { inputUncached: 0, cacheWrite: { total: 1000 }, outputText: 0 },
    );
    const oneHour = nano(
      { ...opus, cacheWriteUsdPerMillion: 8 },
      { inputUncached: 0, cacheWrite: { total: 2000 }, outputText: 0 },
    );
    expect(BigInt(plain) + BigInt(fiveMinutes) + BigInt(oneHour)).toBe(39_000_000n);
  });

  it('bills reasoning as output, and caches without a price of their own as input', () => {
    const plain = { inputUsdPerMillion: 2, outputUsdPerMillion: 10 };
    expect(nano(plain, { inputUncached: 0, outputText: 1, outputReasoning: 99 })).toBe('1000000');
    expect(nano(plain, { inputUncached: 1, cacheRead: 2, cacheWrite: { total: 3 }, outputText: 0 })).toBe('12000');
  });

  it('rounds up once for the whole call', () => {
    const tiny = { inputUsdPerMillion: 0.0001, outputUsdPerMillion: 0.0001 };
    expect(nano(tiny, { inputUncached: 1, outputText: 1 })).toBe('1');
    expect(nano(tiny, { inputUncached: 5, outputText: 6 })).toBe('2');
  });

  it.each<Usage>([
    {},
    { inputUncached: 5 },
    { outputText: 5 },
    { inputUncached: Number.NaN, outputText: 5 },
    { inputUncached: 5, outputText: -1 },
    { inputUncached: 5, outputText: 5, units: { webSearch: 1 } },
  ])('refuses %j, which it cannot price', (usage) => {
    expect(() => nano(sol, usage)).toThrow(UnknownPriceError);
  });

  it('needs no bucket that cannot cost anything', () => {
    expect(nano({ inputUsdPerMillion: 0, outputUsdPerMillion: 10 }, { outputText: 3 })).toBe('30000');
    expect(nano({ inputUsdPerMillion: 1, outputUsdPerMillion: 0 }, { inputUncached: 3 })).toBe('3000');
    expect(nano(sol, { inputUncached: 1, outputText: 0, units: { webSearch: 0 } })).toBe('2000');
  });

  it('bounds a call with all of its prompt in the dearest bucket', () => {
    const bound: UsageBound = {
      inputTokens: 1000,
      inputKnown: 'proved',
      outputTokensPerSample: 100,
      samples: 3,
      promptBilledOnce: false,
    };
    // 3 × 1000 × 2.5 + 3 × 100 × 10 per million
    expect(perToken(sol).upperBound(bound, model, 0).amount.nanoUsd).toBe('10500000');
    expect(perToken(sol).upperBound({ ...bound, promptBilledOnce: true }, model, 0).amount.nanoUsd).toBe('5500000');
    expect(() => perToken(sol).upperBound({ ...bound, units: { webSearch: 2 } }, model, 0)).toThrow(UnknownPriceError);
  });

  it('refuses a price that cannot be meant', () => {
    expect(() => perToken({ ...sol, outputUsdPerMillion: -1 })).toThrow(InvalidOptionError);
    expect(() => perToken({ ...sol, cacheReadUsdPerMillion: Number.NaN })).toThrow(/^cacheReadUsdPerMillion must be/);
  });
});
