import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bootstrapInterval } from './bootstrap-interval.ts';
import { bootstrapRatio } from './bootstrap-ratio.ts';
import { createRandom } from './random.ts';

const costsUsd = Array.from({ length: 60 }, (_, i) => 0.01 + (i % 7) / 100);
const passes = Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? 0 : 1));

it('without denominators is the interval of an accuracy', () => {
  const correct = Array.from({ length: 500 }, (_, i) => (i % 5 === 0 ? 0 : 1));
  const { estimate, lower, upper } = bootstrapRatio({ numerators: correct, random: createRandom(1) });
  expect(estimate).toBe(0.8);
  // Standard error √(0.8 · 0.2 / 500) = 0.0179.
  expect(Math.abs(lower - (0.8 - 1.96 * 0.0179))).toBeLessThan(0.005);
  expect(Math.abs(upper - (0.8 + 1.96 * 0.0179))).toBeLessThan(0.005);
});

it('equals the general bootstrap on the same random numbers', () => {
  const total = (list: readonly number[]): number => list.reduce((running, value) => running + value, 0);
  const general = bootstrapInterval({
    units: costsUsd.map((cost, i) => ({ cost, pass: passes[i]! })),
    statistic: (sample) => total(sample.map(({ cost }) => cost)) / total(sample.map(({ pass }) => pass)),
    random: createRandom('shared'),
  });
  expect(bootstrapRatio({ numerators: costsUsd, denominators: passes, random: createRandom('shared') })).toEqual(
    general,
  );
});

it('leaves the cost-of-pass open upwards when passes are rare', () => {
  // One pass in 20: a resample misses it with probability 0.95^20 = 36 %.
  const rare = {
    numerators: Array.from({ length: 20 }, () => 1),
    denominators: [1, ...Array.from({ length: 19 }, () => 0)],
  };
  const { estimate, lower, upper } = bootstrapRatio({ ...rare, random: createRandom(2) });
  expect({ estimate, upper }).toEqual({ estimate: 20, upper: Infinity });
  expect(lower).toBeGreaterThan(4);
  expect(lower).toBeLessThan(10);
});

it('is infinite on both ends when nothing ever passes', () => {
  const interval = bootstrapRatio({ numerators: [0, 1], denominators: [0, 0], random: createRandom(3) });
  expect(interval).toEqual({ estimate: Infinity, lower: Infinity, upper: Infinity });
});

it('scales with the price', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100), { minLength: 1, maxLength: 20 }), fc.constantFrom(2, 8, 64), (costs, factor) => {
      const run = (numerators: number[]) =>
        bootstrapRatio({
          numerators,
          denominators: costs.map((cost) => cost % 2),
          resamples: 50,
          random: createRandom(7),
        });
      const [base, scaled] = [run(costs), run(costs.map((cost) => cost * factor))];
      expect(scaled.lower).toBeCloseTo(base.lower * factor, 8);
      expect(scaled.upper).toBeCloseTo(base.upper * factor, 8);
    }),
  );
});

it.each([
  [{ numerators: [] }, 'numerators.length must be at least 1, received 0.'],
  [
    { numerators: [1], denominators: [1, 1] },
    'denominators.length must be equal to numerators.length (1), received 2.',
  ],
  [{ numerators: [Infinity] }, 'numerators[0] must be finite, received Infinity.'],
  [{ numerators: [1], resamples: NaN }, 'resamples must be a whole number of at least 1, received NaN.'],
  [{ numerators: [1], confidence: 1 }, 'confidence must be in (0, 1), received 1.'],
])('rejects %j', (options, message) => {
  expect(() => bootstrapRatio({ random: createRandom(1), ...options })).toThrow(new RangeError(message));
});
