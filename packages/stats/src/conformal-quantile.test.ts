import fc from 'fast-check';
import { expect, it } from 'vitest';
import { conformalQuantile } from './conformal-quantile.ts';
import { createRandom } from './random.ts';

const wrong = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.45, 0.6, 0.8];

it.each([
  [0.1, 0.8],
  [0.2, 0.6],
  [0.3, 0.45],
  [0.5, 0.25],
  [0.05, Infinity],
])('of nine scores exceeded with a chance of %d is %d', (miscoverage, expected) => {
  expect(conformalQuantile(wrong, miscoverage)).toBe(expected);
  expect(conformalQuantile(wrong.toReversed(), miscoverage)).toBe(expected);
});

it.each([
  [0.1, 9],
  [0.03, 33],
  [0.01, 99],
])('promises %d from %d scores on', (miscoverage, least) => {
  const scores = Array.from({ length: least }, (_, i) => i);
  expect(conformalQuantile(scores, miscoverage)).toBe(least - 1);
  expect(conformalQuantile(scores.slice(1), miscoverage)).toBe(Infinity);
});

it('is not asked for one score more by rounding', () => {
  // 10 · (1 − 0.7) is 3.0000000000000004 in doubles.
  expect(conformalQuantile(wrong, 0.7)).toBe(0.15);
});

it('promises nothing without scores', () => {
  expect(conformalQuantile([], 0.5)).toBe(Infinity);
});

it('is exceeded as seldom as it says, over calibration sets and further scores', () => {
  const random = createRandom('conformal');
  const draws = 20_000;
  const exceeded = Array.from({ length: draws }, () => {
    const scores = Array.from({ length: 19 }, () => random.normal());
    return random.normal() > conformalQuantile(scores, 0.2);
  }).filter(Boolean).length;
  // Exactly 4 of 20 places here; four standard errors.
  expect(Math.abs(exceeded / draws - 0.2)).toBeLessThan(4 * Math.sqrt(0.16 / draws));
});

it('falls as more is allowed, and follows the scores', () => {
  const scores = fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 40 });
  fc.assert(
    fc.property(scores, fc.integer({ min: 1, max: 98 }), (list, percent) => {
      const strict = conformalQuantile(list, percent / 100);
      expect(conformalQuantile(list, (percent + 1) / 100)).toBeLessThanOrEqual(strict);
      const moved = list.map((score) => 2 * score + 7);
      expect(conformalQuantile(moved, percent / 100)).toBe(2 * strict + 7);
    }),
    { seed: 13 },
  );
});

it.each([0, 1, -0.1, NaN])('refuses a chance of %d', (miscoverage) => {
  expect(() => conformalQuantile(wrong, miscoverage)).toThrow(/^miscoverage must be in \(0, 1\)/);
});

it('refuses scores that are no numbers', () => {
  expect(() => conformalQuantile([0.1, NaN], 0.5)).toThrow(/^scores\[1\] must be a number/);
});
