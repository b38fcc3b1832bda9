import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMessagesUsage, writeMessagesUsage } from './usage.ts';

describe('readMessagesUsage', () => {
  it('keeps disjoint buckets as they are and takes thinking out of the output', () => {
    const raw = {
      input_tokens: 12,
      cache_read_input_tokens: 4000,
      cache_creation_input_tokens: 900,
      cache_creation: { ephemeral_5m_input_tokens: 300, ephemeral_1h_input_tokens: 600 },
      output_tokens: 500,
      output_tokens_details: { thinking_tokens: 380 },
      server_tool_use: { web_search_requests: 2, web_fetch_requests: 0 },
      service_tier: 'priority',
      speed: 'fast',
      inference_geo: 'eu',
    };
    expect(readMessagesUsage(raw)).toEqual({
      inputUncached: 12,
      cacheRead: 4000,
      cacheWrite: { total: 900, byTtl: { '5m': 300, '1h': 600 } },
      outputText: 120,
      outputReasoning: 380,
      units: { web_search_requests: 2, web_fetch_requests: 0 },
      billed: { tier: 'priority', speed: 'fast', region: 'eu' },
      raw,
    });
  });

  it('tells a zero from what is absent or null', () => {
    const { raw: _, ...usage } =
      readMessagesUsage({
        input_tokens: 3,
        cache_read_input_tokens: 0,
        cache_creation_input_tokens: null,
        cache_creation: null,
        output_tokens: 7,
        output_tokens_details: null,
        server_tool_use: null,
        service_tier: null,
      }) ?? {};
    expect(usage).toEqual({ inputUncached: 3, cacheRead: 0, outputText: 7 });
  });

  it('takes lifetimes that do not add up for no lifetimes, and their sum for a total that is not told', () => {
    const cacheCreation = { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 60 };
    const used = { input_tokens: 1, output_tokens: 1, cache_creation: cacheCreation };
    expect(readMessagesUsage({ ...used, cache_creation_input_tokens: 100 })?.cacheWrite).toEqual({ total: 100 });
    expect(readMessagesUsage(used)?.cacheWrite).toEqual({ total: 90, byTtl: { '5m': 30, '1h': 60 } });
  });

  it('takes thinking that cannot be inside the output for none', () => {
    const { outputText, outputReasoning } =
      readMessagesUsage({ input_tokens: 1, output_tokens: 5, output_tokens_details: { thinking_tokens: 6 } }) ?? {};
    expect([outputText, outputReasoning]).toEqual([5, undefined]);
  });

  it.each([[undefined], [null], [{}], ['12'], [{ input_tokens: '12' }], [{ output_tokens: -1 }]])(
    'finds no usage in %j',
    (value) => {
      expect(readMessagesUsage(value)).toBeUndefined();
    },
  );

  it('adds up to what was reported, whatever was cached or thought', () => {
    const count = fc.nat(1e6);
    const report = fc
      .record({
        input: count,
        read: fc.option(count),
        minutes: count,
        hour: count,
        output: count,
        thought: fc.double({ min: 0, max: 1, noNaN: true }),
      })
      .map(({ input, read, minutes, hour, output, thought }) => ({
        input_tokens: input,
        cache_read_input_tokens: read,
        cache_creation_input_tokens: minutes + hour,
        cache_creation: { ephemeral_5m_input_tokens: minutes, ephemeral_1h_input_tokens: hour },
        output_tokens: output,
        output_tokens_details: { thinking_tokens: Math.floor(output * thought) },
      }));
    fc.assert(
      fc.property(report, (raw) => {
        const usage = readMessagesUsage(raw);
        const byTtl = Object.values(usage?.cacheWrite?.byTtl ?? {}).reduce((sum, tokens) => sum + tokens, 0);
        expect(byTtl).toBe(raw.cache_creation_input_tokens);
        expect((usage?.inputUncached ?? 0) + (usage?.cacheRead ?? 0) + (usage?.cacheWrite?.total ?? 0)).toBe(
          raw.input_tokens + (raw.cache_read_input_tokens ?? 0) + raw.cache_creation_input_tokens,
        );
        expect((usage?.outputText ?? 0) + (usage?.outputReasoning ?? 0)).toBe(raw.output_tokens);
      }),
    );
  });
});

describe('writeMessagesUsage', () => {
  it('is read back as the same buckets', () => {
    const count = fc.nat(1e6);
    const usage = fc.record(
      {
        inputUncached: count,
        cacheRead: count,
        cacheWrite: fc
          .tuple(count, count)
          .map(([minutes, hour]) => ({ total: minutes + hour, byTtl: { '5m': minutes, '1h': hour } })),
        outputText: count,
        outputReasoning: count,
        units: fc.record({ web_search_requests: count }),
        billed: fc.record({ tier: fc.constant('standard'), speed: fc.constant('fast'), region: fc.constant('us') }),
      },
      { requiredKeys: ['inputUncached', 'outputText'] },
    );
    fc.assert(
      fc.property(usage, (buckets) => {
        const { raw: _, ...read } = readMessagesUsage(writeMessagesUsage(buckets)) ?? {};
        expect(read).toEqual(buckets);
      }),
    );
  });

  it('writes nothing where a total is not known', () => {
    expect(writeMessagesUsage({ outputText: 3 })).toBeUndefined();
    expect(writeMessagesUsage({ inputUncached: 3 })).toBeUndefined();
  });
});
