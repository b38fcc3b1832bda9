import { expect, it } from 'vitest';
import { logGamma } from './log-gamma.ts';

it('is the logarithm of the factorial at whole numbers', () => {
  let logFactorial = 0;
  for (let n = 1; n <= 2000; n += 1) {
    expect(Math.abs(logGamma(n) - logFactorial)).toBeLessThan(1e-13 * Math.max(1, logFactorial) * 10);
    logFactorial += Math.log(n);
  }
});

it('knows Γ(3/2) = √π / 2', () => {
  expect(logGamma(1.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI) / 2), 13);
});
