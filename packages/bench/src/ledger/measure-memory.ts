import { createLedger, type Ending, type HoldAsk, memoryStore, type Store } from '@tollgate/budget';
import type { Figures } from './figures.ts';
import { ending, holdAsk, scopeSets, setLimits } from './workload.ts';

const attempts = 200_000;
const warmUps = 3;
const [scopes = []] = scopeSets(1);

/**
 * Reserves and ends at the store itself, which answers at once: `together` are held before the first of them is ended.
 * What is asked is made beforehand; every row is kept, as the store does.
 *
 * One store is measured after a while of work, for that is what a process has: engines compile for the objects that they
 * meet, and begin again when those are gone.
 */
export async function measureMemory(together: number): Promise<Figures> {
  const store = memoryStore();
  await setLimits(await createLedger({ store }));
  for (let n = 0; n < warmUps; n += 1) await run(store, `warm-up ${n}`, together);
  const before = bytesInUse();
  const figures = await run(store, 'measured', together);
  return { ...figures, bytesPerRow: (bytesInUse() - before) / attempts };
}

async function run(store: Store, name: string, together: number): Promise<Figures> {
  const asks: HoldAsk[] = [];
  const endings: Ending[] = [];
  for (let n = 0; n < attempts; n += 1) {
    const attemptId = `${name} ${n}`;
    asks.push(holdAsk(attemptId, scopes));
    endings.push(ending(attemptId));
  }
  await collected();
  const before = process.cpuUsage();
  const beganMs = performance.now();
  let held = 0;
  for (let from = 0; from < attempts; from += together) {
    const to = Math.min(from + together, attempts);
    for (let n = from; n < to; n += 1) {
      const admission = store.reserve(asks[n] as HoldAsk);
      if ('outcome' in admission && admission.outcome === 'held') held += 1;
    }
    for (let n = from; n < to; n += 1) void store.end(endings[n] as Ending);
  }
  const tookMs = performance.now() - beganMs;
  const { user, system } = process.cpuUsage(before);
  if (held !== attempts) throw new Error(`${held} of ${attempts} were held.`);
  return { pairsPerSecond: (attempts / tookMs) * 1000, cpuUs: (user + system) / attempts };
}

/** What a collection leaves to threads of its own is over a little later. */
async function collected(): Promise<void> {
  globalThis.gc?.();
  await new Promise((resolve) => void setTimeout(resolve, 100));
}

/** Ids of attempts included. */
function bytesInUse(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
