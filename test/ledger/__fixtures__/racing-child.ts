// A process that spends from a shared ledger until the cap or its attempts are used up, or until it is killed. What it was
// told is settled it writes down at once: `settled <attempt> <nano-dollars>`. Argument: a RacingJob as JSON.
import { writeSync } from 'node:fs';
import { createLedger, type Hold, type Store } from '@tollgate/budget';
import { postgresStore } from '@tollgate/budget/postgres';
import { sqliteStore } from '@tollgate/budget/sqlite';
import { TollgateError } from '@tollgate/sdk';
import { createRandom } from '@tollgate/stats';
import { Pool } from 'pg';
import type { RacingJob } from './racing-job.ts';

const job = JSON.parse(process.argv[2] ?? '{}') as RacingJob;

function open(): Store {
  if ('file' in job.store) return sqliteStore(job.store.file);
  const pool = new Pool({ ...job.store.connection, max: 2 });
  pool.on('error', () => undefined);
  return postgresStore(pool, { schema: job.store.schema });
}

const codeOf = (error: unknown): string => (TollgateError.isInstance(error) ? error.code : String(error));
const pause = async (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What is worth repeating while the server is away: asking for what was done already changes nothing. */
async function untilReached<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (codeOf(error) !== 'store-unavailable') throw error;
      await pause(20);
    }
  }
}

const ledger = await untilReached(async () => createLedger({ store: open(), leaseMs: 60_000 }));
const random = createRandom(job.seed);
const ask = { model: { provider: 'test', modelId: 'echo' }, priceKnown: 'override' } as const;
const scopes = { run: 'shared', worker: job.name };
let names = 0;
let attempts = 0;

async function reserve(): Promise<Hold | undefined> {
  names += 1;
  attempts += 1;
  const wantNano = BigInt(2 + random.int(18));
  const min = { usd: (wantNano + 1n) / 2n };
  try {
    // A hold whose grant was never heard of is lost, so no name is asked for twice.
    return await ledger.reserve({ ...ask, scopes, attemptId: `${job.name}-${names}`, want: { usd: wantNano }, min });
  } catch (error) {
    const code = codeOf(error);
    if (code === 'store-unavailable') attempts -= 1;
    else if (code !== 'budget-busy' && code !== 'budget-exceeded') throw error;
    await pause(5);
    return undefined;
  }
}

async function spend(): Promise<void> {
  while (attempts < job.attempts) {
    const hold = await reserve();
    if (hold === undefined) continue;
    const { attemptId, granted } = hold;
    if (random.int(8) === 0) {
      await untilReached(async () => hold.release('not sent'));
      continue;
    }
    // One in twelve costs more than anybody could know.
    const costNano = random.int(12) === 0 ? granted.usd + 3n : 1n + BigInt(random.int(Number(granted.usd)));
    const usage = { inputUncached: 0, outputText: Number(costNano) };
    const charge = { costNano, priceKnown: 'override', usage, usageKnown: 'exact', candidateIds: [] } as const;
    await untilReached(async () => hold.settle({ ...charge, assumption: 'nothing costs more than it was held for' }));
    writeSync(1, `settled ${attemptId} ${costNano}\n`);
  }
}

await Promise.all([spend(), spend(), spend()]);
writeSync(1, 'done\n');
process.exit(0);
