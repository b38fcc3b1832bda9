import type { Figures } from './figures.ts';

/** Does pairs, `together` at a time, for some milliseconds after a third of that to warm up. */
export async function measurePairs(
  pair: (n: number) => Promise<void>,
  { together, forMs }: { readonly together: number; readonly forMs: number },
): Promise<Figures> {
  let next = 0;
  const run = async (ms: number): Promise<Float64Array> => {
    const latencies: number[] = [];
    const endMs = performance.now() + ms;
    const worker = async (): Promise<void> => {
      for (let beganMs = performance.now(); beganMs < endMs; ) {
        next += 1;
        await pair(next);
        const nowMs = performance.now();
        latencies.push(nowMs - beganMs);
        beganMs = nowMs;
      }
    };
    await Promise.all(Array.from({ length: together }, worker));
    return Float64Array.from(latencies);
  };
  await run(forMs / 3);
  const before = process.cpuUsage();
  const beganMs = performance.now();
  const latencies = await run(forMs);
  const tookMs = performance.now() - beganMs;
  const { user, system } = process.cpuUsage(before);
  return {
    pairsPerSecond: (latencies.length / tookMs) * 1000,
    cpuUs: (user + system) / latencies.length,
    p99Ms: latencies.sort()[Math.floor(latencies.length * 0.99)] ?? Number.NaN,
  };
}
