import type { PriceTable } from '@tollgate/budget';
import { InvalidFileError } from '../tasks/invalid-file-error.ts';
import { fromModelsDev } from './models-dev.ts';
import { checked, parseJson, parsePriceFile, type PriceFile } from './parse-price-file.ts';
import { priceTableSchema } from './price-table-schema.ts';

/** What was made of a foreign table of prices. */
export interface ImportedPrices {
  readonly file: PriceFile;
  /** What was left out, and what the source does not say. */
  readonly notes: readonly string[];
}

/** Options of `importPrices`. */
export interface ImportPricesOptions {
  /** What the file is called in messages. */
  readonly source: string;
  /** Day the prices were read, `YYYY-MM-DD`. */
  readonly checked: string;
  /** Only these providers. @defaultValue all of the file */
  readonly providers?: readonly string[];
}

/**
 * Reads prices of three kinds: a file of prices, one table of your own, or the table of models.dev.
 *
 * @throws InvalidFileError naming each field that is wrong, or where nothing is left to import.
 */
export function importPrices(text: string, options: ImportPricesOptions): ImportedPrices {
  const { source, providers } = options;
  const value = parseJson(text, source);
  const { tables, notes } = read(value, text, options);
  const wanted = providers === undefined ? tables : tables.filter(({ provider }) => providers.includes(provider));
  if (wanted.length === 0) {
    throw new InvalidFileError(source, [
      {
        message: `there are no prices in it${providers === undefined ? '' : ` of ${providers.join(', ')}`}; it has ${tables.map(({ provider }) => provider).join(', ') || 'none'}`,
      },
    ]);
  }
  return { file: { kind: 'tollgate-prices', version: 1, tables: wanted }, notes };
}

function read(
  value: unknown,
  text: string,
  options: ImportPricesOptions,
): { readonly tables: readonly PriceTable[]; readonly notes: readonly string[] } {
  const { source } = options;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidFileError(source, [
      { message: 'expected an object: a file of prices, a table, or what models.dev serves' },
    ]);
  }
  if ('kind' in value) return { tables: parsePriceFile(text, { source }), notes: [] };
  if ('provider' in value) return { tables: [checked(priceTableSchema, value, source)], notes: [] };
  return fromModelsDev(value, options);
}
