import fc from 'fast-check';
import { expect, it } from 'vitest';
import { binomialTest } from './binomial-test.ts';

// Selective ensembles, arXiv 2111.08230: p-values of the votes of the top two.
it.each([
  [5, 0, 0.0625],
  [6, 0, 0.03125],
  [8, 0, 0.007812],
  [8, 1, 0.039062],
  [9, 1, 0.021484],
  [10, 0, 0.001953],
  [10, 2, 0.038574],
  [12, 3, 0.035156],
  [11, 4, 0.118469],
  [15, 5, 0.041389],
  [14, 6, 0.115318],
  [16, 4, 0.011818],
  [17, 3, 0.002577],
])('of %d to %d is %d', (more, fewer, p) => {
  expect(Math.abs(binomialTest(more, more + fewer) - p)).toBeLessThan(1e-6);
});

it('is exact where it is a short binary fraction', () => {
  expect(binomialTest(5, 5)).toBe(0.0625);
  expect(binomialTest(0, 40)).toBe(2 ** -39);
  expect(binomialTest(3, 4)).toBe(0.625);
});

it('is 1 without trials and for a draw', () => {
  expect(binomialTest(0, 0)).toBe(1);
  expect(binomialTest(7, 14)).toBe(1);
  expect(binomialTest(600, 1200)).toBe(1);
});

it('goes on smoothly where tails are no longer summed', () => {
  // Computed in Python fractions.
  expect(binomialTest(530, 1000) / 0.06202319509836318).toBeCloseTo(1, 9);
  expect(binomialTest(531, 1001) / 0.05785052237168669).toBeCloseTo(1, 9);
});

it('is symmetric, and falls when one more trial goes to the larger side', () => {
  fc.assert(
    fc.property(fc.nat(60), fc.nat(60), (a, b) => {
      const p = binomialTest(a, a + b);
      expect(binomialTest(b, a + b)).toBe(p);
      expect(p).toBeGreaterThan(0);
      expect(p).toBeLessThanOrEqual(1);
      const more = Math.max(a, b);
      if (a !== b) expect(binomialTest(more + 1, a + b + 1)).toBeLessThan(p);
    }),
    { seed: 1 },
  );
});

it.each([
  [3, 2, 'successes must be a whole number in [0, 2], received 3.'],
  [0, -1, 'trials must be a whole number of at least 0, received -1.'],
])('rejects %d in %d', (successes, trials, message) => {
  expect(() => binomialTest(successes, trials)).toThrow(new RangeError(message));
});
