import { createReadStream } from 'node:fs';
import { type Pricing, TollgateError } from '@tollgate/sdk';
import { InvalidFileError } from '../tasks/invalid-file-error.ts';
import type { OutcomesTable } from './outcomes-table.ts';
import { readOutcomes } from './read-outcomes.ts';

/**
 * Reads a table of outcomes from a file, gzipped or not, without holding its text.
 *
 * @throws InvalidFileError with line numbers, or where the file cannot be read.
 */
export async function readOutcomesFile(
  path: string,
  prices: { readonly [model: string]: Pricing } = {},
): Promise<OutcomesTable> {
  try {
    return await readOutcomes(createReadStream(path, { highWaterMark: 2 ** 20 }), { source: path, prices });
  } catch (error) {
    if (!(error instanceof Error) || TollgateError.isInstance(error) || !('syscall' in error)) throw error;
    throw new InvalidFileError(path, [{ message: `it could not be read: ${error.message}` }]);
  }
}
