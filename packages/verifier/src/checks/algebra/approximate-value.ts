import { createRandom } from '@tollgate/stats';
import { applied, type Complex, over, real, times, toThe } from './complex.ts';
import { rationalValue, type Point } from './exact-value.ts';
import type { Expression } from './expression.ts';

const seed = createRandom('approximations');

/**
 * The value of an expression at a seeded point, in floating point. Variables stand for positive numbers near 1. Not a number
 * where it is not defined.
 */
export function approximateValue(expression: Expression, point: Point = 0): Complex {
  switch (expression.kind) {
    case 'number':
      return real(ratio(expression.value.numerator, expression.value.denominator));
    case 'name':
      return named(expression.name, point);
    case 'call':
      return applied(expression.name, approximateValue(expression.argument, point));
    case 'operation':
      return operated(expression, point);
    default:
      return expression satisfies never;
  }
}

function operated({ operator, left, right }: Extract<Expression, { kind: 'operation' }>, point: Point): Complex {
  const a = approximateValue(left, point);
  const b = approximateValue(right, point);
  switch (operator) {
    case '+':
      return { re: a.re + b.re, im: a.im + b.im };
    case '-':
      return { re: a.re - b.re, im: a.im - b.im };
    case '*':
      return times(a, b);
    case '/':
      return over(a, b);
    case '^':
      return realRoot(a, right) ?? toThe(a, b);
    default:
      return operator satisfies never;
  }
}

/** The cube root of -8 is -2, as schools have it, and not the principal complex one. */
function realRoot(base: Complex, exponent: Expression): Complex | undefined {
  if (base.im !== 0 || base.re >= 0) return undefined;
  const { numerator = 0n, denominator = 1n } = rationalValue(exponent) ?? {};
  if (denominator === 1n || denominator % 2n === 0n) return undefined;
  const size = (-base.re) ** (Number(numerator) / Number(denominator));
  return real(numerator % 2n === 0n ? size : -size);
}

function named(name: string, point: Point): Complex {
  if (name === 'pi') return real(Math.PI);
  if (name === 'e') return real(Math.E);
  if (name === 'i') return { re: 0, im: 1 };
  return real(0.5 + 2 * seed.fork(name).fork(String(point)).next());
}

/** Numbers too long for floating point are shortened before they are divided. */
function ratio(numerator: bigint, denominator: bigint): number {
  const above = Number(numerator);
  const below = Number(denominator);
  if (Number.isFinite(above) && Number.isFinite(below)) return above / below;
  const excess = BigInt(Math.max(numerator.toString(2).length, denominator.toString(2).length) - 1000);
  return Number(numerator >> excess) / Number(denominator >> excess);
}
