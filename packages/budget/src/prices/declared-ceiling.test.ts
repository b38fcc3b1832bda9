import { expect, it } from 'vitest';
import { declaredCeiling } from './declared-ceiling.ts';

const model = { provider: 'any', modelId: 'any' };

it('holds and charges the ceiling, whatever is consumed', () => {
  const pricing = declaredCeiling({ usdPerCall: 0.02 });
  const price = { amount: { usd: 0.02, nanoUsd: '20000000' }, known: 'declared-ceiling' };
  expect(pricing.priceOf({}, model, 0)).toEqual(price);
  expect(
    pricing.upperBound(
      {
        inputTokens: Infinity,
        inputKnown: 'proved',
        outputTokensPerSample: Infinity,
        samples: 9,
        promptBilledOnce: true,
      },
      model,
      0,
    ),
  ).toEqual(price);
});

it('refuses a ceiling that is none', () => {
  expect(() => declaredCeiling({ usdPerCall: Infinity })).toThrow(/^usdPerCall must be an amount/);
});
