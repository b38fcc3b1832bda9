import type { Clock } from '../../spec/context.ts';

/** A clock that leaps from one time somebody waits for to the next, and knows how many wait. */
export interface LeapClock extends Clock {
  readonly sleepers: () => number;
  /** Leaps until nobody waits any more. */
  readonly runDry: () => Promise<void>;
}

/** Unlike `virtualClock` it wakes all who are due at one time together, which makes thousands of sleepers quick. */
export function leapClock(): LeapClock {
  let now = 0;
  let asleep = 0;
  const due = new Map<number, (() => void)[]>();
  return {
    now: () => now,
    monotonic: () => now,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      asleep += 1;
      await new Promise<void>((resolve, reject) => {
        const onAbort = (): void => {
          asleep -= 1;
          reject(signal?.reason as Error);
        };
        const wake = (): void => {
          if (signal?.aborted === true) return;
          signal?.removeEventListener('abort', onAbort);
          asleep -= 1;
          resolve();
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        const wakers = due.get(now + ms) ?? [];
        due.set(now + ms, wakers);
        wakers.push(wake);
      });
    },
    sleepers: () => asleep,
    runDry: async () => {
      for (await idle(); due.size > 0; await idle()) {
        now = Math.min(...due.keys());
        const wakers = due.get(now) ?? [];
        due.delete(now);
        for (const wake of wakers) wake();
      }
    },
  };
}

/** Resolves when all that can go on without time has gone on. */
async function idle(): Promise<void> {
  for (let i = 0; i < 3; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
