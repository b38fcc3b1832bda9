import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRational, parseRational, rational } from './rational.ts';

const canonical = (literal: string): string | undefined => {
  const value = parseRational(literal);
  return value === undefined ? undefined : formatRational(value);
};

describe('parseRational', () => {
  it.each([
    ['7', '7'],
    ['007', '7'],
    ['-0', '0'],
    ['-0.0', '0'],
    ['1.50', '3/2'],
    ['.5', '1/2'],
    ['5.', '5'],
    ['6/4', '3/2'],
    ['-6/4', '-3/2'],
    ['6/-4', '-3/2'],
    ['0/5', '0'],
    ['0.1/0.3', '1/3'],
    ['2e3', '2000'],
    ['2E-3', '1/500'],
    ['1e+21', '1000000000000000000000'],
    ['9007199254740993', '9007199254740993'],
  ])('reads %s as %s', (literal, expected) => {
    expect(canonical(literal)).toBe(expected);
  });

  it.each(['', '.', '-', 'e5', '1/0', '1/2/3', '1,234', ' 1', '0x10', 'NaN', 'Infinity', '1e1000', '1'.repeat(1001)])(
    'refuses %j',
    (literal) => {
      expect(parseRational(literal)).toBeUndefined();
    },
  );

  it('gives the value of a sum of its digits, whatever the size (property)', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt({ min: 1n }), (numerator, denominator) => {
        const value = rational(numerator, denominator);
        if (value === undefined) throw new Error('denominator is above 0');
        expect(value.numerator * denominator).toBe(numerator * value.denominator);
        expect(value.denominator > 0n).toBe(true);
        expect(parseRational(formatRational(value))).toEqual(value);
      }),
    );
  });
});
