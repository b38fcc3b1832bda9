import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it } from 'vitest';
import { TransactionQueue } from './transaction-queue.ts';

let database: DatabaseSync;
let queue: TransactionQueue;
let rollbacks: number;

beforeEach(() => {
  database = new DatabaseSync(':memory:');
  // An orphan is found out at the commit, not at the write.
  database.exec(`
    PRAGMA foreign_keys = ON;
    CREATE TABLE parents (id INTEGER PRIMARY KEY);
    CREATE TABLE children (parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED);
  `);
  rollbacks = 0;
  queue = new TransactionQueue(database, {
    begun: () => undefined,
    committing: () => undefined,
    rolledBack: () => {
      rollbacks += 1;
    },
  });
});

async function write(sql: string): Promise<string> {
  return queue.run(() => {
    database.exec(sql);
    return sql;
  });
}

function rows(): number {
  return Number(
    database.prepare('SELECT (SELECT count(*) FROM parents) + (SELECT count(*) FROM children) AS n').get()?.['n'],
  );
}

describe('a queue of transactions', () => {
  it('writes what one turn asks for together, in order, and answers each', async () => {
    const both = Promise.all([write('INSERT INTO children VALUES (1)'), write('INSERT INTO parents VALUES (1)')]);
    expect(await both).toHaveLength(2);
    expect(rows()).toBe(2);
    expect(rollbacks).toBe(0);
  });

  it('reports no write that its commit undid, tells of the rollback, and goes on', async () => {
    await expect(write('INSERT INTO children VALUES (7)')).rejects.toThrow(/FOREIGN KEY/);
    expect(rollbacks).toBe(1);
    expect(rows()).toBe(0);
    await write('INSERT INTO parents VALUES (7)');
    expect(rows()).toBe(1);
  });

  it('loses only the write that fails', async () => {
    const outcomes = await Promise.allSettled([
      write('INSERT INTO parents VALUES (1)'),
      write('INSERT INTO children VALUES (9)'),
      write('INSERT INTO children VALUES (1)'),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(rows()).toBe(2);
  });
});
