import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sampleStandardDeviation, sampleVariance } from './sample-variance.ts';

it('divides by n − 1', () => {
  expect(sampleVariance([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(32 / 7, 14);
  expect(sampleStandardDeviation([1, 3])).toBe(Math.SQRT2);
  expect(sampleVariance([4, 4, 4])).toBe(0);
});

it('keeps its digits far away from 0', () => {
  expect(sampleVariance([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16])).toBe(30);
});

it('ignores a shift and scales with the square', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2 }), fc.integer(), (values, shift) => {
      const variance = sampleVariance(values);
      expect(sampleVariance(values.map((value) => value + shift))).toBeCloseTo(variance, 3);
      expect(sampleVariance(values.map((value) => value * 3))).toBeCloseTo(variance * 9, 3);
    }),
  );
});

it.each([
  [[], 'values.length must be at least 2, received 0.'],
  [[1], 'values.length must be at least 2, received 1.'],
  [[1, Infinity], 'values[1] must be finite, received Infinity.'],
  [[NaN, 1], 'values[0] must be finite, received NaN.'],
])('rejects %j', (values, message) => {
  expect(() => sampleVariance(values)).toThrow(new RangeError(message));
});
