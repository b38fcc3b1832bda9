import type { Random } from '@tollgate/stats';

// Source: RandomCalculation (arXiv 2507.10532), its released generator. Rule: an expression of level i joins one of level j
// and one of level i − 1 − j, for every j below i / 2 and equally many of each; operator and order are drawn evenly.
// Only × and ÷ put brackets around an operand, and only around one with operators, so a − (b + c) prints as a − b + c:
// what an expression is worth is what its text is worth.
// Differs: plain text instead of LaTeX, so that a fraction prints as (a/b); seeded.

/** An operator between two numbers. */
export type ArithmeticOperator = '+' | '-' | '*' | '/';

interface Expression {
  readonly text: string;
  readonly steps: number;
}

/** Expressions made for each pair of levels. */
const perPair = 1200;

/** The numbers of the paper: 0 to 99, fractions a/2 to a/9, squares and cubes of 2 to 99. 1,088 of them. */
export function paperAtoms(): string[] {
  const upTo99 = (first: number): number[] => Array.from({ length: 100 - first }, (_, i) => first + i);
  return [
    ...upTo99(0).map(String),
    ...[2, 3, 4, 5, 6, 7, 8, 9].flatMap((denominator) => upTo99(1).map((numerator) => `(${numerator}/${denominator})`)),
    ...upTo99(2).map((base) => `${base}^2`),
    ...upTo99(2).map((base) => `${base}^3`),
  ];
}

/**
 * Texts of expressions, in random order, by their number of operators: index 0 holds `atoms`. May repeat a text, and may
 * divide by zero. A level depends on the seed and the levels below it, never on `levels`.
 */
export function arithmeticPools(options: {
  readonly atoms: readonly string[];
  readonly operators: readonly ArithmeticOperator[];
  readonly levels: number;
  readonly random: Random;
}): readonly (readonly string[])[] {
  const pools: Expression[][] = [options.atoms.map((text) => ({ text, steps: 0 }))];
  for (let level = 1; level <= options.levels; level += 1) {
    const random = options.random.fork(`level ${level}`);
    const pool: Expression[] = [];
    for (let lower = 0; lower < level / 2; lower += 1) {
      const pair = [pools[lower] ?? [], pools[level - 1 - lower] ?? []] as const;
      for (let i = 0; i < perPair; i += 1) pool.push(draw(pair, options.operators, random));
    }
    pools.push(random.shuffle(pool));
  }
  return pools.map((pool) => pool.map((expression) => expression.text));
}

function draw(
  [lower, upper]: readonly [readonly Expression[], readonly Expression[]],
  operators: readonly ArithmeticOperator[],
  random: Random,
): Expression {
  const a = pick(lower, random);
  const b = pick(upper, random);
  const operator = pick(operators, random);
  const [left, right] = random.next() < 0.5 ? [b, a] : [a, b];
  const bracket = ({ text, steps }: Expression): string =>
    (operator === '*' || operator === '/') && steps > 0 ? `(${text})` : text;
  return { text: `${bracket(left)} ${operator} ${bracket(right)}`, steps: a.steps + b.steps + 1 };
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[random.int(list.length)] as T;
}
