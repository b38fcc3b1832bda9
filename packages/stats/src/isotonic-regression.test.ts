import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isotonicRegression } from './isotonic-regression.ts';

const weighted = fc.array(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 1, max: 5 })), {
  maxLength: 25,
});

it.each<[number[], number[] | undefined, number[]]>([
  [[], undefined, []],
  [[3], undefined, [3]],
  [[1, 2, 3], undefined, [1, 2, 3]],
  [[1, 3, 2, 4], undefined, [1, 2.5, 2.5, 4]],
  [[3, 2, 1], undefined, [2, 2, 2]],
  [
    [2, 2, 1],
    [1, 1, 2],
    [1.5, 1.5, 1.5],
  ],
  [
    [4, 1],
    [1, 3],
    [1.75, 1.75],
  ],
  [[1, 0, 0, 1, 0, 1, 1], undefined, [1 / 3, 1 / 3, 1 / 3, 0.5, 0.5, 1, 1]],
])('fits %j with weights %j as %j', (values, weights, expected) => {
  const fit = isotonicRegression(values, weights);
  expect(fit).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(fit[i]).toBeCloseTo(value, 14);
});

it('equals the max-min of interval means, its closed form', () => {
  fc.assert(
    fc.property(weighted, (points) => {
      const values = points.map(([value]) => value);
      const weights = points.map(([, weight]) => weight);
      const intervalMean = (from: number, to: number): number => {
        const part = points.slice(from, to + 1);
        const total = part.reduce((running, [value, weight]) => running + value * weight, 0);
        return total / part.reduce((running, [, weight]) => running + weight, 0);
      };
      const fit = isotonicRegression(values, weights);
      for (const i of values.keys()) {
        const starts = Array.from({ length: i + 1 }, (_, from) => from);
        const ends = Array.from({ length: values.length - i }, (_, offset) => i + offset);
        const best = Math.max(...starts.map((from) => Math.min(...ends.map((to) => intervalMean(from, to)))));
        expect(fit[i]).toBeCloseTo(best, 10);
      }
    }),
  );
});

it('never falls, keeps the weighted mean and changes nothing the second time', () => {
  fc.assert(
    fc.property(weighted, (points) => {
      const values = points.map(([value]) => value);
      const weights = points.map(([, weight]) => weight);
      const fit = isotonicRegression(values, weights);
      const total = (list: number[]): number => list.reduce((running, value, i) => running + value * weights[i]!, 0);
      for (const [i, value] of fit.slice(1).entries()) expect(value).toBeGreaterThanOrEqual(fit[i]!);
      expect(total(fit)).toBeCloseTo(total(values), 9);
      expect(isotonicRegression(fit, weights)).toEqual(fit);
    }),
  );
});

it.each<[number[], number[] | undefined, string]>([
  [[1, NaN], undefined, 'values[1] must be finite, received NaN.'],
  [[1, 2], [1], 'weights.length must be equal to values.length (2), received 1.'],
  [[1, 2], [1, 0], 'weights[1] must be finite and above 0, received 0.'],
])('rejects %j with weights %j', (values, weights, message) => {
  expect(() => isotonicRegression(values, weights)).toThrow(new RangeError(message));
});
