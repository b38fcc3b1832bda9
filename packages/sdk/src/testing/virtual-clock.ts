import type { Clock } from '../spec/context.ts';

/** A clock that stands still until it is moved. */
export interface VirtualClock extends Clock {
  /** Moves time on, waking sleepers in the order in which they are due; also those that start to sleep on the way. */
  advance(ms: number): Promise<void>;
}

/** How a virtual clock runs. */
export interface VirtualClockOptions {
  /** Whenever everything is waiting, jump to the next sleeper. @defaultValue false */
  readonly autoAdvance?: boolean;
}

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/**
 * Time for tests: nothing waits, and the order of events is the same in every run.
 *
 * @example
 * const clock = virtualClock(0, { autoAdvance: true });
 * await clock.sleep(60_000); // at once
 * clock.now(); // 60_000
 */
export function virtualClock(startMs = 0, options: VirtualClockOptions = {}): VirtualClock {
  let now = startMs;
  let pumping = false;
  const sleepers: Sleeper[] = [];

  const wakeNext = (): void => {
    const [next] = sleepers;
    if (next === undefined) return;
    now = next.dueMs;
    next.wake();
  };
  const pump = async (): Promise<void> => {
    if (pumping) return;
    pumping = true;
    for (await idle(); sleepers.length > 0; await idle()) wakeNext();
    pumping = false;
  };

  return {
    now: () => now,
    monotonic: () => now - startMs,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        const leave = (): void => {
          sleepers.splice(sleepers.indexOf(sleeper), 1);
          signal?.removeEventListener('abort', onAbort);
        };
        const onAbort = (): void => {
          leave();
          reject(signal?.reason as Error);
        };
        const sleeper: Sleeper = {
          dueMs: now + ms,
          wake: () => {
            leave();
            resolve();
          },
        };
        const after = sleepers.findIndex((other) => other.dueMs > sleeper.dueMs);
        sleepers.splice(after === -1 ? sleepers.length : after, 0, sleeper);
        signal?.addEventListener('abort', onAbort, { once: true });
        if (options.autoAdvance === true) void pump();
      });
    },
    advance: async (ms) => {
      const target = now + ms;
      for (await idle(); (sleepers[0]?.dueMs ?? Number.POSITIVE_INFINITY) <= target; await idle()) wakeNext();
      now = target;
    },
  };
}

/** Resolves when all that can go on without time has gone on. */
async function idle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}
