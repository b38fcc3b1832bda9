import fc from 'fast-check';
import { expect, it } from 'vitest';
import { kendallCorrelation } from './kendall-correlation.ts';

it.each<[number[], number[], number | undefined]>([
  [[1, 2, 3, 4, 5], [0.25, 0.27, 0.26, 0.3, 0.33], 0.8],
  [[1, 2, 3], [3, 2, 1], -1],
  [[1, 2, 2, 3], [1, 2, 3, 4], 5 / Math.sqrt(30)],
  [[1, 1, 2, 2], [1, 2, 1, 2], 0],
  [[-Infinity, 0, Infinity], [1, 2, 3], 1],
  [[], [], undefined],
  [[1], [2], undefined],
  [[1, 1], [1, 2], undefined],
])('of %j and %j is %d', (first, second, expected) => {
  const result = kendallCorrelation(first, second);
  if (expected === undefined) expect(result).toBeUndefined();
  else expect(result).toBeCloseTo(expected, 14);
});

it('is symmetric, within [−1, 1] and turns with one side', () => {
  const pairs = fc.array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -5, max: 5 })), { maxLength: 30 });
  fc.assert(
    fc.property(pairs, (list) => {
      const first = list.map(([a]) => a);
      const second = list.map(([, b]) => b);
      const result = kendallCorrelation(first, second);
      expect(kendallCorrelation(second, first)).toBe(result);
      expect(Math.abs(result ?? 0)).toBeLessThanOrEqual(1 + 1e-12);
      const turned = kendallCorrelation(
        first.map((a) => -a),
        second,
      );
      if (result === undefined) expect(turned).toBeUndefined();
      else expect(turned).toBeCloseTo(-result, 12);
    }),
    { seed: 15 },
  );
});

it('refuses what is no list of pairs of numbers', () => {
  expect(() => kendallCorrelation([1], [])).toThrow('second.length must be equal to first.length (1), received 0.');
  expect(() => kendallCorrelation([1, 2], [1, NaN])).toThrow('second[1] must be a number, received NaN.');
});
