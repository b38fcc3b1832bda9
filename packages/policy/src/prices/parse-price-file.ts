import type { PriceTable } from '@tollgate/budget';
import { z } from 'zod';
import { InvalidFileError } from '../tasks/invalid-file-error.ts';
import { priceTableSchema } from './price-table-schema.ts';

/** Prices as a file: tables that win over the built-in ones. */
export interface PriceFile {
  readonly kind: 'tollgate-prices';
  readonly version: 1;
  readonly tables: readonly PriceTable[];
}

const priceFile: z.ZodType<PriceFile> = z.strictObject({
  kind: z.literal('tollgate-prices'),
  version: z.literal(1),
  tables: z.array(priceTableSchema).min(1),
});

/**
 * Reads a file of prices.
 *
 * @throws InvalidFileError naming each field that is wrong.
 */
export function parsePriceFile(text: string, { source }: { readonly source: string }): readonly PriceTable[] {
  return checked(priceFile, parseJson(text, source), source).tables;
}

/** @throws InvalidFileError where the text is not JSON. */
export function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new InvalidFileError(source, [
      { message: `not JSON: ${error instanceof Error ? error.message : String(error)}` },
    ]);
  }
}

/** @throws InvalidFileError naming each field that does not fit the schema. */
export function checked<Value>(schema: z.ZodType<Value>, value: unknown, source: string): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidFileError(
    source,
    parsed.error.issues.map(({ path, message }) => ({ message: `${path.join('.') || 'the file'}: ${message}` })),
  );
}
