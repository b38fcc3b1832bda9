import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mean } from './mean.ts';

it.each([
  [[1, 2, 6], 3],
  [[5], 5],
  [[0.1, 0.2, 0.3], 0.19999999999999998],
  [[1, Infinity], Infinity],
])('of %j is %d', (values, expected) => {
  expect(mean(values)).toBe(expected);
});

it('lies between the smallest and the largest value', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
      expect(mean(values)).toBeGreaterThanOrEqual(Math.min(...values));
      expect(mean(values)).toBeLessThanOrEqual(Math.max(...values));
    }),
  );
});

it('rejects an empty list and NaN', () => {
  expect(() => mean([])).toThrow(new RangeError('values.length must be at least 1, received 0.'));
  expect(() => mean([NaN])).toThrow(new RangeError('values[0] must be a number, received NaN.'));
});
