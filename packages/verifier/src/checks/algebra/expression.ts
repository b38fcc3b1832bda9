import type { Rational } from '../rational.ts';

/** A formula as a tree. Roots are powers, a minus sign is a subtraction from 0. */
export type Expression =
  | { readonly kind: 'number'; readonly value: Rational }
  | { readonly kind: 'name'; readonly name: string }
  | {
      readonly kind: 'operation';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly argument: Expression };

/** What joins two expressions. */
export type Operator = '+' | '-' | '*' | '/' | '^';

/** Functions that are understood, written plainly or as LaTeX commands. Longer names first: `sinh` begins with `sin`. */
export const functionNames = [
  'arcsin',
  'arccos',
  'arctan',
  'sinh',
  'cosh',
  'tanh',
  'sin',
  'cos',
  'tan',
  'cot',
  'sec',
  'csc',
  'exp',
  'log',
  'ln',
  'abs',
] as const;

/** Name of a function. `log` without a base is to base 10. */
export type FunctionName = (typeof functionNames)[number];

/** Names that stand for one number each; every other name is a variable. */
const constants = new Set(['pi', 'e', 'i']);

/** No variable occurs in it. */
export function isConstant(expression: Expression): boolean {
  switch (expression.kind) {
    case 'number':
      return true;
    case 'name':
      return constants.has(expression.name);
    case 'call':
      return isConstant(expression.argument);
    case 'operation':
      return isConstant(expression.left) && isConstant(expression.right);
    default:
      return expression satisfies never;
  }
}
