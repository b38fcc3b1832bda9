import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitWeibullMixture, type WeibullMixture } from './weibull-mixture.ts';
import { weibullLogDensity, weibullMean } from './weibull.ts';

function fitted(values: readonly number[]): WeibullMixture {
  const fit = fitWeibullMixture(values);
  if (fit === undefined) throw new Error('no fit');
  return fit;
}

function likelihood(values: readonly number[], { weight, high, low }: WeibullMixture): number {
  const density = (x: number): number =>
    weight * Math.exp(weibullLogDensity(x, high)) + (1 - weight) * Math.exp(weibullLogDensity(x, low));
  return -values.reduce((total, x) => total + Math.log(density(x)), 0);
}

// Computed by scipy's bounded minimiser from the same start; the last one ends on the bound of the weight.
describe.each([
  {
    values: [0.9, 0.88, 0.91, 0.86, 0.31, 0.28, 0.35, 0.3, 0.33, 0.27, 0.84, 0.25],
    expected: { weight: 0.416643, high: [41.0634, 0.89017], low: [10.2369, 0.313223], misfit: -17.095553 },
  },
  {
    values: [0.92, 0.89, 0.9, 0.31, 0.28, 0.35, 0.3, 0.33, 0.27, 0.29, 0.32, 0.34, 0.26],
    expected: { weight: 0.23077, high: [76.507, 0.909677], low: [12.0242, 0.318131], misfit: -22.849452 },
  },
  {
    values: [0.62, 0.7, 0.66, 0.59, 0.55, 0.48, 0.51, 0.45, 0.58, 0.4, 0.35, 0.3],
    expected: { weight: 0.8, high: [7.03957, 0.593698], low: [9.4024, 0.360353], misfit: -9.323107 },
  },
])('of $values', ({ values, expected }) => {
  it('has the parameters of the authors', () => {
    const { weight, high, low, negativeLogLikelihood } = fitted(values);
    expect(Math.abs(weight - expected.weight)).toBeLessThan(1e-4);
    for (const [found, [shape = NaN, scale = NaN]] of [[high, expected.high] as const, [low, expected.low] as const]) {
      expect(Math.abs(found.shape / shape - 1)).toBeLessThan(1e-3);
      expect(Math.abs(found.scale - scale)).toBeLessThan(1e-5);
    }
    expect(Math.abs(negativeLogLikelihood - expected.misfit)).toBeLessThan(2e-6);
  });

  it('gives the likelihood that it says', () => {
    const fit = fitted(values);
    expect(likelihood(values, fit)).toBeCloseTo(fit.negativeLogLikelihood, 9);
  });
});

it('keeps its bounds, its order and the better of start and end, whatever the order of the values (property)', () => {
  const probability = fc.double({ min: 1e-6, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(probability, { minLength: 6, maxLength: 40 }), (values) => {
      fc.pre(new Set(values).size > 1);
      const fit = fitted(values);
      expect(fit.weight).toBeGreaterThanOrEqual(0.2 - 1e-12);
      expect(fit.weight).toBeLessThanOrEqual(0.8 + 1e-12);
      expect(fitted([...values].reverse())).toEqual(fit);
      expect(weibullMean(fit.high)).toBeGreaterThanOrEqual(weibullMean(fit.low));
      const start = { weight: 0.5, high: { shape: 1.5, scale: 2 }, low: { shape: 1, scale: 1 } };
      expect(fit.negativeLogLikelihood).toBeLessThanOrEqual(
        likelihood(values, { ...start, negativeLogLikelihood: 0 }) + 1e-9,
      );
    }),
    { seed: 1, numRuns: 50 },
  );
});

it('ends where a repeated value lets the likelihood grow without end', () => {
  const fit = fitted([0.5, 0.5, 0.5, 0.5, 0.2, 0.3, 0.25, 0.35]);
  expect(Number.isFinite(fit.negativeLogLikelihood)).toBe(true);
});

it.each([[[]], [[0.5]], [[0.5, 0.5, 0.5]]])('there is none of %j', (values) => {
  expect(fitWeibullMixture(values)).toBeUndefined();
});

it.each([0, -1, NaN, Infinity])('rejects the value %d', (value) => {
  expect(() => fitWeibullMixture([0.5, value])).toThrow(
    new RangeError(`values[1] must be finite and above 0, received ${value}.`),
  );
});
