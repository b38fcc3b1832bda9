import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { TollgateError } from '@tollgate/sdk';

/**
 * Keeps other runs out of a file that is written line by line, until the returned function is called. Two runs into one
 * file would pay for the same tasks twice.
 *
 * The lock is one of SQLite on `PATH.lock`: the system lets go of it when a process dies, however it dies.
 *
 * @throws TollgateError `invalid-file` where another run has the file, or its folder cannot be written.
 */
export function onlyWriter(path: string): () => void {
  const lock = `${path}.lock`;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(lock);
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database?.close();
    const busy = cause instanceof Error && /locked|busy/.test(cause.message);
    throw new TollgateError(
      'invalid-file',
      busy
        ? `Another run writes to ${path} now. Wait until it has ended, or name another file.`
        : `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}. Name a file in a folder that exists and can be written.`,
      { cause },
    );
  }
  const held = database;
  return () => {
    held.close();
    rmSync(lock, { force: true });
  };
}
