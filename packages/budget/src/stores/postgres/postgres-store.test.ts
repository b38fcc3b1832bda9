import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLedger } from '../../ledger/create-ledger.ts';
import { describeStore } from '../conformance/describe-store.ts';
import type { StoreSubject } from '../conformance/store-subject.ts';
import type { Store } from '../store.ts';
import { type PostgresServer, postgresBinaries, startPostgres } from '../conformance/postgres-server.ts';
import { postgresStore } from './postgres-store.ts';

const binaries = postgresBinaries();
if (binaries === undefined)
  process.stderr.write('!!! NO POSTGRESQL: its store was not tested. Install the server (Debian: postgresql) !!!\n');

describe.skipIf(binaries === undefined)('postgresStore', () => {
  let server: PostgresServer;
  const pools: Pool[] = [];
  let schemas = 0;

  beforeAll(async () => {
    server = await startPostgres(binaries ?? '');
  }, 60_000);
  afterAll(async () => {
    for (const pool of pools) await pool.end();
    await server.stop();
  });

  function pool(): Pool {
    const made = new Pool({ ...server.connection, max: 4 });
    made.on('error', () => undefined);
    pools.push(made);
    return made;
  }

  /** Stores of several processes on one ledger, which take turns. */
  function several(connections: number): StoreSubject {
    const schema = `ledger_${(schemas += 1)}`;
    const shared = pool();
    const open = (): Store[] => Array.from({ length: connections }, () => postgresStore(shared, { schema }));
    let stores = open();
    let turn = 0;
    return {
      store: () => stores[(turn = (turn + 1) % connections)] as Store,
      restart: async () => {
        stores = open();
        await stores[0]?.open();
      },
      dispose: async () => void (await shared.query(`DROP SCHEMA ${schema} CASCADE`)),
    };
  }

  const make = async (connections: number): Promise<StoreSubject> => {
    const subject = several(connections);
    await subject.store().open();
    return subject;
  };
  describeStore('postgres', async () => make(1), { describe, it, modelRuns: 3 });
  describeStore('postgres, two processes by turns', async () => make(2), { describe, it, modelRuns: 3, seed: 50 });

  it('is made once when several processes create it together', async () => {
    const stores = Array.from({ length: 6 }, () => postgresStore(pool(), { schema: 'together' }));
    const ledgers = await Promise.all(stores.map(async (store) => createLedger({ store })));
    expect(new Set(ledgers.map(({ ledgerId }) => ledgerId)).size).toBe(1);
  });

  it('refuses names of schemas that are none', () => {
    expect(() => postgresStore(pool(), { schema: 'a;drop' })).toThrow(/schema must be a name/);
    expect(() => postgresStore(pool(), { durability: 'none' as 'power' })).toThrow(/durability must be/);
  });

  it('refuses calls while the server is away, and has everything when it is back', async () => {
    const ledger = await createLedger({ store: postgresStore(pool(), { schema: 'crash' }) });
    await ledger.setLimit({ kind: 'run', id: 'r', usd: 1 });
    const ask = { scopes: { run: 'r' }, model: { provider: 'test', modelId: 'echo' }, priceKnown: 'override' } as const;
    const hold = await ledger.reserve({ ...ask, attemptId: 'a', want: { usd: 100n } });
    await server.crash();
    await expect(ledger.reserve({ ...ask, attemptId: 'b', want: { usd: 100n } })).rejects.toMatchObject({
      code: 'store-unavailable',
    });
    await server.restart();
    await hold.settle({
      costNano: 7n,
      priceKnown: 'override',
      usage: { inputUncached: 1, outputText: 1 },
      usageKnown: 'exact',
      candidateIds: [],
      assumption: 'none',
    });
    expect(await ledger.totals()).toMatchObject({ settled: { nanoUsd: '7' }, held: { nanoUsd: '0' }, rows: 1 });
  }, 30_000);
});
