import { readFileSync } from 'node:fs';
import { type PriceTable, tablePricing } from '@tollgate/budget';
import { type Pricing, TollgateError } from '@tollgate/sdk';
import { parsePriceFile } from './parse-price-file.ts';

/**
 * The tables of a file of prices, as `tollgate prices import` writes it. For `priceBook({ extra })`.
 *
 * @throws TollgateError `invalid-file` where it cannot be read, or naming each field that is wrong.
 */
export function readPriceFile(path: string): readonly PriceTable[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TollgateError(
      'invalid-file',
      `The prices ${path} could not be read: ${cause instanceof Error ? cause.message : String(cause)}. Make the file with: tollgate prices import FILE --out ${path}`,
      { cause },
    );
  }
  return parsePriceFile(text, { source: path });
}

/**
 * The prices of a file by exact name, `provider/modelId`: what `prices` of a configuration and of a ledger take.
 *
 * @throws TollgateError `invalid-file` where it cannot be read, or naming each field that is wrong.
 * @example
 * export default defineConfig({ models: { big: 'openai:gpt-6-sol' }, prices: loadPriceFile('tollgate.prices.json') });
 */
export function loadPriceFile(path: string): { readonly [modelName: string]: Pricing } {
  const tables = readPriceFile(path);
  const entries = tables.flatMap((table) =>
    table.models.flatMap((model) => {
      const pricing = tablePricing(table, model);
      return [table.provider, ...(table.providerAliases ?? [])].flatMap((provider) =>
        [model.model, ...(model.aliases ?? [])].map((id) => [`${provider}/${id}`, pricing] as const),
      );
    }),
  );
  // The first table that knows a model prices it.
  return Object.fromEntries(entries.toReversed());
}
