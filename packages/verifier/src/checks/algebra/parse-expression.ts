import { parseRational, type Rational } from '../rational.ts';
import { type Expression, type FunctionName, functionNames, type Operator } from './expression.ts';
import { tidyMath } from './tidy-math.ts';

/** Longer formulas are no answers. */
const maxCharacters = 1000;
const maxDepth = 60;

const literal = /(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d+)(?:\.\d+)?(?:e[-+]?\d{1,3}(?!\d))?|\.\d+/iy;
const mixedPart = /\s+(\d+)\s?\/\s?(\d+)(?![\d.])/y;
const mixedFrac = /\s*\\frac\s*(?:(\d)\s*(\d)|\{\s*(\d+)\s*\}\s*\{\s*(\d+)\s*\})/y;
const command = /\\([a-zA-Z]+)/y;
const functionName = new RegExp(functionNames.join('|'), 'y');
const letter = /\p{L}/uy;
const subscript = /\s*_\s*(?:([a-zA-Z\d])|\{\s*([a-zA-Z\d, ]{1,10})\s*\})/y;
const closings: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const inverses: Readonly<Record<string, FunctionName>> = { sin: 'arcsin', cos: 'arccos', tan: 'arctan' };

/** The text is no formula. Never leaves this file. */
class Unreadable extends Error {}

/**
 * Reads a formula, plain or LaTeX: numbers, mixed numbers, names of one letter with or without a subscript, `+ - * / ^`,
 * multiplication by standing side by side, `\frac`, `\sqrt`, `|x|`, functions. Undefined for anything else, and for more
 * than 1,000 characters or 60 levels of brackets.
 *
 * Side by side binds as `*` does: `1/2x` is (1/2)·x. `e` is Euler's number, `i` the imaginary unit.
 */
