import type { Clock } from '@tollgate/sdk';

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  advance(ms: number): void;
}

export function manualClock(startMs = 1_700_000_000_000): ManualClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    monotonic: () => nowMs,
    sleep: () => Promise.reject(new Error('Nothing here sleeps.')),
    advance: (ms) => {
      nowMs += ms;
    },
  };
}
