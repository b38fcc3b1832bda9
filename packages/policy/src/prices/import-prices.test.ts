import { builtInPrices, priceBook, priceOf } from '@tollgate/budget';
import { describe, expect, it } from 'vitest';
import { InvalidFileError } from '../tasks/invalid-file-error.ts';
import { importPrices } from './import-prices.ts';
import { parsePriceFile } from './parse-price-file.ts';
import { priceTableSchema } from './price-table-schema.ts';

const at = Date.parse('2026-11-24');
const table = {
  provider: 'house',
  source: { text: 'contract', checked: '2026-11-01', confidence: 'provider' },
  models: [{ model: 'house-1', aliases: ['h1'], prices: [{ from: 'launch', input: '0.40', output: '1.60' }] }],
};
const catalogue = {
  openai: {
    id: 'openai',
    models: {
      'gpt-5.5': {
        id: 'gpt-5.5',
        cost: {
          input: 5,
          output: 30,
          cache_read: 0.5,
          tiers: [{ input: 10, output: 45, cache_read: 1, tier: { type: 'context', size: 272_000 } }],
          context_over_200k: { input: 10, output: 45, cache_read: 1 },
        },
      },
      free: { id: 'free' },
    },
  },
  google: {
    models: {
      pro: {
        cost: { input: 2, output: 12, cache_read: 0.2, cache_write: 2.5, context_over_200k: { input: 4, output: 18 } },
      },
      small: { cost: { input: 1e-7, output: 0.1 + 0.2, reasoning: 0.5 } },
      odd: { cost: { input: 1, output: 1, tiers: [{ input: 2, output: 2, tier: { type: 'hour', size: 3 } }] } },
      wrong: { cost: { input: -1, output: 1 } },
    },
  },
  nothing: { models: {} },
};
const read = (value: unknown, providers?: readonly string[]): ReturnType<typeof importPrices> =>
  importPrices(typeof value === 'string' ? value : JSON.stringify(value), {
    source: 'mine.json',
    checked: '2026-11-24',
    ...(providers !== undefined && { providers }),
  });

describe('the schema of price tables', () => {
  it('fits every built-in table', () => {
    for (const built of new Set(
      builtInPrices()
        .models()
        .map((model) => model.table),
    )) {
      expect(priceTableSchema.safeParse(JSON.parse(JSON.stringify(built))).error, built.provider).toBeUndefined();
    }
  });
});

describe('importPrices', () => {
  it('takes one table of your own, and a file of prices as it is', () => {
    const { file, notes } = read(table);
    expect(file).toEqual({ kind: 'tollgate-prices', version: 1, tables: [table] });
    expect(notes).toEqual([]);
    expect(read(file).file).toEqual(file);
    expect(parsePriceFile(`\uFEFF${JSON.stringify(file)}`, { source: 'x' })).toEqual([table]);
    const book = priceBook({ extra: file.tables });
    expect(
      priceOf({ inputUncached: 1_000_000, outputText: 0 }, { provider: 'house', modelId: 'h1' }, { at, book }),
    ).toMatchObject({
      amount: { usd: 0.4 },
      known: 'override',
    });
  });

  it('takes what models.dev serves: whole requests by size, caches, prices as exact decimals', () => {
    const { file, notes } = read(catalogue);
    expect(file.tables.map(({ provider, models }) => [provider, models.map(({ model }) => model)])).toEqual([
      ['openai', ['gpt-5.5']],
      ['google', ['pro', 'small']],
    ]);
    expect(file.tables[0]).toMatchObject({
      source: { text: 'models.dev, mine.json', checked: '2026-11-24', confidence: 'secondary' },
    });
    expect(file.tables[0]?.models[0]?.prices).toEqual([
      {
        from: 'launch',
        input: '5',
        output: '30',
        cacheRead: '0.5',
        over: [{ inputTokens: 271_999, input: '10', output: '45', cacheRead: '1' }],
      },
    ]);
    expect(file.tables[1]?.models[0]?.prices).toMatchObject([
      { cacheWrite: { any: '2.5' }, over: [{ inputTokens: 200_000, input: '4', output: '18' }] },
    ]);
    expect(file.tables[1]?.models[1]?.prices).toEqual([
      { from: 'launch', input: '0.0000001', output: '0.300000001', reasoning: '0.5' },
    ]);
    expect(notes).toEqual([
      'models.dev has one price of cache writes: writes that live longer may cost more than it says.',
      '3 models without a price that can be read were left out: openai/free, google/odd, google/wrong',
    ]);
    expect(parsePriceFile(JSON.stringify(file), { source: 'again' })).toEqual(file.tables);
  });

  it('imports the providers that are asked for', () => {
    expect(read(catalogue, ['google']).file.tables.map(({ provider }) => provider)).toEqual(['google']);
    expect(() => read(catalogue, ['gogle'])).toThrow(/there are no prices in it of gogle; it has openai, google/);
  });

  it.each<[unknown, RegExp]>([
    ['{', /not JSON/],
    ['[]', /expected an object/],
    ['3', /expected an object/],
    [{}, /there are no prices in it; it has none/],
    [{ kind: 'tollgate-profile', version: 1, tables: [] }, /kind: /],
    [{ kind: 'tollgate-prices', version: 2, tables: [table] }, /version: /],
    [{ kind: 'tollgate-prices', version: 1, tables: [] }, /tables: /],
    [{ ...table, models: [{ model: 'x', prices: [] }] }, /models\.0\.prices/],
    [{ ...table, source: { ...table.source, checked: 'lately' } }, /source\.checked/],
    [
      { ...table, models: [{ model: 'x', prices: [{ from: 'launch', input: 0.4, output: '1' }] }] },
      /models\.0\.prices\.0\.input/,
    ],
    [
      { ...table, models: [{ model: 'x', prices: [{ from: 'launch', input: '1e3', output: '1' }] }] },
      /such as "0.125"/,
    ],
    [{ ...table, models: [{ model: 'x', prices: [{ from: 'soon', input: '1', output: '1' }] }] }, /a day such as/],
    [
      { ...table, models: [{ model: 'x', prices: [{ from: 'launch', input: '1', output: '1', discount: '1' }] }] },
      /discount/,
    ],
    [
      {
        ...table,
        models: [
          {
            model: 'x',
            prices: [
              { from: '2026-02-01', input: '1', output: '1' },
              { from: '2026-01-01', input: '1', output: '1' },
            ],
          },
        ],
      },
      /in order of "from"/,
    ],
    [
      {
        ...table,
        models: [
          {
            model: 'x',
            prices: [
              { from: '2026-02-01', input: '1', output: '1' },
              { from: 'launch', input: '1', output: '1' },
            ],
          },
        ],
      },
      /in order of "from"/,
    ],
    [{ models: 3 }, /mine\.json/],
  ])('refuses %j', (value, message) => {
    expect(() => read(value)).toThrow(InvalidFileError);
    expect(() => read(value)).toThrow(message);
  });
});
