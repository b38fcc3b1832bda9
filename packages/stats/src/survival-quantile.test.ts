import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantile } from './quantile.ts';
import { type Duration, survivalCurve, survivalQuantile } from './survival-quantile.ts';

const done = (time: number): Duration => ({ time, censored: false });
const cut = (time: number): Duration => ({ time, censored: true });
const durations = fc.array(fc.record({ time: fc.integer({ min: 0, max: 20 }), censored: fc.boolean() }), {
  minLength: 1,
  maxLength: 30,
});

describe('survivalCurve', () => {
  it('is that of a textbook: leukaemia remissions under 6-MP, weeks (Freireich 1963)', () => {
    const ended = [6, 6, 6, 7, 10, 13, 16, 22, 23].map(done);
    const censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35].map(cut);
    const curve = survivalCurve([...censored, ...ended]);
    expect(curve.map(({ time, survival }) => [time, Number(survival.toFixed(4))])).toEqual([
      [6, 0.8571],
      [7, 0.8067],
      [10, 0.7529],
      [13, 0.6902],
      [16, 0.6275],
      [22, 0.5378],
      [23, 0.4482],
    ]);
    expect(survivalQuantile([...censored, ...ended], 0.9)).toBe(Infinity);
  });

  it('counts who was cut off at a time as at risk then, and says nothing where nothing ended', () => {
    expect(survivalCurve([done(3), cut(3)])).toEqual([{ time: 3, survival: 0.5 }]);
    expect(survivalCurve([cut(3), cut(4)])).toEqual([]);
  });

  it.each([-1, Number.NaN, Infinity])('refuses a time of %d', (time) => {
    expect(() => survivalCurve([done(time)])).toThrow(/^time must be in \[0, ∞\)/);
  });
});

describe('survivalQuantile', () => {
  it('without censoring is the quantile', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (times, q) => {
          expect(survivalQuantile(times.map(done), q)).toBeCloseTo(quantile(times, q), 6);
        },
      ),
      { seed: 3 },
    );
  });

  it('never falls when an ending becomes a cut, or as q grows', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(durations, share, share, (list, a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const at = survivalQuantile(list, low);
        expect(survivalQuantile(list, high)).toBeGreaterThanOrEqual(at - 1e-6);
        const ended = list.map(({ time }) => done(time));
        expect(at).toBeGreaterThanOrEqual(survivalQuantile(ended, low) - 1e-6);
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  it('is infinite where all, or all that are long, were cut off', () => {
    expect(survivalQuantile([cut(3)], 0)).toBe(Infinity);
    expect(survivalQuantile([done(1), done(2), cut(3), cut(3)], 0.25)).toBe(1.75);
    expect(survivalQuantile([done(1), done(2), cut(3), cut(3)], 0.75)).toBe(Infinity);
  });

  it('refuses nothing and shares outside [0, 1]', () => {
    expect(() => survivalQuantile([], 0.5)).toThrow(/^durations.length must be at least 1/);
    expect(() => survivalQuantile([done(1)], 75)).toThrow(/^q must be in \[0, 1\]/);
  });
});
