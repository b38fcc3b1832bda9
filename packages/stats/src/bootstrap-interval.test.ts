import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootstrapInterval } from './bootstrap-interval.ts';
import { mean } from './mean.ts';
import { quantile } from './quantile.ts';
import { createRandom } from './random.ts';

const values = Array.from({ length: 200 }, (_, i) => (i * 37) % 101);

it('holds the estimate of the original units', () => {
  const { estimate, lower, upper } = bootstrapInterval({ units: values, statistic: mean, random: createRandom(1) });
  expect(estimate).toBe(mean(values));
  expect(lower).toBeLessThan(estimate);
  expect(upper).toBeGreaterThan(estimate);
});

it('is as wide as the standard error says', () => {
  const { lower, upper } = bootstrapInterval({ units: values, statistic: mean, random: createRandom(2) });
  const variance = mean(values.map((value) => (value - mean(values)) ** 2));
  const expected = 2 * 1.96 * Math.sqrt(variance / values.length);
  expect((upper - lower) / expected).toBeGreaterThan(0.9);
  expect((upper - lower) / expected).toBeLessThan(1.1);
});

it('covers the true mean about as often as it says', () => {
  const random = createRandom('coverage');
  let covered = 0;
  for (let trial = 0; trial < 300; trial += 1) {
    const part = random.fork(`trial-${trial}`);
    const units = Array.from({ length: 60 }, () => part.normal());
    const { lower, upper } = bootstrapInterval({
      units,
      statistic: mean,
      resamples: 300,
      confidence: 0.9,
      random: part,
    });
    if (lower <= 0 && 0 <= upper) covered += 1;
  }
  expect(covered / 300).toBeGreaterThan(0.84);
  expect(covered / 300).toBeLessThan(0.95);
});

it('takes any statistic of any units', () => {
  const tasks = values.map((latencyMs) => ({ latencyMs }));
  const { estimate, lower, upper } = bootstrapInterval({
    units: tasks,
    statistic: (sample) =>
      quantile(
        sample.map((task) => task.latencyMs),
        0.9,
      ),
    random: createRandom(3),
  });
  expect(lower).toBeLessThanOrEqual(estimate);
  expect(upper).toBeGreaterThanOrEqual(estimate);
});

it('repeats for the same seed and position', () => {
  const run = (): unknown => bootstrapInterval({ units: values, statistic: mean, random: createRandom('same') });
  expect(run()).toEqual(run());
});

it('collapses to the value when all units are equal', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 20 }), (value, size) => {
      const units = Array.from({ length: size }, () => value);
      const interval = bootstrapInterval({ units, statistic: mean, resamples: 20, random: createRandom(1) });
      expect(interval).toEqual({ estimate: value, lower: value, upper: value });
    }),
  );
});

it('counts an undefined statistic against both ends', () => {
  // A resample of a single distinct unit happens half of the time with two units.
  const statistic = (sample: readonly number[]): number => (new Set(sample).size === 1 ? NaN : 1);
  const interval = bootstrapInterval({ units: [1, 2], statistic, random: createRandom(4) });
  expect(interval).toEqual({ estimate: 1, lower: -Infinity, upper: Infinity });
});

describe('rejects', () => {
  it.each([
    [{ units: [] }, 'units.length must be at least 1, received 0.'],
    [{ resamples: 0 }, 'resamples must be a whole number of at least 1, received 0.'],
    [{ resamples: 1.5 }, 'resamples must be a whole number of at least 1, received 1.5.'],
    [{ confidence: 95 }, 'confidence must be in (0, 1), received 95.'],
  ])('%j', (change, message) => {
    const options = { units: [1, 2], statistic: mean, random: createRandom(1), ...change };
    expect(() => bootstrapInterval(options)).toThrow(new RangeError(message));
  });
});
