import { type ModelRef, type Pricing, UnknownPriceError } from '@tollgate/sdk';
import { builtInTables } from './price-book/built-in-tables.ts';
import { nearestModels } from './nearest-models.ts';
import type { ModelPrices, PriceTable } from './price-table.ts';
import { tablePricing, type TablePricing } from './table-pricing.ts';

/** What a price book is made of. */
export interface PriceBookOptions {
  /** Prices that win over all tables, by exact name: `provider/modelId` or `modelId`. @defaultValue none */
  readonly overrides?: { readonly [modelName: string]: Pricing };
  /** Tables that win over the built-in ones; the first that knows a model prices it. @defaultValue none */
  readonly extra?: readonly PriceTable[];
  /**
   * US dollars that tools which the provider runs (web search and the like) may cost per attempt: their fees and the
   * tokens they add. Held on top; what goes beyond is an overrun. Range [0, ∞).
   * @defaultValue calls with such tools are refused
   */
  readonly toolCeilingUsd?: number;
}

/** A model that a book has a price for. */
export interface PricedModel {
  readonly provider: string;
  readonly prices: ModelPrices;
  /** The table it is in. */
  readonly table: PriceTable;
  readonly known: 'list' | 'override';
}

/** Finds prices by exact model id. Nothing is ever priced by the likeness of a name. */
export interface PriceBook {
  /** The price of a model, or undefined where none is known. */
  priceFor(model: ModelRef): Pricing | undefined;
  /** The same for models of tables, with the computation. */
  tablePriceFor(model: ModelRef): TablePricing | undefined;
  /** The model of a table by exact id or alias, or undefined where none has it. */
  model(model: ModelRef): PricedModel | undefined;
  /** All models of all tables. One that is in two tables is listed once, as it is priced. */
  models(): readonly PricedModel[];
  /** What to throw for a model without a price: it names those that look most like it. */
  unknown(model: ModelRef): UnknownPriceError;
}

/**
 * The built-in list prices of hosted models, and those of the user before them.
 *
 * A price applies from its date to that of the next, to the whole request, by exact id or explicit alias. The ledger
 * uses the built-in book by itself.
 *
 * @throws InvalidOptionError when `toolCeilingUsd` is outside its range, on the first use of a price.
 * @example
 * const book = priceBook({ overrides: { 'openai/gpt-6-sol': perToken({ inputUsdPerMillion: 1.6, outputUsdPerMillion: 8 }) } });
 * const ledger = await createLedger({ store: memoryStore(), priceBook: book });
 */
export function priceBook(options: PriceBookOptions = {}): PriceBook {
  const { overrides = {}, extra = [], toolCeilingUsd } = options;
  let index: PriceIndex | undefined;
  const indexed = (): PriceIndex => (index ??= indexOf(extra));
  const made = new Map<PricedModel, TablePricing>();
  const model = ({ provider, modelId }: ModelRef): PricedModel | undefined => {
    const { providers, models } = indexed();
    return models.get(`${providers.get(provider) ?? provider}/${modelId}`);
  };
  const tablePriceFor = (ref: ModelRef): TablePricing | undefined => {
    const found = model(ref);
    if (found === undefined) return undefined;
    let pricing = made.get(found);
    if (pricing === undefined) {
      pricing = tablePricing(found.table, found.prices, {
        known: found.known,
        ...(toolCeilingUsd !== undefined && { toolCeilingUsd }),
      });
      made.set(found, pricing);
    }
    return pricing;
  };
  return {
    priceFor: (ref) => {
      for (const name of [`${ref.provider}/${ref.modelId}`, ref.modelId]) {
        if (Object.hasOwn(overrides, name)) return overrides[name];
      }
      return tablePriceFor(ref);
    },
    tablePriceFor,
    model,
    models: () => [...new Set(indexed().models.values())],
    unknown: ({ provider, modelId }) => {
      const name = provider === '' ? modelId : `${provider}/${modelId}`;
      const near = nearestModels(name, indexed().models.keys());
      return new UnknownPriceError(
        `No price is known for "${name}". ${near.length === 0 ? 'No model with a price has a name like it.' : `Prices are known for models with names like it: ${near.join(', ')}.`} Names match exactly, because a new model may cost more than the one before it.`,
      );
    },
  };
}

let shared: PriceBook | undefined;

/** The built-in prices. One book for all who use it. */
export function builtInPrices(): PriceBook {
  return (shared ??= priceBook());
}

interface PriceIndex {
  /** The one name of a provider that has several. */
  readonly providers: ReadonlyMap<string, string>;
  /** Models by the one name of their provider and each of their ids. */
  readonly models: ReadonlyMap<string, PricedModel>;
}

function indexOf(extra: readonly PriceTable[]): PriceIndex {
  const tables = [
    ...extra.map((table) => ({ table, known: 'override' as const })),
    ...builtInTables.map((table) => ({ table, known: 'list' as const })),
  ];
  const providers = new Map<string, string>();
  for (const { provider, providerAliases = [] } of [...builtInTables, ...extra]) {
    const name = providers.get(provider) ?? provider;
    for (const alias of [provider, ...providerAliases]) if (!providers.has(alias)) providers.set(alias, name);
  }
  const models = new Map<string, PricedModel>();
  for (const { table, known } of tables) {
    const provider = providers.get(table.provider) ?? table.provider;
    for (const prices of table.models) {
      const priced: PricedModel = { provider, prices, table, known };
      for (const id of [prices.model, ...(prices.aliases ?? [])]) {
        const name = `${provider}/${id}`;
        if (!models.has(name)) models.set(name, priced);
      }
    }
  }
  return { providers, models };
}
