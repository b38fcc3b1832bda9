import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numbersAgree } from './numbers-agree.ts';

describe('numbersAgree', () => {
  it.each([
    ['7', '7', true],
    ['7', 7, true],
    ['7.0', 7, true],
    ['1/2', 0.5, true],
    ['1/3', '0.333333', true],
    ['1/3', '0.33333', false],
    ['$1,234', '1234', true],
    ['1000001', '1000000', false],
    ['1000000.9', '1000000', true],
    ['1000001.1', '1000000', false],
    ['-6.535714', '-183/28', true],
    ['-6.5357', '-183/28', false],
    ['0.0000005', '0', true],
    ['0.000002', '0', false],
    ['1e400', '1e400', true],
    ['', '1', false],
    ['1', 'one', false],
    ['1', Number.NaN, false],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(numbersAgree(a, b)).toBe(expected);
  });

  it.each([
    ['10', '11', 1, true],
    ['10', '11', 0.99, false],
    ['0.3', 0.1 + 0.2, 0, false],
    ['1/3', '0.3333', 0, false],
    ['0.1', 0.1, 0, true],
    ['0.4', '0.3', 0.1, true],
  ])('%s and %s within %s: %s', (...[a, b, tolerance, expected]) => {
    expect(numbersAgree(a, b, tolerance)).toBe(expected);
  });

  it('is reflexive, and symmetric for a given tolerance (property)', () => {
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true }).map(String);
    fc.assert(
      fc.property(numbers, numbers, fc.double({ min: 0, max: 1e6, noNaN: true }), (a, b, tolerance) => {
        expect(numbersAgree(a, a)).toBe(true);
        expect(numbersAgree(a, b, tolerance)).toBe(numbersAgree(b, a, tolerance));
      }),
    );
  });
});