export function parseExpression(text: string): Expression | undefined {
  if (text.length > maxCharacters) return undefined;
  try {
    return new ExpressionParser(tidyMath(text)).whole();
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

/** Recursive descent, one method a level of precedence. */
class ExpressionParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Expression {
    const value = this.#sum();
    if (this.#peek() !== '') throw new Unreadable();
    return value;
  }

  #sum(): Expression {
    let left = this.#product();
    for (;;) {
      const operator = this.#acceptOneOf('+', '-');
      if (operator === undefined) return left;
      left = operation(operator, left, this.#product());
    }
  }

  #product(): Expression {
    let left = this.#signed();
    for (;;) {
      const operator = this.#acceptOneOf('*', '/');
      if (operator !== undefined) left = operation(operator, left, this.#signed());
      else if (this.#factorFollows()) left = operation('*', left, this.#power());
      else return left;
    }
  }

  #signed(): Expression {
    const operator = this.#acceptOneOf('+', '-');
    if (operator === undefined) return this.#power();
    return this.#deeper(() => (operator === '+' ? this.#signed() : operation('-', zero, this.#signed())));
  }

  #power(): Expression {
    const base = this.#atom();
    if (!this.#accept('^')) return base;
    return operation(
      '^',
      base,
      this.#deeper(() => this.#signed()),
    );
  }

  /** Two numbers side by side are no product: "2 3" is a list or a slip. */
  #factorFollows(): boolean {
    const next = this.#peek();
    if (/\d|\./.test(next)) return !/[\d.]/.test(this.#text.slice(0, this.#at).trimEnd().at(-1) ?? '');
    return (
      /[\p{L}([{]/u.test(next) || (next === '\\' && !/^\\[rm]?vert/.test(this.#text.slice(this.#at, this.#at + 6)))
    );
  }

  #atom(): Expression {
    const next = this.#peek();
    const closing = closings[next];
    if (closing !== undefined) return this.#group(closing);
    if (next === '|') return call('abs', this.#group('|'));
    if (next === '\\') return this.#command();
    const digits = this.#match(literal)?.[0];
    if (digits !== undefined) return this.#number(digits);
    const called = this.#match(functionName)?.[0];
    if (called !== undefined) return this.#call(called as FunctionName);
    if (this.#word('sqrt')) return this.#root();
    if (this.#word('pi')) return { kind: 'name', name: 'pi' };
    const name = this.#match(letter)?.[0];
    if (name === undefined) throw new Unreadable();
    return this.#named(name);
  }

  #group(closing: string): Expression {
    this.#at += 1;
    const inside = this.#deeper(() => this.#sum());
    if (!this.#accept(closing)) throw new Unreadable();
    return inside;
  }

  #number(digits: string): Expression {
    // A number with a subscript is written to another base.
    if (this.#text[this.#at] === '_') throw new Unreadable();
    const value = parseRational(digits.replaceAll(',', ''));
    if (value === undefined) throw new Unreadable();
    const mixed = value.denominator === 1n ? (this.#match(mixedPart) ?? this.#match(mixedFrac)) : undefined;
    if (mixed === undefined) return { kind: 'number', value };
    const [above = '', below = ''] = mixed.slice(1).filter((part) => part !== undefined);
    const fraction = parseRational(`${above}/${below}`);
    if (fraction === undefined) throw new Unreadable();
    const part: Expression = { kind: 'number', value: fraction };
    // "3 1/2" is a mixed number, "3 \frac{5}{2}" is a product.
    const operator = fraction.numerator < fraction.denominator ? '+' : '*';
    return operation(operator, { kind: 'number', value }, part);
  }

  #command(): Expression {
    const name = this.#match(command)?.[1];
    switch (name) {
      case undefined:
        throw new Unreadable();
      case 'frac': {
        const above = this.#argument();
        return operation('/', above, this.#argument());
      }
      case 'sqrt':
        return this.#root();
      case 'lvert':
      case 'vert': {
        const inside = this.#deeper(() => this.#sum());
        if (!/^[rl]?vert$/.test(this.#match(command)?.[1] ?? '')) throw new Unreadable();
        return call('abs', inside);
      }
      default:
        if (functionNames.includes(name as FunctionName)) return this.#call(name as FunctionName);
        // Greek letters and other symbols are names; infinity and the like are no numbers.
        if (
          /^(?:in|infty|cup|cap|pm|mp|emptyset|varnothing|begin|end|leq?|geq?|neq?|approx|mathbb|ldots|dots|to)$/.test(
            name,
          )
        )
          throw new Unreadable();
        return this.#named(name);
    }
  }

  #named(name: string): Expression {
    const below = this.#match(subscript);
    return { kind: 'name', name: below === undefined ? name : `${name}_${(below[1] ?? below[2] ?? '').trim()}` };
  }

  #root(): Expression {
    const index = this.#peek() === '[' ? this.#group(']') : two;
    const next = this.#peek();
    const radicand = closings[next] === undefined && next !== '\\' ? this.#atom() : this.#argument();
    return operation('^', radicand, operation('/', one, index));
  }

  /** What a command is applied to: a group, or just one sign. */
  #argument(): Expression {
    const next = this.#peek();
    if (!/\d/.test(next)) return this.#deeper(() => this.#atom());
    this.#at += 1;
    return { kind: 'number', value: { numerator: BigInt(next), denominator: 1n } };
  }

  #call(name: FunctionName): Expression {
    const base = this.#accept('_') ? this.#argument() : undefined;
    const exponent = this.#accept('^') ? this.#deeper(() => this.#signed()) : undefined;
    const isInverse = exponent !== undefined && isMinusOne(exponent);
    const inverse = isInverse ? inverses[name] : undefined;
    if (isInverse && inverse === undefined) throw new Unreadable();
    const argument = this.#deeper(() => (closings[this.#peek()] === undefined ? this.#openArgument() : this.#atom()));
    if (base !== undefined && name !== 'log') throw new Unreadable();
    const value =
      base === undefined ? call(inverse ?? name, argument) : operation('/', call('ln', argument), call('ln', base));
    return exponent === undefined || isInverse ? value : operation('^', value, exponent);
  }

  /** `\sin 2x` takes all of `2x`, up to a sign, a slash or another function. */
  #openArgument(): Expression {
    let argument = this.#signed();
    while (this.#factorFollows() && !this.#functionFollows()) argument = operation('*', argument, this.#power());
    return argument;
  }

  #functionFollows(): boolean {
    functionName.lastIndex = this.#text[this.#at] === '\\' ? this.#at + 1 : this.#at;
    return functionName.test(this.#text);
  }

  #deeper(read: () => Expression): Expression {
    this.#depth += 1;
    if (this.#depth > maxDepth) throw new Unreadable();
    const value = read();
    this.#depth -= 1;
    return value;
  }

  /** The next character that is no blank, or '' at the end. */
  #peek(): string {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
    return this.#text[this.#at] ?? '';
  }

  #accept(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at += 1;
    return true;
  }

  #acceptOneOf<Found extends Operator>(...operators: readonly Found[]): Found | undefined {
    return operators.find((operator) => this.#accept(operator));
  }

  #word(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    return match;
  }
}

const whole = (value: bigint): Expression => ({ kind: 'number', value: { numerator: value, denominator: 1n } });
const zero = whole(0n);
const one = whole(1n);
const two = whole(2n);

function operation(operator: Operator, left: Expression, right: Expression): Expression {
  return { kind: 'operation', operator, left, right };
}

function call(name: FunctionName, argument: Expression): Expression {
  return { kind: 'call', name, argument };
}

function isMinusOne(expression: Expression): boolean {
  if (expression.kind !== 'operation' || expression.operator !== '-') return false;
  const { left, right } = expression;
  return left === zero && right.kind === 'number' && sameNumber(right.value, 1n);
}

function sameNumber(value: Rational, expected: bigint): boolean {
  return value.numerator === expected && value.denominator === 1n;
}
