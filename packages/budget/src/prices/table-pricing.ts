import type { JsonObject, ModelRef, Price, Pricing, Usage } from '@tollgate/sdk';
import { UnknownPriceError } from '@tollgate/sdk';
import { nanoFromUsd } from '../money/nano-usd.ts';
import { type CompiledEntry, compileEntries } from './compiled-entry.ts';
import { priceBound } from './price-bound.ts';
import type { ModelPrices, PriceTable } from './price-table.ts';
import { type PriceContext, type PricedUsage, priceUsage } from './price-usage.ts';

/** A price that also shows how it is computed. */
export interface TablePricing extends Pricing {
  priceOf(usage: Usage, model: ModelRef, atMs: number): PricedUsage;
}

/** How a table is used. */
export interface TablePricingOptions {
  /** @defaultValue 'override' */
  readonly known?: Exclude<Price['known'], 'declared-ceiling'>;
  /** US dollars of fees and added tokens of tools that the provider runs, per attempt. @defaultValue such calls are refused */
  readonly toolCeilingUsd?: number;
}

/**
 * The price of one model of a table. Estimates, holds and settlements are the same multiplication.
 *
 * @throws InvalidOptionError when a price, a factor or a date of the model cannot be read.
 */
export function tablePricing(
  priceTable: PriceTable,
  model: ModelPrices,
  options: TablePricingOptions = {},
): TablePricing {
  const { models: _, ...table } = priceTable;
  const { known = 'override', toolCeilingUsd } = options;
  const toolCeilingNano = toolCeilingUsd === undefined ? undefined : nanoFromUsd(toolCeilingUsd, 'toolCeilingUsd');
  const entries = compileEntries(table, model);
  const listed: ModelRef = { provider: table.provider, modelId: model.model };
  const contextOf = (asked: ModelRef, atMs: number): PriceContext => ({
    entry: entryAt(entries, asked, atMs),
    model: asked,
    listed,
    atMs,
    known,
  });
  return {
    priceOf: (usage, asked, atMs) => priceUsage(usage, contextOf(asked, atMs)),
    upperBound: (bound, asked, atMs) => priceBound(bound, contextOf(asked, atMs), toolCeilingNano),
    get declaration(): JsonObject {
      return {
        kind: 'price-table',
        known,
        table: plain({ ...table, models: [model] }),
        ...(toolCeilingUsd !== undefined && { toolCeilingUsd }),
      };
    },
  };
}

function entryAt(entries: readonly CompiledEntry[], { provider, modelId }: ModelRef, atMs: number): CompiledEntry {
  const entry = entries.findLast(({ fromMs }) => fromMs <= atMs);
  if (entry !== undefined) return entry;
  const first = entries[0];
  throw new UnknownPriceError(
    `No price of ${provider}/${modelId} is known for ${new Date(atMs).toISOString()}${first === undefined ? '' : `; the first begins ${first.from}`}.`,
  );
}

function plain(table: PriceTable): JsonObject {
  return JSON.parse(JSON.stringify(table)) as JsonObject;
}
