import { logGamma } from './log-gamma.ts';

// Source: Abramowitz and Stegun 26.5.8 (continued fraction) evaluated by Lentz's method in Thompson and Barnett's form.
// Rule: expand on the side of the mean where the fraction converges in about √max(a, b) steps; mirror the other side.

const MAX_STEPS = 1_000_000;
const EPSILON = 2 ** -52;
// Stands in for an exact zero, which Lentz's method must not divide by.
const TINY = 1e-300;

/** The regularised incomplete beta function I_x(a, b), increasing in x. x in [0, 1], a and b ≥ 1. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const logFront = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
  const front = Math.exp(logFront);
  return x < (a + 1) / (a + b + 2)
    ? (front * continuedFraction(x, a, b)) / a
    : 1 - (front * continuedFraction(1 - x, b, a)) / b;
}

function continuedFraction(x: number, a: number, b: number): number {
  let ratio = 1;
  let inverse = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let result = inverse;
  for (let m = 1; m <= MAX_STEPS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    inverse = 1 / awayFromZero(1 + even * inverse);
    ratio = awayFromZero(1 + even / ratio);
    result *= ratio * inverse;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    inverse = 1 / awayFromZero(1 + odd * inverse);
    ratio = awayFromZero(1 + odd / ratio);
    const step = ratio * inverse;
    result *= step;
    if (Math.abs(step - 1) <= EPSILON) break;
  }
  return result;
}

function awayFromZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
