import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Usage } from '../../spec/usage.ts';
import { readResponsesUsage, writeResponsesUsage } from './usage.ts';

describe('readResponsesUsage', () => {
  it('takes what is inside a total out of it', () => {
    const value = {
      input_tokens: 1000,
      input_tokens_details: {
        cached_tokens: 600,
        cache_write_tokens: 300,
        cache_write_tokens_details: { ttl_30m_tokens: 200, ttl_12h_tokens: 100 },
      },
      output_tokens: 50,
      output_tokens_details: { reasoning_tokens: 30 },
    };
    expect(readResponsesUsage(value, { serviceTier: 'flex' })).toEqual({
      inputUncached: 100,
      cacheRead: 600,
      cacheWrite: { total: 300, byTtl: { '30m': 200, '12h': 100 } },
      outputText: 20,
      outputReasoning: 30,
      billed: { tier: 'flex' },
      raw: value,
    });
  });

  it('tells what is not reported from what is zero', () => {
    const value = { input_tokens: 5, output_tokens: 2, output_tokens_details: { reasoning_tokens: 0 } };
    expect(readResponsesUsage(value)).toEqual({ inputUncached: 5, outputText: 2, outputReasoning: 0, raw: value });
    expect(readResponsesUsage(null)).toBeUndefined();
    expect(readResponsesUsage({ total_tokens: 7 })).toBeUndefined();
  });

  it('leaves a total alone that its details do not fit into, and lifetimes that do not add up', () => {
    const value = {
      input_tokens: 5,
      input_tokens_details: {
        cached_tokens: 9,
        cache_write_tokens: 2,
        cache_write_tokens_details: { ttl_30m_tokens: 1 },
      },
      output_tokens: 2,
      output_tokens_details: { reasoning_tokens: 3 },
    };
    expect(readResponsesUsage(value)).toMatchObject({ inputUncached: 5, outputText: 2, cacheWrite: { total: 2 } });
    expect(readResponsesUsage(value)?.cacheWrite).not.toHaveProperty('byTtl');
  });

  it('counts what hosted tools did, and nothing where they did nothing', () => {
    const tokens = { input_tokens: 1, output_tokens: 1 };
    const used = { web_search: { num_requests: 2 }, image_gen: { total_tokens: 4000 } };
    const unused = { web_search: { num_requests: 0 }, image_gen: { total_tokens: 0 } };
    expect(readResponsesUsage(tokens, { toolUsage: used })?.units).toEqual({ web_search: 2, image_gen_tokens: 4000 });
    expect(readResponsesUsage(tokens, { toolUsage: unused })).not.toHaveProperty('units');
  });
});

describe('writeResponsesUsage', () => {
  it('writes nothing where a total is not known', () => {
    expect(writeResponsesUsage({ inputUncached: 3 })).toBeUndefined();
    expect(writeResponsesUsage({ outputText: 3 })).toBeUndefined();
  });

  it('is read back as the same buckets', () => {
    const count = fc.nat(1_000_000);
    const usage = fc.record({ inputUncached: count, cacheRead: count, outputText: count, outputReasoning: count });
    fc.assert(
      fc.property(usage, count, count, (buckets, short, long) => {
        const whole: Usage = { ...buckets, cacheWrite: { total: short + long, byTtl: { '30m': short, '12h': long } } };
        const written = writeResponsesUsage(whole);
        expect(readResponsesUsage(written)).toEqual({ ...whole, raw: written });
      }),
    );
  });
});
