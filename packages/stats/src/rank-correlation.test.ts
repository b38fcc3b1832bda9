import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rankCorrelation } from './rank-correlation.ts';

const pairs = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })));

it.each<[number[], number[], number | undefined]>([
  [[1, 2, 3, 4], [10, 20, 40, 30], 0.8],
  [[1, 2, 3], [1, 4, 9], 1],
  [[1, 2, 3], [5, 4, 3], -1],
  [[1, 2, 2, 3], [1, 3, 2, 4], 0.9486832980505138],
  [[0, Infinity, 3], [-Infinity, 2, 1], 1],
  // The intelligence and television example of the Wikipedia article on Spearman's coefficient: −29/165.
  [[106, 100, 86, 101, 99, 103, 97, 113, 112, 110], [7, 27, 2, 50, 28, 29, 20, 12, 6, 17], -29 / 165],
  [[], [], undefined],
  [[1], [2], undefined],
  [[1, 1, 1], [1, 2, 3], undefined],
])('of %j and %j is %d', (first, second, expected) => {
  const result = rankCorrelation(first, second);
  if (expected === undefined) expect(result).toBeUndefined();
  else expect(result).toBeCloseTo(expected, 14);
});

it('stays in [−1, 1], is symmetric and ignores increasing transforms', () => {
  fc.assert(
    fc.property(pairs, (list) => {
      const first = list.map(([a]) => a);
      const second = list.map(([, b]) => b);
      const result = rankCorrelation(first, second);
      expect(Math.abs(result ?? 0)).toBeLessThanOrEqual(1);
      expect(rankCorrelation(second, first)).toBe(result);
      expect(
        rankCorrelation(
          first.map((a) => a ** 3 + 5),
          second,
        ),
      ).toBe(result);
    }),
  );
});

it('rejects unequal lengths and NaN', () => {
  expect(() => rankCorrelation([1], [1, 2])).toThrow(
    new RangeError('second.length must be equal to first.length (1), received 2.'),
  );
  expect(() => rankCorrelation([1, 2], [1, NaN])).toThrow(new RangeError('second[1] must be a number, received NaN.'));
});
