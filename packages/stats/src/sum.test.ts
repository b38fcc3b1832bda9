import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sum } from './sum.ts';

it.each([
  [[], 0],
  [[0.1, 0.2, 0.3], 0.6],
  [[1, 1e100, 1, -1e100], 2],
  [Array.from({ length: 10 }, () => 0.1), 1],
  [[1, Infinity], Infinity],
  [[-Infinity, 5], -Infinity],
  [[Infinity, -Infinity], NaN],
])('of %j is %d', (values, expected) => {
  expect(sum(values)).toBe(expected);
});

it('is exact for whole numbers of thousandths and does not depend on their order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 })), (thousandths) => {
      const values = thousandths.map((value) => value / 1000);
      expect(sum(values)).toBeCloseTo(thousandths.reduce((total, value) => total + value, 0) / 1000, 9);
      expect(sum([...values].reverse())).toBeCloseTo(sum(values), 9);
    }),
  );
});

it('rejects NaN by its place', () => {
  expect(() => sum([1, NaN])).toThrow(new RangeError('values[1] must be a number, received NaN.'));
});
