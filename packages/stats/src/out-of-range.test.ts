import { expect, it } from 'vitest';
import { outOfRange } from './out-of-range.ts';

it.each([
  [25, 'share must be in (0, 1], received 25.'],
  [NaN, 'share must be in (0, 1], received NaN.'],
  [-Infinity, 'share must be in (0, 1], received -Infinity.'],
  ['25', 'share must be in (0, 1], received "25".'],
  [[1, 2], 'share must be in (0, 1], received [1,2].'],
  [undefined, 'share must be in (0, 1], received undefined.'],
])('names the parameter, the expectation and %j', (received, message) => {
  expect(outOfRange('share', 'in (0, 1]', received)).toEqual(new RangeError(message));
});
