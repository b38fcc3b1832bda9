import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bootstrapPairedDifference } from './bootstrap-paired-difference.ts';
import { bootstrapRatio } from './bootstrap-ratio.ts';
import { createRandom } from './random.ts';

const size = 200;
const old = Array.from({ length: size }, (_, i) => (i % 2 === 0 ? 1 : 0));
// Solves what the old one solves and every tenth of the rest.
const better = old.map((correct, i) => (correct === 1 || i % 20 === 1 ? 1 : 0));

it('shows a gain that the two separate intervals cannot', () => {
  const difference = bootstrapPairedDifference({
    first: { numerators: better },
    second: { numerators: old },
    random: createRandom(1),
  });
  expect(difference.estimate).toBeCloseTo(0.05, 12);
  expect(difference.lower).toBeGreaterThan(0);
  const [one, other] = [better, old].map((numerators) => bootstrapRatio({ numerators, random: createRandom(1) }));
  expect(one!.lower).toBeLessThan(other!.upper);
});

it('has the standard error of the per-unit differences', () => {
  const { lower, upper } = bootstrapPairedDifference({
    first: { numerators: better },
    second: { numerators: old },
    random: createRandom(2),
  });
  const expected = 2 * 1.96 * Math.sqrt((0.05 * 0.95) / size);
  expect((upper - lower) / expected).toBeGreaterThan(0.85);
  expect((upper - lower) / expected).toBeLessThan(1.15);
});

it('compares ratios with different denominators', () => {
  const costs = old.map(() => 1);
  const { estimate, upper } = bootstrapPairedDifference({
    first: { numerators: costs, denominators: better },
    second: { numerators: costs, denominators: old },
    random: createRandom(3),
  });
  expect(estimate).toBeCloseTo(1 / 0.55 - 2, 12);
  expect(upper).toBeLessThan(0);
});

it('is exactly 0 between equals and turns its sign when the sides are swapped', () => {
  const numbers = fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(numbers, (pairs) => {
      const first = { numerators: pairs.map(([a]) => a) };
      const second = { numerators: pairs.map(([, b]) => b) };
      const run = (one: typeof first, other: typeof first) =>
        bootstrapPairedDifference({ first: one, second: other, resamples: 50, random: createRandom(5) });
      expect(run(first, first)).toEqual({ estimate: 0, lower: 0, upper: 0 });
      const [forward, backward] = [run(first, second), run(second, first)];
      expect(backward.lower).toBeCloseTo(-forward.upper, 10);
      expect(backward.upper).toBeCloseTo(-forward.lower, 10);
    }),
  );
});

it('says nothing when neither side ever passes', () => {
  const never = { numerators: [1, 1], denominators: [0, 0] };
  const interval = bootstrapPairedDifference({ first: never, second: never, random: createRandom(6) });
  expect(interval).toEqual({ estimate: NaN, lower: -Infinity, upper: Infinity });
});

it('is infinite when only one side passes', () => {
  const interval = bootstrapPairedDifference({
    first: { numerators: [1, 1], denominators: [1, 1] },
    second: { numerators: [1, 1], denominators: [0, 0] },
    random: createRandom(6),
  });
  expect(interval).toEqual({ estimate: -Infinity, lower: -Infinity, upper: -Infinity });
});

it.each([
  [[], [], 'first.numerators.length must be at least 1, received 0.'],
  [[1, 2], [1], 'second.numerators.length must be equal to first.numerators.length (2), received 1.'],
  [[1], [NaN], 'second.numerators[0] must be finite, received NaN.'],
])('rejects %j against %j', (first, second, message) => {
  const options = { first: { numerators: first }, second: { numerators: second }, random: createRandom(1) };
  expect(() => bootstrapPairedDifference(options)).toThrow(new RangeError(message));
});
