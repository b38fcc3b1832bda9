import { calcPrice } from '@pydantic/genai-prices';
import type { ModelRef, Usage } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtInPrices } from './price-book.ts';
import { priceOf } from './price-of.ts';
import { expectedDisagreements } from './__fixtures__/genai-disagreements.ts';
import { anyUsage } from './__fixtures__/usages.ts';

const providers: Readonly<Record<string, string>> = { xai: 'x-ai' };
/** One day of each of their prices that differ by date, outside of anybody's peak hours. */
const days = ['2026-03-01T12:00Z', '2026-08-01T12:00Z', '2026-11-24T12:00Z', '2027-01-02T12:00Z'];
const usages = fc.sample(anyUsage, { numRuns: 60, seed: 3 }).map((usage) => withTold(usage));

/** Lifetimes are always told: what an untold one costs is our own rule. */
function withTold(usage: Usage): Usage {
  const total = usage.cacheWrite?.total ?? 0;
  const hour = Math.floor(total / 3);
  return { ...usage, cacheWrite: { total, byTtl: { '5m': total - hour, '1h': hour } } };
}

function theirs(usage: Usage, { provider, modelId }: ModelRef, at: number): number | undefined {
  const { inputUncached = 0, cacheRead = 0, cacheWrite = { total: 0 }, outputText = 0, outputReasoning = 0 } = usage;
  return calcPrice(
    {
      input_tokens: inputUncached + cacheRead + cacheWrite.total,
      cache_read_tokens: cacheRead,
      cache_write_tokens: cacheWrite.total,
      cache_write_1h_tokens: cacheWrite.byTtl?.['1h'] ?? 0,
      output_tokens: outputText + outputReasoning,
      output_reasoning_tokens: outputReasoning,
    },
    modelId,
    { providerId: providers[provider] ?? provider, timestamp: new Date(at) },
  )?.total_price;
}

/** Agreement over all usages and days on which we have a price: theirs is a float, ours is rounded up once. */
function compare(model: ModelRef): 'same' | 'unknown there' | 'differs' {
  let priced = 0;
  for (const day of days) {
    const at = Date.parse(day);
    for (const usage of usages) {
      let ours: number;
      try {
        ours = priceOf(usage, model, { at }).amount.usd;
      } catch {
        continue;
      }
      const other = theirs(usage, model, at);
      if (other === undefined) return 'unknown there';
      priced += 1;
      if (ours - other < -1e-9 * Math.max(1, other) || ours - other > 1e-9 + 1e-9 * other) return 'differs';
    }
  }
  expect(priced, `${model.modelId} was compared`).toBeGreaterThan(0);
  return 'same';
}

describe('the built-in prices and genai-prices', () => {
  it('disagree where it is known why, and nowhere else', () => {
    const found = builtInPrices()
      .models()
      .flatMap(({ provider, prices }) =>
        [prices.model, ...(prices.aliases ?? [])].map(
          (modelId) => [`${provider}/${modelId}`, compare({ provider, modelId })] as const,
        ),
      )
      .filter(([, verdict]) => verdict !== 'same');
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(Object.entries(expectedDisagreements).map(([name, { verdict }]) => [name, verdict])),
    );
  });

  it.each(['claude-sonnet-5-9', 'claude-opus-4-8-fast'])(
    'part over %s: they price it by its beginning, we refuse it',
    (modelId) => {
      const model = { provider: 'anthropic', modelId };
      expect(theirs({ inputUncached: 1, outputText: 1 }, model, Date.parse('2026-11-24'))).toBeGreaterThan(0);
      expect(builtInPrices().priceFor(model)).toBeUndefined();
    },
  );

  it('part where the lifetime of a cache write is not told: they take the shorter, we take the dearer', () => {
    const usage = { inputUncached: 0, cacheWrite: { total: 1_000_000 }, outputText: 0 };
    const model = { provider: 'anthropic', modelId: 'claude-opus-5-5' };
    const at = Date.parse('2026-11-24');
    expect([theirs(usage, model, at), priceOf(usage, model, { at }).amount.usd]).toEqual([5, 8]);
  });
});
