import { InvalidOptionError } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ArithmeticOperator, paperAtoms } from './arithmetic-pools.ts';
import { evaluateArithmetic } from './evaluate-arithmetic.ts';
import { generateArithmetic, type GenerateArithmeticOptions } from './generate-arithmetic.ts';
import { parseTasks } from './parse-tasks.ts';
import type { Task } from './task.ts';

const question = (task: Task): string => task.prompt.replace(/^Compute (.*)\.$/, '$1');
// Fractions are numbers, not steps: their slash has no spaces around it.
const operatorsIn = (text: string): string[] => text.match(/ [-+*/] /g)?.map((operator) => operator.trim()) ?? [];

const options = fc.record({
  steps: fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 3 }))
    .map(([min, more]) => [min, min + more] as const),
  count: fc.integer({ min: 1, max: 60 }),
  seed: fc.integer(),
  atoms: fc.constantFrom<'full' | 'integers'>('full', 'integers'),
});

describe('generateArithmetic', () => {
  it('starts from the 1,088 numbers of the paper', () => {
    const atoms = paperAtoms();
    expect(atoms).toHaveLength(100 + 792 + 98 + 98);
    expect(new Set(atoms).size).toBe(1088);
    expect(atoms).toEqual(expect.arrayContaining(['0', '99', '(1/2)', '(99/9)', '2^2', '99^3']));
  });

  it('is the same for the same seed, wherever and whenever it runs', () => {
    const tasks = generateArithmetic({ steps: [1, 4], count: 4, seed: 7, atoms: 'integers' });
    expect(tasks).toEqual(GOLDEN);
  });

  it('makes the asked number of tasks, each once, each worth what its text is worth, with the steps it says', () => {
    fc.assert(
      fc.property(options, (asked) => {
        const tasks = generateArithmetic(asked);
        expect(tasks).toHaveLength(asked.count);
        expect(new Set(tasks.map(question)).size).toBe(asked.count);
        for (const task of tasks) {
          const text = question(task);
          expect(evaluateArithmetic(text)?.toString()).toBe('answer' in task.check ? task.check.answer : undefined);
          expect(task.class).toBe(`steps-${operatorsIn(text).length}`);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('spreads the steps evenly', () => {
    const tasks = generateArithmetic({ steps: [2, 4], count: 100, seed: 1 });
    const perClass = [2, 3, 4].map((steps) => tasks.filter((task) => task.class === `steps-${steps}`).length);
    expect(perClass).toEqual([34, 33, 33]);
  });

  it('only adds tasks at the end when more are asked for', () => {
    const fewer = generateArithmetic({ steps: [1, 3], count: 30, seed: 5 });
    const more = generateArithmetic({ steps: [1, 3], count: 90, seed: 5 });
    expect(more.slice(0, 30)).toEqual(fewer);
  });

  it('gives other questions for another seed', () => {
    const of = (seed: number): string[] => generateArithmetic({ steps: [3, 3], count: 20, seed }).map(question);
    expect(new Set([...of(1), ...of(2)]).size).toBe(40);
  });

  it('keeps integers in their range and to their operators', () => {
    const operators: ArithmeticOperator[] = ['+', '/'];
    const tasks = generateArithmetic({
      steps: [1, 3],
      count: 50,
      seed: 3,
      atoms: 'integers',
      range: [-3, 3],
      operators,
    });
    for (const text of tasks.map(question)) {
      for (const number of text.match(/-?\d+/g) ?? []) expect(Math.abs(Number(number))).toBeLessThanOrEqual(3);
      expect(operators).toEqual(expect.arrayContaining(operatorsIn(text)));
    }
  });

  it('puts brackets around operands with operators under × and ÷ only', () => {
    const texts = generateArithmetic({ steps: [2, 2], count: 400, seed: 11, atoms: 'integers' }).map(question);
    expect(texts.some((text) => /\(.*\) \* \d/.test(text))).toBe(true);
    expect(texts.some((text) => /^\d+ - \d+ [-+] \d+$/.test(text))).toBe(true);
    expect(texts.filter((text) => / [-+] \(/.test(text))).toEqual([]);
  });

  it('writes lines that the reader of task files takes back unchanged', () => {
    const tasks = generateArithmetic({ steps: [1, 6], count: 60, seed: 2 });
    const text = tasks.map((task) => JSON.stringify(task)).join('\n');
    expect(parseTasks(text, { source: 'tasks.jsonl' }).tasks).toEqual(tasks);
  });

  it.each<[string, Partial<GenerateArithmeticOptions>]>([
    ['steps', { steps: [0, 3] }],
    ['steps', { steps: [4, 3] }],
    ['steps', { steps: [1, 21] }],
    ['count', { count: 0 }],
    ['count', { count: 2.5 }],
    ['seed', { seed: Number.NaN }],
    ['range', { range: [2, 9] }],
    ['range', { atoms: 'integers', range: [9, 2] }],
    ['operators', { operators: [] }],
    ['operators', { operators: ['%' as ArithmeticOperator] }],
  ])('refuses %s out of range: %j', (option, wrong) => {
    const build = (): unknown => generateArithmetic({ steps: [1, 2], count: 5, seed: 1, ...wrong });
    expect(build).toThrow(InvalidOptionError);
    expect(build).toThrow(option);
  });

  it('says how many there are when too few different questions exist', () => {
    const build = (count: number): unknown =>
      generateArithmetic({ steps: [1, 1], count, seed: 1, atoms: 'integers', range: [1, 3], operators: ['+'] });
    expect(build(9)).toHaveLength(9);
    expect(() => build(10)).toThrow('more than 9 questions with 1 steps');
    expect(() => generateArithmetic({ steps: [2, 2], count: 1001, seed: 1 })).toThrow('more than 1000 questions');
  });
});

const GOLDEN: Task[] = [
  { id: 'arithmetic-7-0001', prompt: 'Compute 7 - 19.', check: { kind: 'number', answer: '-12' }, class: 'steps-1' },
  {
    id: 'arithmetic-7-0002',
    prompt: 'Compute 3 - 14 * 15.',
    check: { kind: 'number', answer: '-207' },
    class: 'steps-2',
  },
  {
    id: 'arithmetic-7-0003',
    prompt: 'Compute (6 + 8) * 2 + 15.',
    check: { kind: 'number', answer: '43' },
    class: 'steps-3',
  },
  {
    id: 'arithmetic-7-0004',
    prompt: 'Compute 3 * 4 - (17 * 8) * 3.',
    check: { kind: 'number', answer: '-396' },
    class: 'steps-4',
  },
];
