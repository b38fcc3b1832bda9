import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EngineMeter, type EngineShare } from './engine-meter.ts';

class HandClock {
  ms = 0;
  monotonic = (): number => this.ms;
}

describe('shares of an engine’s time', () => {
  it('is the whole of it for who is alone', () => {
    const clock = new HandClock();
    const meter = new EngineMeter(clock);
    clock.ms = 500;
    const share = meter.start(3);
    clock.ms = 2500;
    expect(share.stop()).toBe(2);
    clock.ms = 9000;
    expect(share.stop()).toBe(2);
  });

  it('goes by tokens while several run, and nobody pays for a pause', () => {
    const clock = new HandClock();
    const meter = new EngineMeter(clock);
    const prompt = meter.start(3);
    clock.ms = 1000;
    const sample = meter.start(1);
    clock.ms = 5000;
    expect(prompt.stop()).toBeCloseTo(1 + 3, 9);
    clock.ms = 7000;
    expect(sample.stop()).toBeCloseTo(1 + 2, 9);
    clock.ms = 20_000;
    const later = meter.start(2);
    clock.ms = 21_000;
    expect(later.stop()).toBeCloseTo(1, 9);
  });

  it('adds up to the time in which anything ran, for every interleaving', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('wait' as const), by: fc.integer({ min: 0, max: 10_000 }) }),
      fc.record({ do: fc.constant('start' as const), by: fc.integer({ min: 1, max: 512 }) }),
      fc.record({ do: fc.constant('stop' as const), by: fc.nat() }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const clock = new HandClock();
        const meter = new EngineMeter(clock);
        const running: EngineShare[] = [];
        let seconds = 0;
        let busyMs = 0;
        for (const { do: what, by } of steps) {
          if (what === 'start') running.push(meter.start(by));
          else if (what === 'stop') seconds += running.splice(by % Math.max(1, running.length), 1)[0]?.stop() ?? 0;
          else {
            if (running.length > 0) busyMs += by;
            clock.ms += by;
          }
        }
        for (const share of running) seconds += share.stop();
        expect(seconds).toBeCloseTo(busyMs / 1000, 6);
        expect(seconds).toBeLessThanOrEqual(clock.ms / 1000 + 1e-6);
      }),
    );
  });
});
