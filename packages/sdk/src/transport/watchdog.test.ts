import { describe, expect, it } from 'vitest';
import type { Clock } from '../spec/context.ts';
import { startWatchdog } from './watchdog.ts';

/** A clock that stands still until it is told to go on. */
function manualClock(): Clock & { advance(ms: number): Promise<void>; readonly sleepers: number } {
  let nowMs = 0;
  const sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>();
  return {
    now: () => nowMs,
    monotonic: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { untilMs: nowMs + ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        });
      }),
    advance: async (ms) => {
      nowMs += ms;
      for (const sleeper of sleepers) {
        if (sleeper.untilMs > nowMs) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
      await Promise.resolve();
      await Promise.resolve();
    },
    get sleepers() {
      return sleepers.size;
    },
  };
}

describe('startWatchdog', () => {
  it('fires when nothing is heard for as long as it waits', async () => {
    const clock = manualClock();
    const watchdog = startWatchdog({ clock, idleTimeoutMs: 100 });
    await clock.advance(99);
    expect(watchdog.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(watchdog.signal.aborted).toBe(true);
    expect(watchdog.expired).toBe('was silent for idleTimeoutMs (100)');
  });

  it('waits again from every sign of life', async () => {
    const clock = manualClock();
    const watchdog = startWatchdog({ clock, idleTimeoutMs: 100 });
    for (let i = 0; i < 10; i += 1) {
      await clock.advance(60);
      watchdog.touch();
    }
    expect(watchdog.signal.aborted).toBe(false);
    expect(clock.sleepers).toBe(1);
    await clock.advance(100);
    expect(watchdog.signal.aborted).toBe(true);
  });

  it('fires after the total time, however lively the other side', async () => {
    const clock = manualClock();
    const watchdog = startWatchdog({ clock, idleTimeoutMs: 100, timeoutMs: 250 });
    for (let i = 0; i < 5; i += 1) {
      await clock.advance(50);
      watchdog.touch();
    }
    expect(watchdog.expired).toBe('took longer than timeoutMs (250)');
  });

  it('follows the signal of the caller without having expired', () => {
    const controller = new AbortController();
    const watchdog = startWatchdog({ clock: manualClock(), idleTimeoutMs: 100, signal: controller.signal });
    controller.abort(new Error('enough'));
    expect(watchdog.signal.reason).toEqual(new Error('enough'));
    expect(watchdog.expired).toBeUndefined();
    watchdog.stop();
  });

  it('leaves no timer behind and never fires once it is stopped', async () => {
    const clock = manualClock();
    const watchdog = startWatchdog({ clock, idleTimeoutMs: 100 });
    watchdog.stop();
    await clock.advance(1000);
    expect(clock.sleepers).toBe(0);
    expect(watchdog.signal.aborted).toBe(false);
  });
});
