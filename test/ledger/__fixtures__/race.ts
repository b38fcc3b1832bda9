import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createRandom } from '@tollgate/stats';
import type { RacingJob, RacingStore } from './racing-job.ts';

/** How processes race. */
export interface RaceOptions {
  readonly store: RacingStore;
  readonly seed: number;
  /** Processes at once. */
  readonly processes: number;
  /** How many of each are killed before one may go on to the end. */
  readonly kills: number;
  /** Attempts of each process. */
  readonly attempts: number;
  /** Told how many settlements were acknowledged so far. */
  readonly onSettled?: (count: number) => void;
}

/** What processes said before they ended. */
export interface Race {
  /** Nano-dollars of each settlement that a process was told of, by attempt. */
  readonly settled: ReadonlyMap<string, bigint>;
  readonly killed: number;
}

/** Lets processes spend from one ledger, killing them at random points, until the last of them has ended by itself. */
export async function race({ store, seed, processes, kills, attempts, onSettled }: RaceOptions): Promise<Race> {
  const random = createRandom(seed);
  const settled = new Map<string, bigint>();
  let killed = 0;

  const live = async (job: RacingJob, killAfter: number): Promise<void> => {
    const script = join(import.meta.dirname, 'racing-child.ts');
    const argv = ['--conditions=@tollgate/source', '--disable-warning=ExperimentalWarning', script, JSON.stringify(job)];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = once(child, 'exit');
    let said = 0;
    let isDone = false;
    for await (const line of createInterface(child.stdout)) {
      const [word, attemptId, costNano] = line.split(' ');
      if (word === 'done') isDone = true;
      else if (attemptId !== undefined && costNano !== undefined) settled.set(attemptId, BigInt(costNano));
      onSettled?.(settled.size);
      said += 1;
      if (said === killAfter) child.kill('SIGKILL');
    }
    const [code, signal] = (await exit) as [number | null, string | null];
    if (signal === 'SIGKILL') killed += 1;
    else if (code !== 0 || !isDone) throw new Error(`The process ${job.name} ended with ${code}.`);
  };

  const lives = Array.from({ length: processes }, (_, p) =>
    Array.from({ length: kills + 1 }, (__, life) => ({
      job: { store, name: `p${p}.${life}`, seed: random.int(1_000_000), attempts },
      killAfter: life < kills ? 1 + random.int(40) : Infinity,
    })),
  );
  await Promise.all(
    lives.map(async (slot) => {
      for (const { job, killAfter } of slot) await live(job, killAfter);
    }),
  );
  return { settled, killed };
}
