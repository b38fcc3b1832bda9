import { writeFileSync } from 'node:fs';
import { TollgateError } from '@tollgate/sdk';

/** @throws TollgateError `invalid-file` where the disk refuses. */
export function writeFile(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    throw new TollgateError(
      'invalid-file',
      `${path} could not be written: ${cause instanceof Error ? cause.message : String(cause)}. Make room or name another file, and run again.`,
      { cause },
    );
  }
}
