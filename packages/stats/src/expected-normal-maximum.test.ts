import { expect, it } from 'vitest';
import { expectedNormalMaximum } from './expected-normal-maximum.ts';
import { createRandom } from './random.ts';

it.each([
  [1, 0],
  [2, 1 / Math.sqrt(Math.PI)],
  [3, 1.5 / Math.sqrt(Math.PI)],
])('of %d is %d', (count, expected) => {
  expect(expectedNormalMaximum(count)).toBeCloseTo(expected, 10);
});

it.each([
  [2, 0.56419],
  [4, 1.029375],
  [8, 1.4236],
  [16, 1.765991],
  [32, 2.069669],
  [64, 2.343733],
  [128, 2.594597],
])('of %d is about %d', (count, expected) => {
  expect(expectedNormalMaximum(count)).toBeCloseTo(expected, 6);
});

it('is what simulation gives, and rises ever more slowly', () => {
  const random = createRandom('maximum');
  const draws = 20_000;
  let total = 0;
  for (let i = 0; i < draws; i += 1) total += Math.max(...Array.from({ length: 10 }, () => random.normal()));
  expect(Math.abs(total / draws - expectedNormalMaximum(10))).toBeLessThan(4 * (0.6 / Math.sqrt(draws)));
  const gains = [1, 2, 4, 8, 1e3, 1e6].map(expectedNormalMaximum);
  expect(gains).toEqual(gains.toSorted((a, b) => a - b));
  expect(gains.at(-1)).toBeLessThan(5);
});

it.each([0, 1.5, NaN])('refuses %d values', (count) => {
  expect(() => expectedNormalMaximum(count)).toThrow(/^count must be a whole number of at least 1/);
});
