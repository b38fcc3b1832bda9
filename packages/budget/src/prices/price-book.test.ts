import { InvalidOptionError } from '@tollgate/sdk';
import { describe, expect, it } from 'vitest';
import { createLedger } from '../ledger/create-ledger.ts';
import { memoryStore } from '../stores/memory.ts';
import { compileEntries } from './compiled-entry.ts';
import { imputed } from './imputed.ts';
import { nearestModels } from './nearest-models.ts';
import { parseFactor, parseRate, rateText } from './parse-rate.ts';
import { perToken } from './per-token.ts';
import { builtInPrices, priceBook } from './price-book.ts';
import { builtInTables } from './price-book/built-in-tables.ts';
import type { PriceTable } from './price-table.ts';
import { priceOf } from './price-of.ts';
import { pricingFromDeclaration } from './pricing-from-declaration.ts';

const at = Date.parse('2026-11-24');
const sol = { provider: 'openai', modelId: 'gpt-6-sol' };
const million = { inputUncached: 1_000_000, outputText: 0, billed: { tier: 'default' } };
const house: PriceTable = {
  provider: 'openai',
  source: { text: 'our contract', checked: '2026-11-01', confidence: 'provider' },
  models: [{ model: 'gpt-6-sol', prices: [{ from: 'launch', input: '1.5', output: '7' }] }],
};

describe('the built-in tables', () => {
  it('read well: rising dates, rising sizes, and no price of a long request below that of a short one', () => {
    const names = new Set<string>();
    for (const { models, ...table } of builtInTables) {
      for (const model of models) {
        for (const id of [model.model, ...(model.aliases ?? [])]) {
          expect(names.has(`${table.provider}/${id}`), `${table.provider}/${id} is named once`).toBe(false);
          names.add(`${table.provider}/${id}`);
        }
        const entries = compileEntries(table, model);
        expect(entries.map(({ fromMs }) => fromMs)).toEqual(
          entries.map(({ fromMs }) => fromMs).toSorted((a, b) => a - b),
        );
        for (const { rates, source } of entries) {
          const sizes = rates.map(({ over }) => over ?? 0);
          expect(new Set(sizes).size).toBe(sizes.length);
          for (const [i, rate] of rates.entries()) {
            const before = rates[i - 1];
            if (before === undefined) continue;
            expect(rate.over ?? 0).toBeGreaterThan(before.over ?? 0);
            expect(
              rate.input >= before.input && rate.output >= before.output && rate.cacheRead >= before.cacheRead,
            ).toBe(true);
          }
          expect(
            source.confidence !== 'disputed' || source.note !== undefined,
            `${model.model} says what is disputed`,
          ).toBe(true);
        }
      }
    }
    expect(names.size).toBeGreaterThan(200);
  });

  it('share no name between providers', () => {
    const providers = builtInTables.flatMap(({ provider, providerAliases = [] }) => [provider, ...providerAliases]);
    expect(new Set(providers).size).toBe(providers.length);
  });
});

