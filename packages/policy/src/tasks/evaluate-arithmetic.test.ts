import { InvalidOptionError } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateArithmetic } from './evaluate-arithmetic.ts';
import { Rational } from './rational.ts';

const exact = (expression: string): string | undefined => evaluateArithmetic(expression)?.toString();

describe('evaluateArithmetic', () => {
  it.each([
    ['81^2 / (89/7)', 516.033707865168],
    ['(77/3) * (81/3)', 693],
    ['40^2 + 4 / 2', 1602],
    ['(54/7) - (57/4)', -6.53571428571429],
    ['(55/8) - (27/2) / ((36/9) / (62/2)) + 36^3 + 6', 46564.25],
  ])('gives the value the paper publishes for %s', (expression, published) => {
    const [numerator, denominator = 1] = (exact(expression) ?? '').split('/').map(Number);
    expect((numerator ?? Number.NaN) / denominator).toBeCloseTo(published, 9);
  });

  it.each([
    ['7 + 3 * 12 - 4', '39'],
    ['10 - 4 - 3', '3'],
    ['10-(4-3)', '9'],
    ['2 / 3 / 4', '1/6'],
    ['2 / (3 / 4)', '8/3'],
    ['-2^2', '-4'],
    ['(-2)^2', '4'],
    ['3 - -4', '7'],
    ['(1/2)^3', '1/8'],
    ['6 / 4', '3/2'],
    ['0 / -5', '0'],
    ['99999999999999999999 + 1', '100000000000000000000'],
  ])('%s = %s', (expression, value) => {
    expect(exact(expression)).toBe(value);
  });

  it('has no value where something is divided by zero', () => {
    expect(evaluateArithmetic('3 + 4 / (2 - 2) * 0')).toBeUndefined();
  });

  it.each([
    ['', 'ends too early'],
    ['3 +', 'ends too early'],
    ['3 4', '"4"'],
    ['(3', 'ends too early'],
    ['3)', '")"'],
    ['x + 1', '"x + 1"'],
    ['2^(3)', '"("'],
  ])('refuses %j and says where it stopped', (expression, place) => {
    expect(() => evaluateArithmetic(expression)).toThrow(InvalidOptionError);
    expect(() => evaluateArithmetic(expression)).toThrow(place);
  });

  it('agrees with trees that are evaluated as they are built, when every operation has brackets', () => {
    interface Tree {
      readonly text: string;
      readonly value: Rational | undefined;
    }
    const leaf = fc
      .integer({ min: 0, max: 99 })
      .map((n): Tree => ({ text: String(n), value: new Rational(BigInt(n)) }));
    const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'medium' },
        leaf,
        fc.tuple(tie('tree'), fc.constantFrom('+', '-', '*', '/'), tie('tree')).map(([left, operator, right]): Tree => {
          return { text: `(${left.text} ${operator} ${right.text})`, value: apply(left.value, operator, right.value) };
        }),
      ),
    }));
    fc.assert(fc.property(tree, ({ text, value }) => exact(text) === value?.toString()));
  });
});

function apply(a: Rational | undefined, operator: string, b: Rational | undefined): Rational | undefined {
  if (a === undefined || b === undefined) return undefined;
  return operator === '+' ? a.plus(b) : operator === '-' ? a.minus(b) : operator === '*' ? a.times(b) : a.dividedBy(b);
}
