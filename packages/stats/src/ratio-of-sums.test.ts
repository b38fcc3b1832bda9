import { expect, it } from 'vitest';
import { ratio, ratioOfAll, ratioUnits } from './ratio-of-sums.ts';

it.each([
  [6, 3, 2],
  [0, 3, 0],
  [6, 0, Infinity],
  [0, 0, Infinity],
])('%d / %d is %d', (numerator, denominator, expected) => {
  expect(ratio(numerator, denominator)).toBe(expected);
});

it('is the mean without denominators', () => {
  expect(ratioOfAll(ratioUnits({ numerators: [1, 0, 1, 1] }))).toBe(0.75);
});

it('copies its input', () => {
  const numerators = [1, 2];
  const units = ratioUnits({ numerators });
  numerators[0] = 9;
  expect([...units.numerators]).toEqual([1, 2]);
});

it.each([
  [
    { numerators: [1], denominators: [1, 2] },
    'first.denominators.length must be equal to numerators.length (1), received 2.',
  ],
  [{ numerators: [1, NaN] }, 'first.numerators[1] must be finite, received NaN.'],
  [{ numerators: [1], denominators: [-1] }, 'first.denominators[0] must be finite and at least 0, received -1.'],
])('rejects %j', (parts, message) => {
  expect(() => ratioUnits(parts, 'first.')).toThrow(new RangeError(message));
});
