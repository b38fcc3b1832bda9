import { clopperPearsonUpperBound, createRandom, mean, quantile, type Random } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DriftWatch, observeDrift, startDriftWatch } from './drift-watch.ts';

const options = { rate: 0.05, observationsPerFalseAlarm: 300 };

/** Observations until the alarm, from `watch` on. */
function untilAlarm(watch: DriftWatch, rate: number, random: Random): number {
  let current = watch;
  while (!current.alarmed) current = observeDrift(current, random.next() < rate);
  return current.observations - watch.observations;
}

function afterQuiet(observations: number, random: Random): DriftWatch | undefined {
  let watch = startDriftWatch(options);
  for (let i = 0; i < observations; i += 1) watch = observeDrift(watch, random.next() < 0.02);
  return watch.alarmed ? undefined : watch;
}

describe('a drift watch', () => {
  it.each([0.05, 0.04])('gives false alarms no oftener than it says, while the event has a rate of %d', (rate) => {
    const random = createRandom('false alarms');
    const runs = Array.from({ length: 400 }, () => untilAlarm(startDriftWatch(options), rate, random));
    // Runs are nearly exponential: their mean has a standard error of a twentieth.
    expect(mean(runs)).toBeGreaterThan(300 * (1 - 4 / 20));
  });

  it('is not much quieter than it may be', () => {
    const random = createRandom('loud enough');
    const runs = Array.from({ length: 400 }, () => untilAlarm(startDriftWatch(options), 0.05, random));
    expect(mean(runs)).toBeLessThan(900);
  });

  it('notices a change soon, however long all was well before', () => {
    const random = createRandom('delays');
    const delay = (quiet: number): number => {
      const starts = Array.from({ length: 100 }, () => afterQuiet(quiet, random)).filter(
        (watch) => watch !== undefined,
      );
      expect(starts.length).toBeGreaterThan(50);
      return mean(starts.map((watch) => untilAlarm(watch, 0.2, random)));
    };
    expect(delay(0)).toBeLessThan(60);
    expect(delay(1000)).toBeLessThan(60);
  });

  it('watches scores without labels: how often they lie below what was their lowest tenth', () => {
    const random = createRandom('scores');
    const before = Array.from({ length: 2000 }, () => random.normal());
    const low = quantile(before, 0.1);
    const below = before.filter((score) => score < low).length;
    let watch = startDriftWatch({
      rate: clopperPearsonUpperBound(below, before.length),
      observationsPerFalseAlarm: 10_000,
    });
    for (let i = 0; i < 1000; i += 1) watch = observeDrift(watch, random.normal() < low);
    expect(watch.alarmed).toBe(false);
    for (let i = 0; i < 300; i += 1) watch = observeDrift(watch, random.normal() - 0.7 < low);
    expect(watch.alarmed).toBe(true);
  });

  it('weighs an observation by how likely it is at worse odds', () => {
    const once = observeDrift(startDriftWatch({ rate: 0.3, observationsPerFalseAlarm: 100 }), true);
    expect(once.evidence).toEqual(
      [1.5 / 1.15, 2 / 1.3, 4 / 1.9, 8 / 3.1].map((ratio) => expect.closeTo(ratio, 12) as number),
    );
    const twice = observeDrift(once, false);
    expect(twice.evidence[1]).toBeCloseTo((2 / 1.3 + 1) / 1.3, 12);
  });

  it('goes on from what was stored, ends with its alarm, and only an event can raise it', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (happened) => {
        let watch = startDriftWatch({ rate: 0.3, observationsPerFalseAlarm: 20 });
        for (const event of happened) {
          const next = observeDrift(watch, event);
          expect(observeDrift(JSON.parse(JSON.stringify(watch)) as DriftWatch, event)).toEqual(next);
          if (watch.alarmed) expect(next).toBe(watch);
          else
            expect(next).toMatchObject({ observations: watch.observations + 1, events: watch.events + Number(event) });
          if (next.alarmed && !watch.alarmed) expect(event).toBe(true);
          watch = next;
        }
      }),
      { seed: 49 },
    );
  });

  it('refuses rates and numbers that cannot be', () => {
    expect(() => startDriftWatch({ ...options, rate: 5 })).toThrow(
      /^rate must be in \(0, 1\), received 5\. Did you mean 0\.05\?/,
    );
    expect(() => startDriftWatch({ ...options, observationsPerFalseAlarm: 0.01 })).toThrow(
      /^observationsPerFalseAlarm must be a number in \[1, ∞\), received 0\.01/,
    );
  });
});
