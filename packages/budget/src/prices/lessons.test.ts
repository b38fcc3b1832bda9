// What went wrong with prices in other products, one test each. The usages are those that the adapters make of the
// provider's own numbers: disjoint buckets.
import {
  BudgetExceededError,
  defineModel,
  type GenerateRequest,
  type Model,
  textCapabilities,
  UnknownPriceError,
  type Usage,
} from '@tollgate/sdk';
import { describe, expect, it } from 'vitest';
import { withBudget } from '../guard/with-budget.ts';
import { manualClock } from '../ledger/__fixtures__/manual-clock.ts';
import { createLedger } from '../ledger/create-ledger.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { memoryStore } from '../stores/memory.ts';
import { imputed } from './imputed.ts';
import { builtInPrices, priceBook } from './price-book.ts';
import { priceOf } from './price-of.ts';

const at = Date.parse('2026-11-24T12:00Z');
const opus = { provider: 'anthropic', modelId: 'claude-opus-5-5' };
const sol = { provider: 'openai', modelId: 'gpt-6-sol' };
const usd = (usage: Usage, model = opus): number => priceOf(usage, model, { at }).amount.usd;

/** A hosted model that declares no price of its own, and reports one usage. */
function hosted({ provider, modelId }: { readonly provider: string; readonly modelId: string }, usage: Usage): Model {
  return defineModel({
    provider,
    modelId,
    capabilities: textCapabilities({ limits: { contextTokens: 1_000_000, maxOutputTokens: 1000 } }),
    call: async () => ({
      candidates: [{ content: [{ type: 'text', text: 'yes' }], finish: { unified: 'stop', by: 'eos' } }],
      usage,
    }),
  });
}

async function ledgerOf(cap: number, options: Partial<Parameters<typeof createLedger>[0]> = {}): Promise<Ledger> {
  const ledger = await createLedger({ store: memoryStore(), clock: manualClock(at), ...options });
  await ledger.setLimit({ kind: 'run', id: 'each', usd: cap });
  return ledger;
}

const ask: GenerateRequest = { messages: [{ role: 'user', content: 'Is it?' }], maxOutputTokens: 100 };

