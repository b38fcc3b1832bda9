import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TollgateError } from '@tollgate/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../ledger/__fixtures__/manual-clock.ts';
import { createLedger } from '../../ledger/create-ledger.ts';
import { noAmounts } from '../../ledger/dimension.ts';
import { sqliteStore } from './sqlite-store.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  file = join(folder, 'spend.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

function spendInChild(mode: 'hold' | 'spend', name: string): ChildProcess {
  const script = join(import.meta.dirname, '..', '__fixtures__', 'spend-in-child.ts');
  return spawn(process.execPath, ['--conditions=@tollgate/source', script, file, mode, name], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('The child has no output.');
  child.stdout.setEncoding('utf8');
  const [text] = (await once(child.stdout, 'data')) as [string];
  return text.trim();
}

/** Nano-dollars that three processes spent, let loose together. */
async function race(): Promise<readonly number[]> {
  const children = ['one', 'two', 'three'].map((name) => spendInChild('spend', name));
  await Promise.all(children.map(firstLine));
  for (const child of children) child.stdin?.end('go');
  return Promise.all(children.map(async (child) => Number((await firstLine(child)).replace('spent ', ''))));
}

async function openError(path: string): Promise<unknown> {
  return createLedger({ store: sqliteStore(path) }).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('sqliteStore', () => {
  it('has one id for ever, and another one for every file', async () => {
    const first = await createLedger({ store: sqliteStore(file) });
    await first.close();
    const second = await createLedger({ store: sqliteStore(file) });
    const other = await createLedger({ store: sqliteStore(join(folder, 'other.db')) });
    expect(second.ledgerId).toBe(first.ledgerId);
    expect(other.ledgerId).not.toBe(first.ledgerId);
    await second.close();
    await other.close();
  });

  it.each(['process', 'power'] as const)('syncs as durability %s says', (durability) => {
    const store = sqliteStore(file, { durability });
    expect(typeof store.open()).toBe('string');
    void store.close();
    expect(() => sqliteStore(file, { durability: 'none' as 'power' })).toThrow(
      /durability must be 'process' or 'power'/,
    );
  });

  it('refuses a file of another version, and says what to do', async () => {
    await (await createLedger({ store: sqliteStore(file) })).close();
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 99');
    database.close();
    const error = await openError(file);
    expect(error).toMatchObject({ code: 'invalid-file' });
    expect(String(error)).toMatch(/version 99, and this release reads version 2\. Update @tollgate\/budget/);
  });

  it('refuses a database of somebody else, and leaves it as it was', async () => {
    const database = new DatabaseSync(file);
    database.exec('CREATE TABLE notes (text TEXT)');
    expect(String(await openError(file))).toMatch(/is a database of something else/);
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'delete' });
    database.close();
  });

  it.each([
    [
      'no database',
      () => writeFileSync(file, 'not a database, and long enough to have a header of 100 bytes'.repeat(4)),
    ],
    ['in a folder that is not there', () => (file = join(folder, 'missing', 'spend.db'))],
  ])('refuses a file that is %s', async (_, prepare) => {
    prepare();
    const error = await openError(file);
    expect(TollgateError.isInstance(error) && error.code).toBe('invalid-file');
    expect(String(error)).toContain(JSON.stringify(file));
  });

  it('refuses to work after it was closed', async () => {
    const ledger = await createLedger({ store: sqliteStore(file) });
    await ledger.close();
    await ledger.close();
    await expect(ledger.setLimit({ kind: 'run', id: 'each', usd: 1 })).rejects.toMatchObject({ code: 'closed' });
    await expect(ledger.totals()).rejects.toThrow(/is closed/);
  });

  it('keeps the others of a batch when one write fails', async () => {
    const store = sqliteStore(file);
    await store.open();
    const ask = (attemptId: string, holdNano: bigint): Promise<unknown> =>
      Promise.resolve(
        store.reserve({
          attemptId,
          kind: 'call',
          scopes: [{ kind: 'run', id: 'r' }],
          paid: [],
          model: { provider: 'test', modelId: 'echo' },
          priceKnown: 'override',
          want: { ...noAmounts, usd: holdNano },
          min: { ...noAmounts, usd: holdNano },
          atMs: 0,
          leaseUntilMs: 1,
        }),
      );
    // 2^63 does not fit into a column.
    const outcomes = await Promise.allSettled([ask('a', 1n), ask('b', 2n ** 63n), ask('c', 4n)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await store.totals([])).toMatchObject({ heldNano: 5n, rows: 2 });
    void store.close();
  });

  it('counts the hold of a process that was killed, until it is reconciled', async () => {
    const clock = manualClock(Date.now());
    const ledger = await createLedger({ store: sqliteStore(file), clock });
    await ledger.setLimit({ kind: 'run', id: 'shared', usd: 1e-6 });
    const child = spendInChild('hold', 'doomed');
    expect(await firstLine(child)).toBe('held 400');
    child.kill('SIGKILL');
    await once(child, 'exit');

    const want = {
      scopes: { run: 'shared' },
      model: { provider: 'test', modelId: 'echo' },
      priceKnown: 'override',
      want: { usd: 700n },
    } as const;
    await expect(ledger.reserve({ ...want, attemptId: 'a' })).rejects.toMatchObject({ code: 'budget-busy' });
    clock.advance(3_600_000);
    await expect(ledger.reserve({ ...want, attemptId: 'b' })).rejects.toThrow(
      /\$0\.0000004 is held by attempts whose lease ran out/,
    );
    expect(await ledger.rows({ status: 'expired' })).toMatchObject([{ attemptId: 'doomed-0', status: 'expired' }]);
    await ledger.reconcile({ attemptId: 'doomed-0', costUsd: 1e-7, reason: 'the bill of the provider' });
    await ledger.reserve({ ...want, attemptId: 'c' });
    expect(await ledger.totals({ run: 'shared' })).toMatchObject({
      settled: { nanoUsd: '100' },
      held: { nanoUsd: '700' },
    });
    await ledger.close();
  });

  it('holds one cap over processes that race for it', async () => {
    const ledger = await createLedger({ store: sqliteStore(file) });
    await ledger.setLimit({ kind: 'run', id: 'shared', usd: 1.5e-6 });
    const spent = await race();
    const totals = await ledger.totals({ run: 'shared' });
    expect(totals.held.nanoUsd).toBe('0');
    expect(Number(totals.settled.nanoUsd)).toBe(spent.reduce((sum, part) => sum + part, 0));
    // Each of the three would spend 600, so the cap binds and none is left without.
    expect(Number(totals.settled.nanoUsd)).toBeLessThanOrEqual(1500);
    expect(Number(totals.settled.nanoUsd)).toBeGreaterThan(1450);
    expect(Math.min(...spent)).toBeGreaterThan(0);
    await ledger.close();
  }, 30_000);

  it('is made once when several processes open a new file together', async () => {
    expect(await race()).toEqual([600, 600, 600]);
    const ledger = await createLedger({ store: sqliteStore(file) });
    expect(await ledger.totals()).toMatchObject({ rows: 600, settled: { nanoUsd: '1800' } });
    await ledger.close();
  }, 30_000);
});