describe('a price book', () => {
  it('finds models by exact id and explicit alias, under every name of the provider', () => {
    const book = builtInPrices();
    expect(book.priceFor(sol)).toBe(book.priceFor({ provider: 'openai.responses', modelId: 'gpt-6-sol' }));
    expect(book.priceFor({ provider: 'anthropic', modelId: 'claude-sonnet-4-5-20250929' })).toBe(
      book.priceFor({ provider: 'anthropic', modelId: 'claude-sonnet-4-5' }),
    );
    for (const modelId of ['gpt-6-sol-2026-09-22', 'GPT-6-SOL', 'gpt-6', 'gpt-6-so', 'gpt-6-sol ', '']) {
      expect(book.priceFor({ provider: 'openai', modelId }), modelId).toBeUndefined();
    }
    expect(book.priceFor({ provider: 'llama-cpp', modelId: 'gpt-6-sol' })).toBeUndefined();
  });

  it('names the nearest models where it knows none', () => {
    expect(() => priceOf(million, { provider: 'openai', modelId: 'gpt-6-sool' }, { at })).toThrow(
      /No price is known for "openai\/gpt-6-sool"\. Prices are known for models with names like it: openai\/gpt-6-sol/,
    );
    expect(builtInPrices().unknown({ provider: 'zzz', modelId: 'qqq' }).message).toMatch(
      /No model with a price has a name like it/,
    );
    expect(nearestModels('ab', [])).toEqual([]);
    expect(nearestModels('abc', ['abd', 'abc', 'xyz'])).toEqual(['abc', 'abd']);
  });

  it('prefers the overrides and the tables of the user, and says so', () => {
    const own = perToken({ inputUsdPerMillion: 1, outputUsdPerMillion: 1 });
    expect(priceBook({ overrides: { 'gpt-6-sol': own } }).priceFor(sol)).toBe(own);
    expect(priceBook({ overrides: { 'openai/gpt-6-sol': own } }).priceFor(sol)).toBe(own);
    const book = priceBook({ extra: [house] });
    expect(priceOf(million, sol, { at, book })).toMatchObject({
      amount: { usd: 1.5 },
      known: 'override',
      entry: { source: { text: 'our contract' } },
    });
    expect(book.models().filter(({ prices }) => prices.model === 'gpt-6-sol')).toMatchObject([{ known: 'override' }]);
    expect(priceOf(million, { provider: 'openai.chat', modelId: 'gpt-6-sol' }, { at, book }).amount.usd).toBe(1.5);
    expect(priceOf(million, { ...sol, modelId: 'gpt-6-luna' }, { at, book })).toMatchObject({ known: 'list' });
  });

  it('is used by a ledger for models that nobody priced, unless it is switched off', async () => {
    const ledger = await createLedger({ store: memoryStore() });
    expect(ledger.priceFor(sol)?.priceOf(million, sol, at)).toMatchObject({ amount: { usd: 4 }, known: 'list' });
    expect(ledger.priceFor({ provider: 'test', modelId: 'echo' })).toBeUndefined();
    const own = perToken({ inputUsdPerMillion: 1, outputUsdPerMillion: 1 });
    expect((await createLedger({ store: memoryStore(), prices: { 'gpt-6-sol': own } })).priceFor(sol)).toBe(own);
    expect((await createLedger({ store: memoryStore(), priceBook: false })).priceFor(sol)).toBeUndefined();
    expect(
      (await createLedger({ store: memoryStore(), priceBook: priceBook({ extra: [house] }) }))
        .priceFor(sol)
        ?.priceOf(million, sol, at).known,
    ).toBe('override');
  });

  it('declares prices as data that price the same again', () => {
    for (const { provider, prices } of builtInPrices().models()) {
      const model = { provider, modelId: prices.model };
      const pricing = builtInPrices().tablePriceFor(model);
      const copy = pricingFromDeclaration(JSON.parse(JSON.stringify(pricing?.declaration)));
      const usage = {
        inputUncached: 300_000,
        cacheRead: 10_000,
        cacheWrite: { total: 5 },
        outputText: 7,
        outputReasoning: 3,
      };
      expect(copy.priceOf(usage, model, at)).toEqual(pricing?.priceOf(usage, model, at));
      expect(copy.declaration).toEqual(pricing?.declaration);
    }
  });

  it('rebuilds imputed prices and ceilings for tools', () => {
    const list = priceBook({ toolCeilingUsd: 0.5 }).priceFor(sol);
    if (list === undefined) throw new Error('gpt-6-sol has a price');
    const copy = pricingFromDeclaration(imputed(list).declaration);
    expect(copy.priceOf(million, sol, at)).toMatchObject({ amount: { usd: 4 }, known: 'imputed' });
    const ask = {
      inputTokens: 0,
      inputKnown: 'proved',
      outputTokensPerSample: 0,
      samples: 1,
      promptBilledOnce: true,
      units: { web_search: Infinity },
    } as const;
    expect(copy.upperBound(ask, sol, at)).toMatchObject({ amount: { usd: 0.5 }, known: 'imputed' });
  });

  it.each([
    [{ kind: 'price-table' }, /needs table, an object/],
    [{ kind: 'price-table', table: { models: [] } }, /a table with one model/],
    [{ kind: 'imputed', of: 3 }, /needs of, an object; received 3/],
  ])('refuses the declaration %j', (declaration, message) => {
    expect(() => pricingFromDeclaration(declaration)).toThrow(message);
  });
});

describe('numbers of a table', () => {
  it.each([
    ['0', '0'],
    ['10', '10'],
    ['0.003625', '0.003625'],
    ['0.000000001', '0.000000001'],
    ['999999999.999999999', '999999999.999999999'],
  ])('keeps %s exact', (text, same) => {
    expect(rateText(parseRate(text))).toBe(same);
  });

  it.each(['', '-1', '1e3', '.5', '1.', '0.0000000001', '1,5', 'NaN'])('refuses the price %j', (text) => {
    expect(() => parseRate(text)).toThrow(InvalidOptionError);
  });

  it.each(['', '-1', '0.0001', 'x'])('refuses the factor %j', (text) => {
    expect(() => parseFactor(text)).toThrow(InvalidOptionError);
  });

  it.each([
    [{ from: 'yesterday' }, /begins at a day or moment/],
    [{ from: '2026-02-30T25:00Z' }, /begins at a day or moment/],
    [{ peak: { times: '2', hours: ['23:00-01:00'] } }, /a window of one day/],
    [{ peak: { times: '2', hours: ['noon'] } }, /a window of one day/],
  ])('refuses %j', (changes, message) => {
    const model = { model: 'x', prices: [{ from: 'launch', input: '1', output: '1', ...changes }] };
    expect(() => compileEntries(house, model)).toThrow(message);
  });
});
