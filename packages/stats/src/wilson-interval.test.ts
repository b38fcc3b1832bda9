import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wilsonInterval } from './wilson-interval.ts';

const cases = fc.nat(1000).chain((trials) => fc.tuple(fc.nat(trials), fc.constant(trials)));

// Computed in Python from the textbook form of the formula.
it.each([
  [8, 10, 0.95, 0.49016247153664183, 0.9433178485456247],
  [0, 10, 0.95, 0, 0.27753279986288915],
  [10, 10, 0.95, 0.7224672001371109, 1],
  [1, 20, 0.95, 0.008881448800795375, 0.236131193446742],
  [50, 100, 0.99, 0.37527962504483986, 0.6247203749551602],
  [600, 1000, 0.95, 0.5693094295142662, 0.6299252187886226],
])('of %d in %d at %d', (...[successes, trials, confidence, lower, upper]) => {
  const interval = wilsonInterval(successes, trials, confidence);
  expect(interval.lower).toBeCloseTo(lower, 14);
  expect(interval.upper).toBeCloseTo(upper, 14);
});

it('is exactly 0 or 1 at the extremes, and everything without trials', () => {
  expect(wilsonInterval(0, 7).lower).toBe(0);
  expect(wilsonInterval(7, 7).upper).toBe(1);
  expect(wilsonInterval(0, 0)).toEqual({ lower: 0, upper: 1 });
});

it('contains the observed rate, mirrors, and widens with confidence', () => {
  fc.assert(
    fc.property(cases, ([successes, trials]) => {
      const { lower, upper } = wilsonInterval(successes, trials);
      const mirrored = wilsonInterval(trials - successes, trials);
      const wider = wilsonInterval(successes, trials, 0.99);
      const rate = trials === 0 ? 0.5 : successes / trials;
      expect(lower).toBeGreaterThanOrEqual(0);
      expect(lower).toBeLessThanOrEqual(rate);
      expect(upper).toBeGreaterThanOrEqual(rate);
      expect(upper).toBeLessThanOrEqual(1);
      expect(lower).toBeCloseTo(1 - mirrored.upper, 12);
      expect(wider.lower).toBeLessThanOrEqual(lower);
      expect(wider.upper).toBeGreaterThanOrEqual(upper);
    }),
  );
});

it.each([
  [3, 2, 0.95, 'successes must be a whole number in [0, 2], received 3.'],
  [-1, 2, 0.95, 'successes must be a whole number in [0, 2], received -1.'],
  [0.5, 2, 0.95, 'successes must be a whole number in [0, 2], received 0.5.'],
  [0, NaN, 0.95, 'trials must be a whole number of at least 0, received NaN.'],
  [1, 2, 95, 'confidence must be in (0, 1), received 95.'],
  [1, 2, 1, 'confidence must be in (0, 1), received 1.'],
])('rejects %d in %d at %d', (...[successes, trials, confidence, message]) => {
  expect(() => wilsonInterval(successes, trials, confidence)).toThrow(new RangeError(message));
});
