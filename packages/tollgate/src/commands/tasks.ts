import { generateArithmetic } from '@tollgate/policy';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { writeFile } from '../output/write-file.ts';
import { wholeNumber, wholeRange } from './number-option.ts';

type Operator = '+' | '-' | '*' | '/';

interface ArithmeticFlags {
  readonly steps: readonly [number, number];
  readonly count: number;
  readonly seed: number;
  readonly atoms: 'full' | 'integers';
  readonly range?: readonly [number, number];
  readonly operators?: readonly Operator[];
  readonly out?: string;
}

/** `tollgate tasks`: makes task files. */
export function addTasks(program: Command): void {
  program
    .command('tasks')
    .description('make task files')
    .command('arithmetic')
    .description('arithmetic that no model has seen, with exact answers')
    .option('--steps <min..max>', 'operators in a question', wholeRange, [1, 5] as const)
    .option('--count <n>', 'tasks', wholeNumber(1), 200)
    .option('--seed <n>', 'the same seed gives the same tasks', wholeNumber(0), 7)
    .addOption(
      new Option('--atoms <kind>', 'numbers: full has fractions, squares and cubes')
        .choices(['full', 'integers'])
        .default('full'),
    )
    .option('--range <min..max>', 'least and largest of the integers', wholeRange)
    .option('--operators <list>', 'some of + - * / (default: all, with integers + - *)', operators)
    .option('--out <file>', 'where to write (default: stdout)')
    .action((flags: ArithmeticFlags) => {
      const { out, range, operators: chosen, ...options } = flags;
      const tasks = generateArithmetic({
        ...options,
        ...(range !== undefined && { range }),
        ...(chosen !== undefined && { operators: chosen }),
      });
      const text = tasks.map((task) => `${JSON.stringify(task)}\n`).join('');
      if (out === undefined) process.stdout.write(text);
      else {
        writeFile(out, text);
        process.stderr.write(`${tasks.length} tasks in ${out}\n`);
      }
    });
}

function operators(text: string): readonly Operator[] {
  const list = text.split('').filter((character) => character !== ',' && character !== ' ');
  const wrong = list.find((character) => !'+-*/'.includes(character));
  if (list.length === 0 || wrong !== undefined)
    throw new InvalidArgumentError(`Expected some of + - * /; received "${text}".`);
  return list as Operator[];
}
