import type { ModelRef, Usage } from '@tollgate/sdk';
import { builtInPrices, type PriceBook } from './price-book.ts';
import type { PricedUsage } from './price-usage.ts';

/** When and how a usage is priced. */
export interface PriceOfOptions {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Service tier, where the usage does not say by which it was billed. @defaultValue the standard one */
  readonly tier?: string;
  /** @defaultValue the built-in prices */
  readonly book?: PriceBook;
}

/**
 * What a usage costs by the tables of a price book, line by line.
 *
 * @throws UnknownPriceError for a model, a bucket, a unit or a tier without a price.
 * @example
 * const usage = { inputUncached: 1000, cacheRead: 20_000, cacheWrite: { total: 3000 }, outputText: 500 };
 * priceOf(usage, { provider: 'openai', modelId: 'gpt-6-sol' }, { at: Date.parse('2026-11-01') }).amount.usd; // 0.0185
 */
export function priceOf(usage: Usage, model: ModelRef, options: PriceOfOptions): PricedUsage {
  const { at, tier, book = builtInPrices() } = options;
  const pricing = book.tablePriceFor(model);
  if (pricing === undefined) throw book.unknown(model);
  const billed = { ...(tier !== undefined && { tier }), ...usage.billed };
  return pricing.priceOf({ ...usage, billed }, model, at);
}
