import { DatabaseSync } from 'node:sqlite';
import { TollgateError } from '@tollgate/sdk';
import { applicationId, schema, schemaVersion } from './sqlite-schema.ts';

/** What a commit survives: a killed process, or a power cut too. */
export type Durability = 'process' | 'power';

const synchronous = { process: 'NORMAL', power: 'FULL' } as const;

/** Milliseconds to wait for another process that writes, before a call fails. */
const busyTimeoutMs = 10_000;

/**
 * Opens a ledger's file, making it where there is none.
 *
 * @throws TollgateError `invalid-file` when the file cannot be opened, is not a ledger, or has another version.
 */
export function openDatabase(path: string, durability: Durability): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    // A file of somebody else's is refused before anything is written to it.
    checkIdentity(database, path);
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous[durability]}`);
    database.exec('BEGIN IMMEDIATE');
    if (checkIdentity(database, path) === 'empty') create(database);
    database.exec('COMMIT');
    return database;
  } catch (error) {
    database?.close();
    if (TollgateError.isInstance(error)) throw error;
    throw new TollgateError(
      'invalid-file',
      `The ledger ${JSON.stringify(path)} cannot be opened: ${error instanceof Error ? error.message : String(error)}. The path must be an SQLite file of a ledger, or a new file in an existing folder.`,
      { cause: error },
    );
  }
}

function checkIdentity(database: DatabaseSync, path: string): 'empty' | 'ledger' {
  const found = {
    applicationId: readNumber(database, 'PRAGMA application_id'),
    version: readNumber(database, 'PRAGMA user_version'),
    tables: readNumber(database, 'SELECT count(*) FROM sqlite_schema'),
  };
  if (found.tables === 0 && found.applicationId === 0) return 'empty';
  if (found.applicationId !== applicationId) {
    throw new TollgateError(
      'invalid-file',
      `${JSON.stringify(path)} is a database of something else, not a ledger. Give the ledger a file of its own.`,
    );
  }
  if (found.version !== schemaVersion) {
    throw new TollgateError(
      'invalid-file',
      `The ledger ${JSON.stringify(path)} has version ${found.version}, and this release reads version ${schemaVersion}. ${found.version > schemaVersion ? 'Update @tollgate/budget' : 'Open it with the release that wrote it'}, or start a new file.`,
    );
  }
  return 'ledger';
}

function create(database: DatabaseSync): void {
  database.exec(schema);
  database.prepare('INSERT INTO ledger VALUES (?, 0)').run(crypto.randomUUID());
  database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}`);
}

function readNumber(database: DatabaseSync, query: string): number {
  return Number(Object.values(database.prepare(query).get() ?? {})[0]);
}
