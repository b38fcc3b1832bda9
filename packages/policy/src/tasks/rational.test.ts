import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rational } from './rational.ts';

const rational = fc
  .tuple(fc.bigInt({ min: -99n, max: 99n }), fc.bigInt({ min: 1n, max: 99n }))
  .map(([numerator, denominator]) => new Rational(numerator, denominator));
const show = (value: Rational | undefined): string | undefined => value?.toString();

describe('Rational', () => {
  it('prints in lowest terms with the sign in front', () => {
    expect(new Rational(6n, -4n).toString()).toBe('-3/2');
    expect(new Rational(-8n, -4n).toString()).toBe('2');
    expect(new Rational(0n, -7n).toString()).toBe('0');
  });

  it('refuses a denominator of 0, and has no quotient by 0', () => {
    expect(() => new Rational(1n, 0n)).toThrow(RangeError);
    expect(new Rational(1n).dividedBy(new Rational(0n))).toBeUndefined();
  });

  it('is a field: minus undoes plus, division undoes multiplication, products spread over sums', () => {
    fc.assert(
      fc.property(rational, rational, rational, (a, b, c) => {
        expect(show(a.plus(b).minus(b))).toBe(show(a));
        expect(show(a.times(b.plus(c)))).toBe(show(a.times(b).plus(a.times(c))));
        if (show(b) !== '0') expect(show(a.times(b).dividedBy(b))).toBe(show(a));
        expect(show(a.toThe(3n))).toBe(show(a.times(a).times(a)));
      }),
    );
  });
});
