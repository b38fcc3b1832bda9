import fc from 'fast-check';
import { expect, it } from 'vitest';
import { virtualClock } from './virtual-clock.ts';

it('stands still until it is advanced', async () => {
  const clock = virtualClock(1000);
  const log: number[] = [];
  const sleeps = [30, 10, 20].map(async (ms) => {
    await clock.sleep(ms);
    log.push(clock.now());
  });
  await clock.advance(25);
  expect([clock.now(), clock.monotonic(), log]).toEqual([1025, 25, [1010, 1020]]);
  await clock.advance(5);
  await Promise.all(sleeps);
  expect(log).toEqual([1010, 1020, 1030]);
});

it('wakes sleepers that start to sleep on the way', async () => {
  const clock = virtualClock();
  const log: number[] = [];
  const twice = (async () => {
    for (const ms of [10, 10]) {
      await clock.sleep(ms);
      log.push(clock.now());
    }
  })();
  await clock.advance(100);
  await twice;
  expect(log).toEqual([10, 20]);
});

it('rejects with the reason of an abort, before and while sleeping', async () => {
  const clock = virtualClock();
  const controller = new AbortController();
  const sleep = clock.sleep(10, controller.signal);
  controller.abort(new Error('enough'));
  await expect(sleep).rejects.toThrow('enough');
  await expect(clock.sleep(10, controller.signal)).rejects.toThrow('enough');
  await clock.advance(10);
  expect(clock.now()).toBe(10);
});

it('moves by itself to the next sleeper, in the order in which they are due', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 8 }), async (delays) => {
      const clock = virtualClock(0, { autoAdvance: true });
      const woken: number[] = [];
      await Promise.all(
        delays.map(async (ms) => {
          await clock.sleep(ms);
          expect(clock.now()).toBe(ms);
          woken.push(ms);
        }),
      );
      expect(woken).toEqual(delays.toSorted((a, b) => a - b));
    }),
    { numRuns: 30 },
  );
});
