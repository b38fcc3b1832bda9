import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divided, fieldElement, fractionOf, imaginaryUnit, raised } from './prime-field.ts';

const prime = 2n ** 512n - 875n;
const parts = fc.bigInt({ min: -(2n ** 190n), max: 2n ** 190n });

describe('the prime field', () => {
  it('is one: Fermat holds for its modulus, and its root of -1 is one', () => {
    expect(raised(3n, prime - 1n)).toBe(1n);
    expect(fieldElement(imaginaryUnit * imaginaryUnit)).toBe(fieldElement(-1n));
  });

  it('gives fractions back that were put in, and their sums (property)', () => {
    const fractions = fc.tuple(
      fc.bigInt({ min: -(2n ** 90n), max: 2n ** 90n }),
      fc.bigInt({ min: 1n, max: 2n ** 90n }),
    );
    fc.assert(
      fc.property(fractions, fractions, ([a, b], [c, d]) => {
        const [left = 0n, right = 0n] = [divided(a, b), divided(c, d)];
        const sum = fractionOf(fieldElement(left + right)) ?? { numerator: 0n, denominator: 0n };
        expect(sum.numerator * b * d).toBe((a * d + c * b) * sum.denominator);
        expect(sum.denominator > 0n).toBe(true);
      }),
      { seed: 1 },
    );
  });

  it('undoes a multiplication by a division, but not by 0 (property)', () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const quotient = divided(a, b);
        expect(quotient === undefined).toBe(b === 0n);
        if (quotient !== undefined) expect(fieldElement(quotient * b)).toBe(fieldElement(a));
      }),
      { seed: 2 },
    );
    expect(divided(1n, prime)).toBeUndefined();
  });

  it('finds no short fraction for what is none (property)', () => {
    const long = fc.bigInt({ min: 2n ** 300n, max: prime - 2n ** 300n });
    fc.assert(
      fc.property(long, (element) => {
        expect(fractionOf(element)).toBeUndefined();
      }),
      { seed: 3 },
    );
  });
});
