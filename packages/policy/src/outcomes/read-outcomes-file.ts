import { createReadStream } from 'node:fs';
import type { Pricing } from '@tollgate/sdk';
import type { OutcomesTable } from './outcomes-table.ts';
import { readOutcomes } from './read-outcomes.ts';

/**
 * Reads a table of outcomes from a file, gzipped or not, without holding its text.
 *
 * @throws InvalidFileError with line numbers; the file system's error for a file that cannot be read.
 */
export async function readOutcomesFile(
  path: string,
  prices: { readonly [model: string]: Pricing } = {},
): Promise<OutcomesTable> {
  return readOutcomes(createReadStream(path, { highWaterMark: 2 ** 20 }), { source: path, prices });
}
