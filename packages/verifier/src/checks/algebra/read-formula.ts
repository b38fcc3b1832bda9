import { exactValue } from './exact-value.ts';
import type { Expression } from './expression.ts';
import { parseExpression } from './parse-expression.ts';

/** A value, or an equation between two. */
export interface Formula {
  readonly value: Expression;
  /** The other side of an equation. */
  readonly equals?: Expression;
}

/** What is asked for, in front of its value: `x =`, `a_1 =`, `f(x) =`. */
const asked = /^\s*(?:\p{L}|\\[a-zA-Z]+)(?:_(?:\w|\{\w+\}))?\s*(?:\([\p{L}\d, ]{1,10}\))?\s*$/u;

/**
 * Reads a formula. `x = 5` and `f(x) = 5` are the value 5, where the right side does not go back to the left one; sides
 * that are equal anyway are workings, of which the last counts; any other two sides are an equation.
 */
export function readFormula(text: string): Formula | undefined {
  const sides = text.split('=');
  const first = sides.length > 1 && asked.test(sides[0] ?? '') ? sides.shift() : undefined;
  const values = sides.map((side) => parseExpression(side));
  const last = values.at(-1);
  if (last === undefined || values.includes(undefined)) return undefined;
  if (first !== undefined) {
    const name = parseExpression(first);
    if (name?.kind === 'name' && occursIn(name.name, last)) return { value: name, equals: last };
  }
  const value = values[0];
  if (value === undefined || values.every((side) => side !== undefined && isSame(side, last))) return { value: last };
  return values.length === 2 && first === undefined ? { value, equals: last } : undefined;
}

function isSame(a: Expression, b: Expression): boolean {
  if (a === b) return true;
  const value = exactValue(a);
  return value !== undefined && value === exactValue(b);
}

function occursIn(name: string, expression: Expression): boolean {
  switch (expression.kind) {
    case 'number':
      return false;
    case 'name':
      return expression.name === name;
    case 'call':
      return occursIn(name, expression.argument);
    case 'operation':
      return occursIn(name, expression.left) || occursIn(name, expression.right);
    default:
      return expression satisfies never;
  }
}
