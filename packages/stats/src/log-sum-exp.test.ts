import fc from 'fast-check';
import { expect, it } from 'vitest';
import { logSumExp } from './log-sum-exp.ts';

it.each([
  [[], -Infinity],
  [[3], 3],
  [[-1000, -1000], -1000 + Math.LN2],
  [[1000, 1000], 1000 + Math.LN2],
  [[0, -Infinity], 0],
  [[-Infinity, -Infinity], -Infinity],
  [[0, Infinity], Infinity],
])('of %j is %d', (values, expected) => {
  expect(logSumExp(values)).toBe(expected);
});

it('adds probabilities to 1 and moves with a shift', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 1 }), (weights) => {
      const total = weights.reduce((running, weight) => running + weight, 0);
      const logs = weights.map((weight) => Math.log(weight / total));
      expect(logSumExp(logs)).toBeCloseTo(0, 12);
      expect(logSumExp(logs.map((value) => value - 5000))).toBeCloseTo(-5000, 10);
    }),
  );
});

it('rejects NaN by its place', () => {
  expect(() => logSumExp([0, NaN])).toThrow(new RangeError('values[1] must be a number, received NaN.'));
});
