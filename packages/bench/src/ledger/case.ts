/** One case in one fresh process: tells its figures on its last line. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLedger, memoryStore, type Store } from '@tollgate/budget';
import { postgresStore } from '@tollgate/budget/postgres';
import { sqliteStore } from '@tollgate/budget/sqlite';
import { Pool } from 'pg';
import type { Figures } from './figures.ts';
import { hotRow } from './hot-row.ts';
import { measureMemory } from './measure-memory.ts';
import { measurePairs } from './measure-pairs.ts';
import { ledgerPair, scopeSets, setLimits, storePair } from './workload.ts';

const forMs = 1500;
const [name = '', connection = '{}'] = process.argv.slice(2);
const together = Number(/ c=(\d+)$/.exec(name)?.[1]);
console.log(JSON.stringify(await measure()));

async function measure(): Promise<Figures> {
  if (name.startsWith('memory store ')) return measureMemory(together);
  if (name.startsWith('memory ledger ')) return measureStore(memoryStore(), 1);
  if (name.startsWith('sqlite ')) return measureSqlite();
  if (name.startsWith('postgres ')) return measurePostgres();
  throw new Error(`There is no case "${name}".`);
}

async function measureSqlite(): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-bench-'));
  const store = sqliteStore(join(folder, 'spend.db'), { durability: name.includes(' power ') ? 'power' : 'process' });
  try {
    return await measureStore(store, 1);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
}

async function measurePostgres(): Promise<Figures> {
  const pool = new Pool(JSON.parse(connection) as object);
  try {
    if (name.includes(' hot row ')) return await measurePairs(await hotRow(pool), { together, forMs });
    await pool.query('DROP SCHEMA IF EXISTS bench CASCADE');
    return await measureStore(postgresStore(pool, { schema: 'bench' }), name.includes(' 1000 scopes ') ? 1000 : 1);
  } finally {
    await pool.end();
  }
}

async function measureStore(store: Store, ids: number): Promise<Figures> {
  const ledger = await createLedger({ store });
  await setLimits(ledger);
  const sets = scopeSets(ids);
  const isLedger = name.includes(' ledger ');
  const pair = (n: number): Promise<void> => {
    const scopes = sets[n % ids] ?? [];
    return isLedger ? ledgerPair(ledger, `call ${n}`, scopes) : storePair(store, `call ${n}`, scopes);
  };
  return measurePairs(pair, { together, forMs });
}
