import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complementaryErrorFunction, errorFunction } from './error-function.ts';
import { type RuntimeBelief, runtimeUtility } from './runtime-utility.ts';

const scale = 20;
const beliefs: readonly RuntimeBelief[] = [
  { kind: 'uniform', scale },
  { kind: 'exponential', scale },
  { kind: 'pareto', scale, exponent: 2 },
  { kind: 'log-laplace', scale, exponent: 2 },
  { kind: 'general-log-laplace', scale, late: 2, early: 5 },
  { kind: 'log-normal', scale, sigma: 0.5 },
  { kind: 'piecewise', scale: 24, knee: 12, drop: 0.3 },
  { kind: 'polynomial', scale, exponent: 3 },
  { kind: 'ramp', scale, from: 5 },
  { kind: 'step', scale },
];

describe('runtimeUtility', () => {
  it.each([
    [5, [0.75, 0.778801, 1, 0.96875, 0.999721]],
    [10, [0.5, 0.606531, 1, 0.875, 0.991071]],
    [20, [0, 0.367879, 1, 0.5, 0.714286]],
    [40, [0, 0.135335, 0.25, 0.125, 0.178571]],
  ])('at %d', (time, expected) => {
    for (const [i, belief] of beliefs.slice(0, 5).entries()) {
      expect(runtimeUtility(belief).utilityAt(time), belief.kind).toBeCloseTo(expected[i] ?? Number.NaN, 6);
    }
  });

  it('has the shapes of the others', () => {
    const at = (belief: RuntimeBelief, times: readonly number[]): readonly number[] =>
      times.map((time) => runtimeUtility(belief).utilityAt(time));
    // Φ(−1) one standard deviation after the median.
    expect(at({ kind: 'log-normal', scale: 24, sigma: 0.5 }, [0, 24])).toEqual([1, 0.5]);
    expect(at({ kind: 'log-normal', scale: 24, sigma: 0.5 }, [24 * Math.exp(0.5)])[0]).toBeCloseTo(0.15865525393, 10);
    expect(at({ kind: 'piecewise', scale: 24, knee: 12, drop: 0.3 }, [6, 12, 18, 24])).toEqual([0.85, 0.7, 0.35, 0]);
    expect(at({ kind: 'polynomial', scale: 10, exponent: 2 }, [5, 10, 11])).toEqual([0.75, 0, 0]);
    expect(at({ kind: 'ramp', scale: 20, from: 10 }, [9, 10, 15, 20])).toEqual([1, 1, 0.5, 0]);
    expect(at({ kind: 'step', scale: 20 }, [19.9, 20])).toEqual([1, 0]);
  });

  it.each(beliefs)('$kind falls from 1 to 0', (belief) => {
    const { utilityAt } = runtimeUtility(belief);
    expect(utilityAt(0)).toBe(1);
    expect(utilityAt(Infinity)).toBe(0);
    const time = fc.double({ min: 0, max: 200, noNaN: true });
    fc.assert(
      fc.property(time, time, (one, other) => {
        const [early, late] = [Math.min(one, other), Math.max(one, other)];
        expect(utilityAt(late)).toBeLessThanOrEqual(utilityAt(early) + 1e-15);
        expect(utilityAt(early)).toBeGreaterThanOrEqual(0);
      }),
      { seed: 1 },
    );
  });

  it.each(beliefs.filter(({ kind }) => kind !== 'step'))('$kind goes back from utility to time', (belief) => {
    const { utilityAt, timeOf } = runtimeUtility(belief);
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), (utility) => {
        expect(utilityAt(timeOf(utility))).toBeCloseTo(utility, 9);
      }),
      { seed: 2 },
    );
  });

  it('ends where it must', () => {
    const ends = (belief: RuntimeBelief): readonly number[] =>
      [0, 1].map((value) => runtimeUtility(belief).timeOf(value));
    expect(ends({ kind: 'uniform', scale })).toEqual([20, 0]);
    expect(ends({ kind: 'exponential', scale })).toEqual([Infinity, 0]);
    expect(ends({ kind: 'pareto', scale, exponent: 2 })).toEqual([Infinity, 20]);
    expect(ends({ kind: 'log-laplace', scale, exponent: 2 })).toEqual([Infinity, 0]);
    expect(ends({ kind: 'log-normal', scale, sigma: 1 })).toEqual([Infinity, 0]);
    expect(ends({ kind: 'step', scale })).toEqual([20, 20]);
    expect(ends({ kind: 'ramp', scale, from: 5 })).toEqual([20, 5]);
  });

  it('refuses what is no belief, no time and no utility', () => {
    expect(() => runtimeUtility({ kind: 'uniform', scale: 0 })).toThrow(/^scale must be/);
    expect(() => runtimeUtility({ kind: 'piecewise', scale: 10, knee: 12, drop: 0.3 })).toThrow(
      /^knee must be in \(0, 10\)/,
    );
    expect(() => runtimeUtility({ kind: 'piecewise', scale: 10, knee: 2, drop: 3 })).toThrow(/^drop must be/);
    expect(() => runtimeUtility({ kind: 'ramp', scale: 10, from: 10 })).toThrow(/^from must be/);
    const { utilityAt, timeOf } = runtimeUtility({ kind: 'uniform', scale });
    expect(() => utilityAt(-1)).toThrow(/^time must be/);
    expect(() => timeOf(2)).toThrow(/^utility must be/);
  });
});

describe('errorFunction', () => {
  it.each([
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [-1, -0.8427007929497149],
  ])('of %d', (x, expected) => {
    expect(errorFunction(x)).toBeCloseTo(expected, 14);
  });

  it('keeps its tail', () => {
    expect(complementaryErrorFunction(5) / 1.5374597944280349e-12).toBeCloseTo(1, 12);
    expect(complementaryErrorFunction(3) / 2.209049699858544e-5).toBeCloseTo(1, 12);
    expect([Infinity, -Infinity].map(complementaryErrorFunction)).toEqual([0, 2]);
  });
});
