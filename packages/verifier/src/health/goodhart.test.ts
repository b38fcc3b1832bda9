import { createRandom } from '@tollgate/stats';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { correlationOfPairAccuracy, expectedBestOfGain, expectedPairAccuracy } from './goodhart.ts';

it.each([
  [0.3, 0.596987],
  [0.5, 0.666667],
  [0.7, 0.746817],
  [0.9, 0.856434],
])('a correlation of %d orders %d of the pairs', (correlation, accuracy) => {
  expect(expectedPairAccuracy(correlation)).toBeCloseTo(accuracy, 6);
  expect(correlationOfPairAccuracy(expectedPairAccuracy(correlation))).toBeCloseTo(correlation, 12);
});

it('a pair accuracy stands for one correlation, rising from −1 to 1', () => {
  expect([0, 0.5, 1].map(correlationOfPairAccuracy)).toEqual([-1, 0, 1]);
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(unit, unit, (a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      expect(correlationOfPairAccuracy(low)).toBeLessThanOrEqual(correlationOfPairAccuracy(high));
    }),
    { seed: 45 },
  );
});

it('predicts what the best-scored of eight really gains', () => {
  const random = createRandom('goodhart');
  const correlation = 0.6;
  const draws = 8000;
  let gained = 0;
  for (let i = 0; i < draws; i += 1) {
    const answers = Array.from({ length: 8 }, () => {
      const truth = random.normal();
      return { truth, score: correlation * truth + Math.sqrt(1 - correlation ** 2) * random.normal() };
    });
    gained += answers.reduce((best, one) => (one.score > best.score ? one : best)).truth;
  }
  expect(expectedBestOfGain(correlation, 8)).toBeCloseTo(0.6 * 1.4236, 6);
  expect(Math.abs(gained / draws - expectedBestOfGain(correlation, 8))).toBeLessThan(4 / Math.sqrt(draws));
});

it('refuses what is no correlation and no accuracy', () => {
  expect(() => expectedPairAccuracy(1.1)).toThrow(/^correlation must be in \[-1, 1\], received 1\.1/);
  expect(() => correlationOfPairAccuracy(75)).toThrow(
    /^pairAccuracy must be in \[0, 1\], received 75\. Did you mean 0\.75\?/,
  );
  expect(() => expectedBestOfGain(NaN, 2)).toThrow(/^correlation must be/);
  expect(() => expectedBestOfGain(0.5, 0)).toThrow(RangeError);
});
