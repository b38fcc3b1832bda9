import { InvalidOptionError } from '@tollgate/sdk';
import { Rational } from './rational.ts';

const token = /\s*(?:(\d+)|([-+*/^()]))\s*/y;

/**
 * The exact value of a printed expression: whole numbers, `+ - * /` from left to right with the usual precedence, `^` with
 * a whole number, brackets, a sign in front. Undefined where something is divided by zero.
 *
 * @throws InvalidOptionError when the text is not such an expression.
 * @example
 * evaluateArithmetic('7 + 3 * 12 - 4')?.toString(); // '39'
 */
export function evaluateArithmetic(expression: string): Rational | undefined {
  const reader = new ArithmeticReader(expression);
  try {
    return reader.whole();
  } catch (error) {
    if (error instanceof DividedByZero) return undefined;
    throw error;
  }
}

class DividedByZero extends Error {}

/** Recursive descent, one method a level of precedence. */
class ArithmeticReader {
  readonly #expression: string;
  readonly #tokens: readonly string[];
  #next = 0;

  constructor(expression: string) {
    this.#expression = expression;
    const tokens: string[] = [];
    token.lastIndex = 0;
    while (token.lastIndex < expression.length) {
      const at = token.lastIndex;
      const match = token.exec(expression);
      if (match === null) throw this.#unexpected(expression.slice(at).trim());
      tokens.push(match[0].trim());
    }
    this.#tokens = tokens;
  }

  whole(): Rational {
    const value = this.#sum();
    const rest = this.#tokens[this.#next];
    if (rest !== undefined) throw this.#unexpected(rest);
    return value;
  }

  #sum(): Rational {
    let value = this.#product();
    for (;;) {
      if (this.#accept('+')) value = value.plus(this.#product());
      else if (this.#accept('-')) value = value.minus(this.#product());
      else return value;
    }
  }

  #product(): Rational {
    let value = this.#signed();
    for (;;) {
      if (this.#accept('*')) value = value.times(this.#signed());
      else if (this.#accept('/')) value = this.#quotient(value, this.#signed());
      else return value;
    }
  }

  #signed(): Rational {
    return this.#accept('-') ? new Rational(0n).minus(this.#signed()) : this.#power();
  }

  #power(): Rational {
    const base = this.#atom();
    return this.#accept('^') ? base.toThe(this.#number()) : base;
  }

  #atom(): Rational {
    if (!this.#accept('(')) return new Rational(this.#number());
    const value = this.#sum();
    if (!this.#accept(')')) throw this.#unexpected(this.#tokens[this.#next]);
    return value;
  }

  #number(): bigint {
    const digits = this.#tokens[this.#next];
    if (digits === undefined || !/^\d/.test(digits)) throw this.#unexpected(digits);
    this.#next += 1;
    return BigInt(digits);
  }

  #quotient(dividend: Rational, divisor: Rational): Rational {
    const quotient = dividend.dividedBy(divisor);
    if (quotient === undefined) throw new DividedByZero();
    return quotient;
  }

  #accept(symbol: string): boolean {
    if (this.#tokens[this.#next] !== symbol) return false;
    this.#next += 1;
    return true;
  }

  #unexpected(found: string | undefined): InvalidOptionError {
    const what = found === undefined ? 'ends too early' : `has an unexpected "${found}"`;
    return new InvalidOptionError(
      'expression',
      `expression must be arithmetic on whole numbers; "${this.#expression}" ${what}.`,
    );
  }
}
