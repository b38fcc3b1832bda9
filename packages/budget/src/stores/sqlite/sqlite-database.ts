import { DatabaseSync } from 'node:sqlite';
import { TollgateError } from '@tollgate/sdk';
import { applicationId, schema, schemaVersion } from './sqlite-schema.ts';

/** What a commit survives: a killed process, or a power cut too. */
export type Durability = 'process' | 'power';

const synchronous = { process: 'NORMAL', power: 'FULL' } as const;

/** Pages of the log after which they are copied to the file, which somebody's commit waits for: 16 MB. */
const checkpointPages = 4000;
/** Milliseconds to wait for another process that writes, before a call fails. */
const busyTimeoutMs = 10_000;
/** Milliseconds between tries to prepare a file that others prepare too. */
const pauseMs = 10;

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
    prepareFile(database, path, durability);
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

/**
 * Makes the file a ledger in WAL mode, where it is not one yet. SQLite's own patience does not cover the change of mode: it
 * fails at once while another process that opens the file is at the same point, so that is waited for here.
 */
function prepareFile(database: DatabaseSync, path: string, durability: Durability): void {
  for (let tries = 1; ; tries += 1) {
    try {
      // A file of somebody else's is refused before anything is written to it.
      database.exec('BEGIN');
      checkIdentity(database, path);
      database.exec('COMMIT');
      database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous[durability]}`);
      database.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
      database.exec('BEGIN IMMEDIATE');
      if (checkIdentity(database, path) === 'empty') create(database);
      database.exec('COMMIT');
      return;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      if (!isBusy(error) || tries * pauseMs >= busyTimeoutMs) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    }
  }
}

function isBusy(error: unknown): boolean {
  // SQLITE_BUSY, whatever extended code it comes with.
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
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
