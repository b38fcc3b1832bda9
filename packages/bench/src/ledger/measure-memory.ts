import { createLedger, type Ending, type HoldAsk, memoryStore, type Store } from '@tollgate/budget';
import type { Figures } from './figures.ts';
import { ending, holdAsk, scopeSets, setLimits } from './workload.ts';

const attempts = 200_000;
/** Runs on the same store before the one that is measured: engines compile for the objects that they meet. */
const warmUps = 3;

/**
 * Reserves and ends at one store itself, which answers at once: `together` are held before the first of them is ended.
 * What is asked is made beforehand; every row is kept, as the store does.
 */
export async function measureMemory(together: number): Promise<Figures> {
  const store = memoryStore();
  await setLimits(await createLedger({ store }));
  for (let n = 0; n < warmUps; n += 1) await run(store, { first: n * attempts, together });
  const before = await bytesInUse();
  const figures = await run(store, { first: warmUps * attempts, together });
  return { ...figures, bytesPerRow: ((await bytesInUse()) - before) / attempts };
}

async function run(
  store: Store,
  { first, together }: { readonly first: number; readonly together: number },
): Promise<Figures> {
  const [scopes = []] = scopeSets(1);
  const asks: HoldAsk[] = [];
  const endings: Ending[] = [];
  for (let n = 0; n < attempts; n += 1) {
    const attemptId = `call ${first + n}`;
    asks.push(holdAsk(attemptId, scopes));
    endings.push(ending(attemptId));
  }
  await bytesInUse();
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

/** After a collection, and after what it leaves to threads of its own. Ids of attempts included. */
async function bytesInUse(): Promise<number> {
  globalThis.gc?.();
  await new Promise((resolve) => void setTimeout(resolve, 100));
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
