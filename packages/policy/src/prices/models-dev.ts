import type { LongRates, ModelPrices, PriceTable, Rates } from '@tollgate/budget';
import { z } from 'zod';
import type { ImportPricesOptions } from './import-prices.ts';
import { checked } from './parse-price-file.ts';

const usd = z.number().nonnegative();
const rateFields = {
  input: usd,
  output: usd,
  cache_read: usd.optional(),
  cache_write: usd.optional(),
  reasoning: usd.optional(),
};

const cost = z.looseObject({
  ...rateFields,
  tiers: z
    .array(z.looseObject({ ...rateFields, tier: z.looseObject({ type: z.string(), size: z.int().positive() }) }))
    .optional(),
  context_over_200k: z.looseObject(rateFields).optional(),
});

const catalogue = z.record(
  z.string(),
  z.looseObject({ models: z.record(z.string(), z.looseObject({ cost: z.unknown().optional() })) }),
);

/**
 * The table of models.dev (`api.json`) as price tables. Its cost fields are US dollars per million.
 *
 * It knows no dates, no service tiers, no fees of tools and one price of cache writes: models that charge by lifetime
 * are held and charged at that one price.
 */
export function fromModelsDev(
  value: object,
  { source, checked: day }: ImportPricesOptions,
): { readonly tables: readonly PriceTable[]; readonly notes: readonly string[] } {
  const left: string[] = [];
  const tables = Object.entries(checked(catalogue, value, source)).flatMap(([provider, { models }]): PriceTable[] => {
    const priced = Object.entries(models).flatMap(([id, model]): ModelPrices[] => {
      const prices = model.cost === undefined ? undefined : cost.safeParse(model.cost).data;
      const entry = prices === undefined ? undefined : entryOf(prices);
      if (entry !== undefined) return [{ model: id, prices: [{ from: 'launch', ...entry }] }];
      left.push(`${provider}/${id}`);
      return [];
    });
    if (priced.length === 0) return [];
    return [
      { provider, source: { text: `models.dev, ${source}`, checked: day, confidence: 'secondary' }, models: priced },
    ];
  });
  const notes = ['models.dev has one price of cache writes: writes that live longer may cost more than it says.'];
  if (left.length > 0) {
    const shown = left.slice(0, 5).join(', ');
    notes.push(
      `${left.length} models without a price that can be read were left out: ${shown}${left.length > 5 ? ', …' : ''}`,
    );
  }
  return { tables, notes };
}

type Cost = z.infer<typeof cost>;

function entryOf(prices: Cost): (Rates & { readonly over?: readonly LongRates[] }) | undefined {
  // Prices by anything but the size of the request are none that can be held.
  if (prices.tiers?.some(({ tier }) => tier.type !== 'context') === true) return undefined;
  const { context_over_200k: old } = prices;
  const over = [
    // The first long request is taken to be the one that has reached the size.
    ...(prices.tiers ?? []).map((long) => longRates(long, long.tier.size - 1)),
    ...(prices.tiers === undefined && old !== undefined ? [longRates(old, 200_000)] : []),
  ];
  const base = ratesOf(prices);
  if (base === undefined || over.some((long) => long === undefined)) return undefined;
  const known = over.filter((long) => long !== undefined).toSorted((a, b) => a.inputTokens - b.inputTokens);
  return { ...base, ...(known.length > 0 && { over: known }) };
}

function longRates(prices: Pick<Cost, keyof typeof rateFields>, inputTokens: number): LongRates | undefined {
  const rates = ratesOf(prices);
  return rates === undefined ? undefined : { inputTokens, ...rates };
}

function ratesOf(prices: Pick<Cost, keyof typeof rateFields>): Rates | undefined {
  const input = decimal(prices.input);
  const output = decimal(prices.output);
  const [cacheRead, cacheWrite, reasoning] = [prices.cache_read, prices.cache_write, prices.reasoning].map(decimal);
  if (input === undefined || output === undefined) return undefined;
  return {
    input,
    output,
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite: { any: cacheWrite } }),
    ...(reasoning !== undefined && { reasoning }),
  };
}

/** The shortest decimal of a price, rounded up to a nano-dollar per million. */
function decimal(value: number | undefined): string | undefined {
  if (value === undefined || value >= 1e9) return undefined;
  const text = String(value);
  if (/^\d+(?:\.\d{1,9})?$/.test(text)) return text;
  return (Math.ceil(value * 1e9) / 1e9).toFixed(9).replace(/\.?0+$/, '');
}
