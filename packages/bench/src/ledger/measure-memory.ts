import { createLedger, type Ending, type HoldAsk, memoryStore } from '@tollgate/budget';
import type { Figures } from './figures.ts';
import { ending, holdAsk, scopeSets, setLimits } from './workload.ts';

const attempts = 200_000;

/**
 * Reserves and ends at the store itself, which answers at once: `together` are held before the first of them is ended.
 * What is asked is made beforehand; every row is kept, as the store does.
 */
export async function measureMemory(together: number): Promise<Figures> {
  await run('warm-up', together);
  await run('warm-up again', together);
  return run('measured', together);
}

async function run(name: string, together: number): Promise<Figures> {
  const store = memoryStore();
  await setLimits(await createLedger({ store }));
  const [scopes = []] = scopeSets(1);
  const asks: HoldAsk[] = [];
  const endings: Ending[] = [];
  for (let n = 0; n < attempts; n += 1) {
    const attemptId = `${name} ${n}`;
    asks.push(holdAsk(attemptId, scopes));
    endings.push(ending(attemptId));
  }
  globalThis.gc?.();
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
