import { builtInPrices, declaredCeiling, hardware, imputed, perToken } from '@tollgate/budget';
import { describe, expect, it } from 'vitest';
import { describePrice } from './describe-price.ts';

describe('describePrice', () => {
  it.each([
    [
      hardware({ usdPerHour: 0.12, watts: 65, usdPerKwh: 0.3 }),
      '$0.12 per hour of machine and 65 W at $0.30 per kWh, for the measured engine time',
    ],
    [
      perToken({ inputUsdPerMillion: 1.25, outputUsdPerMillion: 10, cacheReadUsdPerMillion: 0.125 }),
      'per million tokens $1.25 in and $10.00 out; prompt cache $0.13 read, $1.25 written',
    ],
    [declaredCeiling({ usdPerCall: 0.02 }), 'at most $0.020 per call, charged in full'],
  ])('puts what prices declare into words', ({ declaration }, words) => {
    expect(describePrice(declaration)).toBe(words);
  });

  it('names the list price of a model, and what stands for a subscription', () => {
    const list = builtInPrices().priceFor({ provider: 'openai', modelId: 'gpt-5.6-luna' });
    if (list === undefined) throw new Error('it has a price');
    const words = 'list price of openai/gpt-5.6-luna: per million tokens $0.2 in and $1.2 out, from 2026-07-30';
    expect(describePrice(list.declaration)).toBe(words);
    expect(describePrice(imputed(list).declaration)).toBe(`nothing is billed; counted as ${words}`);
  });

  it('lists the fields of a price it does not know', () => {
    expect(describePrice({ kind: 'credits', perCall: 3, tiers: ['a'] })).toBe('kind credits, perCall 3, tiers ["a"]');
  });
});
