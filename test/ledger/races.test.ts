import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createLedger, type Ledger, type Store } from '@tollgate/budget';
import { postgresStore } from '@tollgate/budget/postgres';
import { sqliteStore } from '@tollgate/budget/sqlite';
import { systemClock } from '@tollgate/sdk';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresServer, postgresBinaries, startPostgres } from '@tollgate/budget/testing';
import { type Race, race } from './__fixtures__/race.ts';

const capNano = 6000n;
const lot = { seed: 7, processes: 4, kills: 2, attempts: 260 };

/** Sums over the rows as they are on file, and what the limit says of itself. */
interface Look {
  readonly settled: bigint;
  readonly overrun: bigint;
  readonly held: bigint;
}

const sumOfRows = (table: string): string =>
  `SELECT sum(cost_nano) AS settled, sum(overrun_nano) AS overrun,
     sum(CASE WHEN status = 'held' THEN hold_nano ELSE 0 END) AS held FROM ${table}`;

/** Looks again and again until it is told to stop, and says how often it did. */
function watch(look: () => Promise<Look | undefined>): { readonly stop: () => Promise<number> } {
  let goesOn = true;
  const watching = (async () => {
    let looks = 0;
    while (goesOn) {
      const seen = await look();
      if (seen !== undefined) {
        looks += 1;
        const { settled, overrun, held } = seen;
        if (settled - overrun + held > capNano) throw new Error(`${settled} - ${overrun} + ${held} > ${capNano}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
    return looks;
  })();
  // It is looked at when it is stopped.
  watching.catch(() => undefined);
  return {
    stop: async () => {
      goesOn = false;
      return watching;
    },
  };
}

async function balanceIn(store: Store): Promise<Look | undefined> {
  const [balance] = await store.balances({ scopes: [{ kind: 'run', id: 'shared' }], paid: [] }, Date.now());
  return balance;
}

async function expectAllAddsUp(store: Store, { settled: acknowledged, killed }: Race): Promise<void> {
  expect(killed).toBe(lot.processes * lot.kills);
  // Everybody who could still hold something is gone.
  const later = { ...systemClock, now: () => systemClock.now() + 3_600_000 };
  const ledger: Ledger = await createLedger({ store, clock: later });
  const rows = await ledger.rows();
  const byId = new Map(rows.map((row) => [row.attemptId, row]));
  expect(byId.size).toBe(rows.length);
  for (const [attemptId, costNano] of acknowledged) {
    expect(byId.get(attemptId)).toMatchObject({ status: 'settled', cost: { nanoUsd: String(costNano) } });
  }

  const sum = (nano: (row: (typeof rows)[number]) => string | undefined): bigint =>
    rows.reduce((total, row) => total + BigInt(nano(row) ?? '0'), 0n);
  const lost = rows.filter(({ status }) => status === 'expired');
  const sums = {
    settled: sum(({ cost }) => cost?.nanoUsd),
    overrun: sum(({ overrun }) => overrun?.amount.nanoUsd),
    held: sum(({ status, hold }) => (status === 'expired' ? hold.nanoUsd : '0')),
  };
  expect(rows.filter(({ status }) => status === 'held')).toEqual([]);
  expect(await balanceIn(store)).toMatchObject(sums);
  expect(await ledger.totals()).toMatchObject({
    settled: { nanoUsd: String(sums.settled) },
    overrun: { nanoUsd: String(sums.overrun) },
    held: { nanoUsd: String(sums.held) },
    rows: rows.length,
  });
  // The cap is used up but for less than the smallest call, and was never passed but by what nobody could foresee.
  expect(sums.overrun).toBeGreaterThan(0n);
  expect(sums.settled - sums.overrun + sums.held).toBeLessThanOrEqual(capNano);
  expect(sums.settled + sums.held).toBeGreaterThan(capNano - 20n);
  expect(acknowledged.size).toBeGreaterThan(400);

  for (const { attemptId } of lost) await ledger.reconcile({ attemptId, costUsd: 'hold', reason: 'its process died' });
  expect(await balanceIn(store)).toMatchObject({ settled: sums.settled + sums.held, held: 0n });
  expect(await ledger.totals()).toMatchObject({ held: { nanoUsd: '0' } });
}

describe('processes that are killed while they race for one cap', () => {
  it('never pass it, and lose nothing that was acknowledged: SQLite', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ledger-race-'));
    const file = join(folder, 'spend.db');
    const store = sqliteStore(file);
    const ledger = await createLedger({ store });
    await ledger.setLimit({ kind: 'run', id: 'shared', usd: Number(capNano) / 1e9 });
    const reader = new DatabaseSync(file, { readOnly: true });
    const onFile = reader.prepare(sumOfRows('attempts'));
    const watcher = watch(async () => {
      const { settled, overrun, held } = onFile.get() ?? {};
      const rows = { settled: BigInt(Number(settled)), overrun: BigInt(Number(overrun)), held: BigInt(Number(held)) };
      const balance = (await balanceIn(store)) ?? rows;
      const exposure = (look: Look): bigint => look.settled - look.overrun + look.held;
      return exposure(balance) > exposure(rows) ? balance : rows;
    });
    const raced = await race({ ...lot, store: { file } });
    expect(await watcher.stop()).toBeGreaterThan(50);
    await expectAllAddsUp(store, raced);
    expect(Object.values(reader.prepare('PRAGMA integrity_check').get() ?? {})).toEqual(['ok']);
    reader.close();
    await ledger.close();
    rmSync(folder, { recursive: true });
  }, 30_000);
});

const binaries = postgresBinaries();
if (binaries === undefined)
  process.stderr.write(
    '!!! NO POSTGRESQL: races for its ledger were not run. Install the server (Debian: postgresql) !!!\n',
  );

describe.skipIf(binaries === undefined)('processes and a server that are killed', () => {
  let server: PostgresServer;
  let pool: Pool;

  beforeAll(async () => {
    server = await startPostgres(binaries ?? '');
    pool = new Pool({ ...server.connection, max: 4 });
    pool.on('error', () => undefined);
  }, 60_000);
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });

  it('never pass the cap, and lose nothing that was acknowledged: PostgreSQL', async () => {
    const schema = 'race';
    const store = postgresStore(pool, { schema });
    const ledger = await createLedger({ store });
    await ledger.setLimit({ kind: 'run', id: 'shared', usd: Number(capNano) / 1e9 });
    let crash: Promise<void> | undefined;
    const watcher = watch(async () => {
      try {
        const { rows } = await pool.query(sumOfRows(`${schema}.attempts`));
        const [{ settled, overrun, held }] = rows as [Record<string, string | null>];
        return { settled: BigInt(settled ?? 0), overrun: BigInt(overrun ?? 0), held: BigInt(held ?? 0) };
      } catch (error) {
        // Only while the server is away.
        if (crash === undefined) throw error;
        return undefined;
      }
    });
    const raced = await race({
      ...lot,
      store: { connection: server.connection, schema },
      onSettled: (count) => {
        if (count === 250) crash = server.crash().then(() => server.restart());
      },
    });
    expect(crash).toBeDefined();
    await crash;
    expect(await watcher.stop()).toBeGreaterThan(50);
    await expectAllAddsUp(store, raced);
  }, 45_000);
});
