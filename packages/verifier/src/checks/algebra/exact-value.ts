import { createRandom } from '@tollgate/stats';
import type { Rational } from '../rational.ts';
import type { Expression } from './expression.ts';
import { divided, fieldElement, type FieldElement, fractionOf, imaginaryUnit, raised } from './prime-field.ts';

/** Two points are kept apart: equations are compared by how their values at both relate. */
export type Point = 0 | 1;

const seed = createRandom('expressions');

/**
 * The value of a rational expression at a seeded point, modulo a prime of 512 bits. Names stand for random numbers, π and e
 * too, `i` for a root of -1. Undefined where a root or a function is met that gives no fraction, or 0 divides.
 */
// Source: Schwartz 1980 and Zippel 1979. Rule: a difference that is not 0, of degree d as one fraction, is 0 at a random
// point with chance at most d / 2^511; a formula of 1,000 characters without towers of powers stays below 2^-300.
export function exactValue(expression: Expression, point: Point = 0): FieldElement | undefined {
  switch (expression.kind) {
    case 'number':
      return divided(expression.value.numerator, expression.value.denominator);
    case 'name':
      return expression.name === 'i' ? imaginaryUnit : coordinate(expression.name, point);
    case 'call':
      return undefined;
    case 'operation':
      return operated(expression, point);
    default:
      return expression satisfies never;
  }
}

/** The fraction that an expression is worth; undefined where it is none, or has more than 57 digits. */
export function rationalValue(expression: Expression): Rational | undefined {
  const value = exactValue(expression);
  return value === undefined ? undefined : fractionOf(value);
}

function operated(
  { operator, left, right }: Extract<Expression, { kind: 'operation' }>,
  point: Point,
): FieldElement | undefined {
  const a = exactValue(left, point);
  const b = exactValue(right, point);
  if (a === undefined || b === undefined) return undefined;
  switch (operator) {
    case '+':
      return fieldElement(a + b);
    case '-':
      return fieldElement(a - b);
    case '*':
      return fieldElement(a * b);
    case '/':
      return divided(a, b);
    case '^':
      return power(a, fractionOf(b));
    default:
      return operator satisfies never;
  }
}

function power(base: FieldElement, exponent: Rational | undefined): FieldElement | undefined {
  if (exponent === undefined) return undefined;
  const root = exponent.denominator === 1n ? base : rootOf(fractionOf(base), exponent.denominator);
  if (root === undefined) return undefined;
  const { numerator } = exponent;
  return numerator < 0n ? divided(1n, raised(root, -numerator)) : raised(root, numerator);
}

/** The root of a fraction that has a fraction for its root. */
function rootOf(value: Rational | undefined, degree: bigint): FieldElement | undefined {
  if (value === undefined) return undefined;
  const above = wholeRoot(value.numerator, degree);
  const below = wholeRoot(value.denominator, degree);
  return above === undefined || below === undefined ? undefined : divided(above, below);
}

function wholeRoot(value: bigint, degree: bigint): bigint | undefined {
  if (value < 0n) {
    const root = degree % 2n === 0n ? undefined : wholeRoot(-value, degree);
    return root === undefined ? undefined : -root;
  }
  const root = BigInt(Math.round(Number(value) ** (1 / Number(degree))));
  return degree <= 192n && root ** degree === value ? root : undefined;
}

/** The random number that a name stands for. */
function coordinate(name: string, point: Point): FieldElement {
  const random = seed.fork(name).fork(String(point));
  let bits = 0n;
  for (let word = 0; word < 17; word += 1) bits = (bits << 32n) | BigInt(random.int(2 ** 32));
  return fieldElement(bits);
}
