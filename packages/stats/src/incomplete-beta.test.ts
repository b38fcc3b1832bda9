import fc from 'fast-check';
import { expect, it } from 'vitest';
import { incompleteBeta } from './incomplete-beta.ts';

const inside = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
const shape = fc.integer({ min: 1, max: 500 });

it('is 0 and 1 at the ends', () => {
  expect(incompleteBeta(0, 2, 3)).toBe(0);
  expect(incompleteBeta(1, 2, 3)).toBe(1);
});

it('is x for the uniform, xᵃ for b = 1 and ½ in the symmetric middle', () => {
  expect(incompleteBeta(0.3, 1, 1)).toBeCloseTo(0.3, 14);
  expect(incompleteBeta(0.9, 7, 1)).toBeCloseTo(0.9 ** 7, 14);
  expect(incompleteBeta(0.5, 5000, 5000)).toBeCloseTo(0.5, 10);
});

it('is the binomial tail P(X ≥ 8) of 10 trials', () => {
  const p = 0.37;
  const tail = 45 * p ** 8 * (1 - p) ** 2 + 10 * p ** 9 * (1 - p) + p ** 10;
  expect(incompleteBeta(p, 8, 3)).toBeCloseTo(tail, 14);
});

it('mirrors: I_x(a, b) + I_{1−x}(b, a) = 1', () => {
  fc.assert(
    fc.property(inside, shape, shape, (x, a, b) => {
      expect(incompleteBeta(x, a, b) + incompleteBeta(1 - x, b, a)).toBeCloseTo(1, 9);
    }),
  );
});

it('rises with x', () => {
  fc.assert(
    fc.property(fc.tuple(inside, inside), shape, shape, ([x, y], a, b) => {
      const [low, high] = [incompleteBeta(Math.min(x, y), a, b), incompleteBeta(Math.max(x, y), a, b)];
      expect(high - low).toBeGreaterThan(-1e-11);
    }),
  );
});
