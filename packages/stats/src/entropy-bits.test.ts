import fc from 'fast-check';
import { expect, it } from 'vitest';
import { entropyBits } from './entropy-bits.ts';

it.each([
  [[], 0],
  [[0, 0], 0],
  [[7], 0],
  [[1, 1], 1],
  [[2, 1, 1], 1.5],
  [[2, 0, 1, 1], 1.5],
  [[0.5, 0.25, 0.25], 1.5],
  [[1, 1, 1, 1, 1, 1, 1, 1], 3],
])('of %j is %d bits', (counts, expected) => {
  expect(entropyBits(counts)).toBe(expected);
});

it('reads a map of counts', () => {
  expect(
    entropyBits(
      new Map([
        ['a', 3],
        ['b', 3],
      ]).values(),
    ),
  ).toBe(1);
});

it('lies between 0 and log2 of the number of answers, and does not depend on scale', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1 }), (counts) => {
      const bits = entropyBits(counts);
      expect(bits).toBeGreaterThanOrEqual(0);
      expect(bits).toBeLessThanOrEqual(Math.log2(counts.length) + 1e-12);
      expect(entropyBits(counts.map((count) => count * 4))).toBe(bits);
    }),
  );
});

it.each([-1, NaN, Infinity])('rejects the count %d', (count) => {
  expect(() => entropyBits([1, count])).toThrow(`counts[1] must be finite and at least 0, received ${count}.`);
});
