import { closeSync, openSync, readSync } from 'node:fs';
import { TollgateError } from '../../errors/tollgate-error.ts';

/** Refuses a file that does not begin as a GGUF does, before the engine is started for it. */
export function checkGguf(path: string): void {
  const head = Buffer.alloc(8);
  const file = openSync(path, 'r');
  let read: number;
  try {
    read = readSync(file, head, 0, head.length, 0);
  } finally {
    closeSync(file);
  }
  if (read === head.length && head.toString('latin1', 0, 4) === 'GGUF') return;
  throw new TollgateError(
    'invalid-file',
    `"${path}" is not a GGUF file: it does not begin with "GGUF"${read < head.length ? ` (it has only ${read} bytes)` : ''}. Fetch it again.`,
  );
}
