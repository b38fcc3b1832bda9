import fc from 'fast-check';
import { expect, it } from 'vitest';
import { binomialAtMost } from './binomial-at-most.ts';
import { clopperPearsonUpperBound } from './clopper-pearson.ts';

// Computed with exact fractions.
it.each([
  [0, 59, 0.05, 0.048494525249423236],
  [0, 58, 0.05, 0.051046868683603405],
  [5, 91, 0.1, 0.09757588904854689],
  [3, 10, 0.5, 0.171875],
  [40, 1000, 0.05, 0.08063657325669116],
  [2, 3, 0.7, 0.657],
  [3, 3, 0.7, 1],
  [0, 0, 0.3, 1],
  [0, 5, 0, 1],
  [4, 5, 1, 0],
])('at most %d of %d at %d has a chance of %d', (...[successes, trials, rate, expected]) => {
  expect(binomialAtMost(successes, trials, rate)).toBeCloseTo(expected, 12);
});

it('is what the one-sided exact bound solves', () => {
  const cases = fc.integer({ min: 1, max: 400 }).chain((trials) => fc.tuple(fc.nat(trials - 1), fc.constant(trials)));
  fc.assert(
    fc.property(cases, fc.double({ min: 0.001, max: 0.999, noNaN: true }), ([successes, trials], delta) => {
      const bound = clopperPearsonUpperBound(successes, trials, 1 - delta);
      expect(binomialAtMost(successes, trials, bound)).toBeCloseTo(delta, 9);
    }),
    { seed: 11 },
  );
});

it('rises with the successes and falls with the rate', () => {
  fc.assert(
    fc.property(fc.nat(50), fc.integer({ min: 52, max: 99 }), (successes, trials) => {
      const chance = binomialAtMost(successes, trials, 0.4);
      expect(binomialAtMost(successes + 1, trials, 0.4)).toBeGreaterThanOrEqual(chance);
      expect(binomialAtMost(successes, trials, 0.5)).toBeLessThanOrEqual(chance);
    }),
    { seed: 12 },
  );
});

it.each([
  [3, 2, 0.5, 'successes must be a whole number in [0, 2], received 3.'],
  [0, -1, 0.5, 'trials must be a whole number of at least 0, received -1.'],
  [0, 1, 5, 'rate must be in [0, 1], received 5.'],
  [0, 1, NaN, 'rate must be in [0, 1], received NaN.'],
])('refuses %d of %d at %d', (...[successes, trials, rate, message]) => {
  expect(() => binomialAtMost(successes, trials, rate)).toThrow(new RangeError(message));
});