describe('lessons from other products', () => {
  it('13: tokens written to a cache are not charged at the input price as well', () => {
    const usage: Usage = { inputUncached: 10, cacheWrite: { total: 100_000, byTtl: { '5m': 100_000 } }, outputText: 0 };
    expect(usd(usage)).toBe((10 * 4 + 100_000 * 5) / 1e6);
  });

  it('14: a token is in one bucket and is paid for once', () => {
    const whole = 30_000;
    const cached = 20_000;
    expect(usd({ inputUncached: whole - cached, cacheRead: cached, outputText: 0 }, sol)).toBe(
      (10_000 * 2 + 20_000 * 0.2) / 1e6,
    );
  });

  it('15: the same call costs the same, whichever convention its provider counts by', () => {
    // Anthropic says 1,000 beside 20,000 read; OpenAI says 21,000 of which 20,000 were read.
    const exclusive: Usage = { inputUncached: 1000, cacheRead: 20_000, outputText: 0 };
    const inclusive: Usage = { inputUncached: 21_000 - 20_000, cacheRead: 20_000, outputText: 0 };
    expect(usd(exclusive, sol)).toBe(usd(inclusive, sol));
    expect(usd(exclusive, sol)).toBeLessThan(usd({ ...exclusive, inputUncached: 21_000 }, sol));
  });

  it('16: reasoning is a part of the output and is not added to it', () => {
    expect(usd({ inputUncached: 0, outputText: 400, outputReasoning: 600 })).toBe(
      usd({ inputUncached: 0, outputText: 1000 }),
    );
  });

  it('17: reasoning has a price of its own where the provider gives it one', () => {
    const source = { text: 'made up', checked: '2026-11-24', confidence: 'provider' } as const;
    const prices = [{ from: 'launch', input: '2', output: '8', reasoning: '3' }];
    const book = priceBook({ extra: [{ provider: 'deep', source, models: [{ model: 'research', prices }] }] });
    const usage: Usage = { inputUncached: 0, outputText: 1_000_000, outputReasoning: 1_000_000 };
    expect(priceOf(usage, { provider: 'deep', modelId: 'research' }, { at, book }).amount.usd).toBe(8 + 3);
  });

  it('18: a cache write of an hour costs what an hour costs', () => {
    const written = (ttl: string): number =>
      usd({ inputUncached: 0, cacheWrite: { total: 1_000_000, byTtl: { [ttl]: 1_000_000 } }, outputText: 0 });
    expect([written('5m'), written('1h')]).toEqual([5, 8]);
    expect(usd({ inputUncached: 0, cacheWrite: { total: 1_000_000 }, outputText: 0 })).toBe(8);
    expect(() => written('1d')).toThrow(UnknownPriceError);
  });

  it('19: the size of a request is all of its input, and its price is for all of the request', () => {
    const usage: Usage = {
      inputUncached: 100_000,
      cacheRead: 100_001,
      cacheWrite: { total: 72_000 },
      outputText: 1000,
    };
    // 0.40 + 0.0400004 + 0.36 + 0.015, and one token less: 0.20 + 0.02 + 0.18 + 0.01.
    expect(usd(usage, sol)).toBe(0.8150004);
    expect(usd({ ...usage, cacheRead: 100_000 }, sol)).toBe(0.41);
  });

  it('20: searches are paid for as they are reported, and a tool that was only declared costs nothing', async () => {
    const tools = { ...ask, providerOptions: { openai: { tools: [{ type: 'web_search' }] } } };
    const spent = async (units: Usage['units']): Promise<number | undefined> => {
      const ledger = await ledgerOf(1, { priceBook: priceBook({ toolCeilingUsd: 0.1 }) });
      const usage: Usage = { inputUncached: 0, outputText: 0, ...(units !== undefined && { units }) };
      await withBudget(hosted(sol, usage), { ledger, scopes: { run: 'r' } }).generate(tools);
      return (await ledger.rows())[0]?.cost?.usd;
    };
    expect(await spent({ web_search: 3 })).toBe(0.03);
    expect(await spent({ web_search: 0 })).toBe(0);
    expect(await spent(undefined)).toBe(0);
    // A search that is billed and never reported costs what was held for it.
    const ledger = await ledgerOf(1, { priceBook: priceBook({ toolCeilingUsd: 0.1 }) });
    const searching = withBudget(hosted(sol, { inputUncached: 0, outputText: 0 }), { ledger, scopes: { run: 'r' } });
    await searching.generate({ ...ask, providerOptions: { openai: { web_search_options: {} } } });
    const [row] = await ledger.rows();
    expect(row).toMatchObject({ usageKnown: 'upper-bound' });
    expect(row?.cost).toEqual(row?.hold);
    const refused = withBudget(hosted(sol, {}), { ledger: await ledgerOf(1), scopes: { run: 'r' } });
    await expect(refused.generate(tools)).rejects.toThrow(/the provider runs "web_search"/);
    await expect(
      refused.generate({ ...ask, providerOptions: { openai: { tools: [{ type: 'function', name: 'f' }] } } }),
    ).resolves.toBeDefined();
  });

  it('21: a model that nobody knows is refused, and never costs nothing', async () => {
    const next = { provider: 'anthropic', modelId: 'claude-sonnet-5-6' };
    expect(() => usd({ inputUncached: 1, outputText: 1 }, next)).toThrow(UnknownPriceError);
    expect(() => usd({ inputUncached: 0, outputText: 0 }, next)).toThrow(/claude-sonnet-5-5/);
    const ledger = await ledgerOf(1);
    const model = withBudget(hosted(next, { inputUncached: 1, outputText: 1 }), { ledger, scopes: { run: 'r' } });
    await expect(model.generate(ask)).rejects.toThrow(UnknownPriceError);
    expect(await ledger.rows()).toEqual([]);
  });

  it('7: what is estimated, held and settled is one computation: long prompts are held at their price', async () => {
    // Fits the cap at the price of short requests, and not at that of long ones.
    const ledger = await ledgerOf(2);
    const model = withBudget(hosted(sol, { inputUncached: 1, outputText: 1 }), { ledger, scopes: { run: 'r' } });
    const long: GenerateRequest = {
      messages: [{ role: 'user', content: 'x'.repeat(400_000) }],
      maxOutputTokens: 100,
      serviceTier: 'default',
    };
    await expect(model.generate(long)).rejects.toThrow(BudgetExceededError);
  });

  it('23: a flat subscription counts against limits in dollars, and its rows say that nothing was billed', async () => {
    const list = builtInPrices().priceFor(opus);
    if (list === undefined) throw new Error('it has a price');
    const ledger = await ledgerOf(1, { prices: { 'claude-opus-5-5': imputed(list) } });
    const usage: Usage = { inputUncached: 1000, outputText: 100, billed: { region: 'global' } };
    await withBudget(hosted(opus, usage), { ledger, scopes: { run: 'r' } }).generate(ask);
    expect(await ledger.rows()).toMatchObject([{ priceKnown: 'imputed', cost: { usd: 0.006 } }]);
    expect((await ledger.remaining({ run: 'r' })).now.usd).toBeCloseTo(0.994);
  });

  it('26: an explicit 0 is a statement, and what is left out is not', async () => {
    expect(usd({ inputUncached: 0, outputText: 0 })).toBe(0);
    const ledger = await ledgerOf(1);
    const model = withBudget(hosted(opus, { inputUncached: 10 }), { ledger, scopes: { run: 'r' } });
    await model.generate(ask);
    const [row] = await ledger.rows();
    expect(row).toMatchObject({ usageKnown: 'upper-bound' });
    expect(row?.cost).toEqual(row?.hold);
  });

  it('holds what the request asks for in raw options too, and charges what was billed', async () => {
    const ledger = await ledgerOf(10);
    const usage: Usage = {
      inputUncached: 1000,
      outputText: 100,
      billed: { tier: 'standard', speed: 'standard', region: 'global' },
    };
    const model = withBudget(hosted(opus, usage), { ledger, scopes: { run: 'r' } });
    await model.generate({ ...ask, providerOptions: { anthropic: { inference_geo: 'global' } } });
    await model.generate({ ...ask, providerOptions: { anthropic: { inference_geo: 'global', speed: 'fast' } } });
    const [plain, fast] = await ledger.rows();
    expect(Number(fast?.hold?.nanoUsd)).toBe(2 * Number(plain?.hold?.nanoUsd));
    expect(plain?.cost?.usd).toBe(0.006);
    expect(fast?.cost).toEqual(plain?.cost);
  });

  it('charges the tier that was asked for where the provider does not say by which it billed', async () => {
    const ledger = await ledgerOf(10);
    const model = withBudget(hosted(sol, { inputUncached: 1000, outputText: 100 }), { ledger, scopes: { run: 'r' } });
    await model.generate({ ...ask, serviceTier: 'priority' });
    await model.generate({ ...ask, serviceTier: 'flex' });
    await model.generate(ask);
    expect((await ledger.rows()).map(({ cost }) => cost?.usd)).toEqual([0.006, 0.0015, 0.003]);
  });
});
