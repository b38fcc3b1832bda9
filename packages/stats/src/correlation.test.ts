import fc from 'fast-check';
import { expect, it } from 'vitest';
import { correlation } from './correlation.ts';

it.each<[number[], number[], number | undefined]>([
  [[1, 2, 3], [1, 4, 9], 8 / Math.sqrt(2 * (98 / 3))],
  [[1, 2, 3], [5, 7, 9], 1],
  [[1, 2, 3], [6, 4, 2], -1],
  [[1, 2, 1, 2], [1, 1, 2, 2], 0],
  [[], [], undefined],
  [[1], [2], undefined],
  [[0.1, 0.1, 0.1], [1, 2, 3], undefined],
])('of %j and %j is %d', (first, second, expected) => {
  const result = correlation(first, second);
  if (expected === undefined) expect(result).toBeUndefined();
  else expect(result).toBeCloseTo(expected, 12);
});

it('is symmetric, within [−1, 1] and blind to units', () => {
  const pairs = fc.array(fc.tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: -99, max: 99 })));
  fc.assert(
    fc.property(pairs, (list) => {
      const first = list.map(([a]) => a);
      const second = list.map(([, b]) => b);
      const result = correlation(first, second);
      expect(correlation(second, first)).toBe(result);
      const inOtherUnits = correlation(
        first.map((a) => 40 - 3 * a),
        second,
      );
      if (result === undefined) expect(inOtherUnits).toBeUndefined();
      else {
        expect(Math.abs(result)).toBeLessThanOrEqual(1);
        expect(inOtherUnits).toBeCloseTo(-result, 10);
      }
    }),
    { seed: 14 },
  );
});

it('refuses what is no list of pairs of numbers', () => {
  expect(() => correlation([1], [1, 2])).toThrow('second.length must be equal to first.length (1), received 2.');
  expect(() => correlation([1, Infinity], [1, 2])).toThrow('first[1] must be finite, received Infinity.');
});
