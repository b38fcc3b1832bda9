import fc from 'fast-check';
import { expect, it } from 'vitest';
import { spread } from './spread.ts';

it.each([
  [[0.62, 0.71, 0.55], 0.16],
  [[3], 0],
  [[-2, 5, 5], 7],
])('of %j is %d', (values, expected) => {
  expect(spread(values)).toBeCloseTo(expected, 12);
});

it('does not change with order or place (property)', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1 }), (values) => {
      expect(spread([...values].reverse().map((value) => value + 7))).toBe(spread(values));
    }),
    { seed: 1 },
  );
});

it.each([
  [[], 'values.length must be at least 1, received 0.'],
  [[1, NaN], 'values[1] must be finite, received NaN.'],
])('rejects %j', (values, message) => {
  expect(() => spread(values)).toThrow(new RangeError(message));
});
