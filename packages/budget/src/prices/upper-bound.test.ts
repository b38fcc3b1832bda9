import { nanoOf } from '../money/nano-usd.ts';
import type { Pricing, Usage, UsageBound } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { declaredCeiling } from './declared-ceiling.ts';
import { hardware } from './hardware.ts';
import { perToken } from './per-token.ts';

const model = { provider: 'any', modelId: 'any' };
const price = fc.double({ min: 0, max: 100, noNaN: true });

const anyPricing: fc.Arbitrary<Pricing> = fc.oneof(
  fc
    .record({
      usdPerHour: price,
      watts: price,
      usdPerKwh: price,
      slowestTokensPerSecond: fc.double({ min: 0.01, max: 1000, noNaN: true }),
    })
    .map(hardware),
  fc
    .record({
      inputUsdPerMillion: price,
      outputUsdPerMillion: price,
      cacheReadUsdPerMillion: price,
      cacheWriteUsdPerMillion: price,
    })
    .map(perToken),
  price.map((usdPerCall) => declaredCeiling({ usdPerCall })),
);

const anyBound: fc.Arbitrary<UsageBound> = fc.record({
  inputTokens: fc.nat(100_000),
  inputKnown: fc.constant('proved' as const),
  outputTokensPerSample: fc.nat(10_000),
  samples: fc.integer({ min: 1, max: 64 }),
  promptBilledOnce: fc.boolean(),
});

function upperNano(pricing: Pricing, bound: UsageBound): bigint {
  return nanoOf(pricing.upperBound(bound, model, 0).amount);
}

/** A usage within the bound: `shares` says how much of each allowance is used. */
function usageWithin(bound: UsageBound, slowest: number, shares: readonly number[]): Usage {
  const [input = 0, output = 0, read = 0, written = 0, reasoning = 0, time = 0] = shares;
  const prompts = bound.promptBilledOnce ? 1 : bound.samples;
  const inputTokens = Math.floor(prompts * bound.inputTokens * input);
  const outputTokens = Math.floor(bound.samples * bound.outputTokensPerSample * output);
  const cacheRead = Math.floor(inputTokens * read);
  const cacheWrite = Math.floor((inputTokens - cacheRead) * written);
  const outputReasoning = Math.floor(outputTokens * reasoning);
  const slowestSeconds = inputTokens / (10 * slowest) + outputTokens / slowest;
  return {
    inputUncached: inputTokens - cacheRead - cacheWrite,
    cacheRead,
    cacheWrite: { total: cacheWrite },
    outputText: outputTokens - outputReasoning,
    outputReasoning,
    engineSeconds: slowestSeconds * time,
  };
}

const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 });

describe('upperBound of every price', () => {
  it('is at least the price of anything within the bound', () => {
    fc.assert(
      fc.property(anyPricing, anyBound, shares, (pricing, bound, used) => {
        const slowest = Number(pricing.declaration['slowestTokensPerSecond'] ?? 2);
        const usage = usageWithin(bound, slowest, used);
        expect(nanoOf(pricing.priceOf(usage, model, 0).amount)).toBeLessThanOrEqual(upperNano(pricing, bound));
      }),
      { seed: 4, numRuns: 2000 },
    );
  });

  it('never falls when an allowance rises', () => {
    const fields = ['inputTokens', 'outputTokensPerSample', 'samples'] as const;
    fc.assert(
      fc.property(
        anyPricing,
        anyBound,
        fc.tuple(fc.constantFrom(...fields), fc.nat(1000)),
        (pricing, bound, [field, more]) => {
          const wider = { ...bound, [field]: bound[field] + more };
          expect(upperNano(pricing, wider)).toBeGreaterThanOrEqual(upperNano(pricing, bound));
          expect(upperNano(pricing, { ...bound, promptBilledOnce: false })).toBeGreaterThanOrEqual(
            upperNano(pricing, { ...bound, promptBilledOnce: true }),
          );
        },
      ),
      { seed: 5, numRuns: 2000 },
    );
  });
});
