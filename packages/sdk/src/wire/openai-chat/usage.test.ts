import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readChatUsage, writeChatUsage } from './usage.ts';

describe('readChatUsage', () => {
  it('takes cached and written tokens out of the prompt and reasoning out of the completion', () => {
    const raw = {
      prompt_tokens: 1000,
      completion_tokens: 300,
      total_tokens: 1300,
      prompt_tokens_details: { cached_tokens: 600, cache_write_tokens: 100 },
      completion_tokens_details: { reasoning_tokens: 250 },
    };
    expect(readChatUsage(raw, 'flex')).toEqual({
      inputUncached: 300,
      cacheRead: 600,
      cacheWrite: { total: 100 },
      outputText: 50,
      outputReasoning: 250,
      billed: { tier: 'flex' },
      raw,
    });
  });

  it('keeps what is absent undefined', () => {
    const raw = { prompt_tokens: 12, completion_tokens: 3, prompt_tokens_details: null };
    expect(readChatUsage(raw)).toEqual({ inputUncached: 12, outputText: 3, raw });
  });

  it('keeps a zero a zero', () => {
    const raw = {
      prompt_tokens: 0,
      completion_tokens: 0,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    };
    expect(readChatUsage(raw)).toEqual({ inputUncached: 0, cacheRead: 0, outputText: 0, outputReasoning: 0, raw });
  });

  it('takes reasoning as outside where total_tokens counts it on top', () => {
    const raw = {
      prompt_tokens: 10,
      completion_tokens: 40,
      total_tokens: 80,
      completion_tokens_details: { reasoning_tokens: 30 },
    };
    expect(readChatUsage(raw)).toMatchObject({ outputText: 40, outputReasoning: 30 });
  });

  it('never makes a bucket negative where a detail cannot be inside its total', () => {
    const raw = {
      prompt_tokens: 3,
      completion_tokens: 5,
      prompt_tokens_details: { cached_tokens: 900 },
      completion_tokens_details: { reasoning_tokens: 70 },
    };
    expect(readChatUsage(raw)).toMatchObject({ inputUncached: 3, cacheRead: 900, outputText: 5, outputReasoning: 70 });
  });

  it.each([[undefined], [null], [{}], ['12'], [{ prompt_tokens: '12' }], [{ prompt_tokens: -1 }]])(
    'finds no usage in %j',
    (value) => {
      expect(readChatUsage(value)).toBeUndefined();
    },
  );

  it('adds up to what was reported, whatever was cached or reasoned', () => {
    const report = fc
      .record({
        prompt: fc.nat(1e6),
        completion: fc.nat(1e6),
        cachedShare: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
        reasoningShare: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      })
      .map(({ prompt, completion, cachedShare, reasoningShare }) => ({
        prompt_tokens: prompt,
        completion_tokens: completion,
        total_tokens: prompt + completion,
        ...(cachedShare !== null && { prompt_tokens_details: { cached_tokens: Math.floor(prompt * cachedShare) } }),
        ...(reasoningShare !== null && {
          completion_tokens_details: { reasoning_tokens: Math.floor(completion * reasoningShare) },
        }),
      }));
    fc.assert(
      fc.property(report, (raw) => {
        const usage = readChatUsage(raw);
        expect((usage?.inputUncached ?? 0) + (usage?.cacheRead ?? 0)).toBe(raw.prompt_tokens);
        expect((usage?.outputText ?? 0) + (usage?.outputReasoning ?? 0)).toBe(raw.completion_tokens);
      }),
    );
  });
});

describe('writeChatUsage', () => {
  it('is read back as the same buckets', () => {
    const count = fc.nat(1e6);
    const usage = fc.record(
      {
        inputUncached: count,
        cacheRead: count,
        cacheWrite: fc.record({ total: count }),
        outputText: count,
        outputReasoning: count,
      },
      { requiredKeys: ['inputUncached', 'outputText'] },
    );
    fc.assert(
      fc.property(usage, (buckets) => {
        const { raw: _, ...read } = readChatUsage(writeChatUsage(buckets)) ?? {};
        expect(read).toEqual(buckets);
      }),
    );
  });

  it('writes nothing where a total is not known', () => {
    expect(writeChatUsage({ outputText: 3 })).toBeUndefined();
    expect(writeChatUsage({ inputUncached: 3 })).toBeUndefined();
  });
});
