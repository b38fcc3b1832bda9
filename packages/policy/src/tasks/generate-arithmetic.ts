import { InvalidOptionError } from '@tollgate/sdk';
import { createRandom } from '@tollgate/stats';
import { type ArithmeticOperator, arithmeticPools, paperAtoms } from './arithmetic-pools.ts';
import { evaluateArithmetic } from './evaluate-arithmetic.ts';
import type { Task } from './task.ts';

/** What arithmetic is asked. */
export interface GenerateArithmeticOptions {
  /** Fewest and most operators in a question. Whole numbers, 1 to 20. */
  readonly steps: readonly [min: number, max: number];
  /** Tasks to make, spread evenly over the numbers of steps. At most 1,000 a step, as in the paper. */
  readonly count: number;
  /** A whole number. The same seed gives the same tasks; a larger `count` only adds tasks at the end. */
  readonly seed: number;
  /** `full`: the numbers of the paper, with fractions, squares and cubes. `integers`: whole numbers in `range`. @defaultValue 'full' */
  readonly atoms?: 'full' | 'integers';
  /** Least and largest number of `integers`. @defaultValue [2, 20] */
  readonly range?: readonly [min: number, max: number];
  /** @defaultValue all four for `full`; `+ - *` for `integers`, so that every answer is whole */
  readonly operators?: readonly ArithmeticOperator[];
}

const perLevel = 1000;
const mostSteps = 20;

/**
 * Makes arithmetic that no model has seen, with exact answers (`42`, `-7/3`). No question occurs twice, and none divides
 * by zero. Numbers are printed as `12`, `(7/3)`, `9^2`; `class` is the number of operators, for example `steps-3`.
 *
 * Source: RandomCalculation, arXiv 2507.10532.
 *
 * @throws InvalidOptionError when an option is out of range, or so few different questions exist that `count` is not reached.
 * @example
 * generateArithmetic({ steps: [1, 3], count: 120, seed: 7, atoms: 'integers' })[0];
 * // { id: 'arithmetic-7-0001', prompt: 'Compute 7 + 12.', check: { kind: 'number', answer: '19' }, class: 'steps-1' }
 */
export function generateArithmetic(options: GenerateArithmeticOptions): Task[] {
  const { steps, count, seed } = checked(options);
  const [min, max] = steps;
  const levels = max - min + 1;
  const pools = arithmeticPools({
    atoms: atomsOf(options),
    operators: options.operators ?? (options.atoms === 'integers' ? ['+', '-', '*'] : ['+', '-', '*', '/']),
    levels: max,
    random: createRandom(seed),
  });
  const questions = pools.slice(min).map((pool, level) => questionsOf(pool, Math.ceil((count - level) / levels)));
  return Array.from({ length: count }, (_, i): Task => {
    const level = min + (i % levels);
    const question = questions[level - min]?.[Math.floor(i / levels)];
    if (question === undefined) throw tooFew(level, questions[level - min]?.length ?? 0);
    return {
      id: `arithmetic-${seed}-${String(i + 1).padStart(4, '0')}`,
      prompt: `Compute ${question.text}.`,
      check: { kind: 'number', answer: question.answer },
      class: `steps-${level}`,
    };
  });
}

interface Question {
  readonly text: string;
  readonly answer: string;
}

function questionsOf(pool: readonly string[], wanted: number): Question[] {
  const questions: Question[] = [];
  for (const text of new Set(pool)) {
    if (questions.length >= Math.min(wanted, perLevel)) break;
    const value = evaluateArithmetic(text);
    if (value !== undefined) questions.push({ text, answer: value.toString() });
  }
  return questions;
}

function atomsOf({ atoms, range = [2, 20] }: GenerateArithmeticOptions): string[] {
  if (atoms !== 'integers') return paperAtoms();
  const [min, max] = range;
  return Array.from({ length: max - min + 1 }, (_, i) => (min + i < 0 ? `(${min + i})` : String(min + i)));
}

function checked(options: GenerateArithmeticOptions): GenerateArithmeticOptions {
  const { steps, count, seed, atoms = 'full', range, operators } = options;
  requirePair('steps', steps, [1, mostSteps]);
  if (!Number.isSafeInteger(count) || count < 1) throw invalid('count', 'a whole number of at least 1', count);
  if (!Number.isSafeInteger(seed)) throw invalid('seed', 'a whole number', seed);
  if (range !== undefined) {
    if (atoms !== 'integers')
      throw new InvalidOptionError(
        'range',
        'range applies to atoms: "integers" only. Leave it out, or ask for integers.',
      );
    requirePair('range', range, [-1_000_000, 1_000_000]);
  }
  if (
    operators !== undefined &&
    (operators.length === 0 || operators.some((operator) => !['+', '-', '*', '/'].includes(operator)))
  ) {
    throw invalid('operators', 'some of + - * /', operators.join(' '));
  }
  return options;
}

function requirePair(option: string, pair: readonly [number, number], [least, most]: readonly [number, number]): void {
  const [min, max] = pair;
  if (Number.isInteger(min) && Number.isInteger(max) && least <= min && min <= max && max <= most) return;
  throw invalid(option, `two whole numbers [min, max] with ${least} <= min <= max <= ${most}`, `[${pair.join(', ')}]`);
}

function invalid(option: string, expectation: string, received: unknown): InvalidOptionError {
  return new InvalidOptionError(option, `${option} must be ${expectation}, received ${String(received)}.`);
}

function tooFew(steps: number, questions: number): InvalidOptionError {
  const limit = questions < perLevel ? 'only that many different ones were found' : 'the generator makes no more';
  return new InvalidOptionError(
    'count',
    `count asks for more than ${questions} questions with ${steps} steps, and ${limit}. Ask for fewer, or for more steps, numbers or operators.`,
  );
}
