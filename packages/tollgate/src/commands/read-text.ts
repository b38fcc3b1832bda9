import { readFileSync } from 'node:fs';
import { TollgateError } from '@tollgate/sdk';

/** The text of a file. @throws TollgateError `invalid-file` where it cannot be read. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TollgateError(
      'invalid-file',
      `${path} could not be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}
