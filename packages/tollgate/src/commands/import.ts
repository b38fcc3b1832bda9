import {
  type ImportedOutcomes,
  importHeliconeCsv,
  importInspect,
  importLmEval,
  type ImportOptions,
  importPromptfoo,
} from '@tollgate/policy';
import { Argument, type Command, InvalidArgumentError } from 'commander';
import { writeFile } from '../output/write-file.ts';
import { fileToWrite } from './file-to-write.ts';
import { dollars } from './number-option.ts';
import { readText } from './read-text.ts';

interface ImportFlags extends Omit<ImportOptions, 'source'> {
  readonly filter?: string;
  readonly task?: string;
  readonly out?: string;
}

type Importer = (text: string, options: ImportOptions & Pick<ImportFlags, 'filter' | 'task'>) => ImportedOutcomes;

const importers: { readonly [format: string]: Importer } = {
  inspect: importInspect,
  'lm-eval': importLmEval,
  promptfoo: importPromptfoo,
  'helicone-csv': importHeliconeCsv,
};

/** `tollgate import`: the logs that people have, as a table of outcomes. */
export function addImport(program: Command): void {
  program
    .command('import')
    .description('make a table of outcomes of the log of another tool')
    .addArgument(new Argument('<format>', 'which tool wrote it').choices(Object.keys(importers)))
    .argument('<file>', 'its log')
    .option('--out <file>', 'where to write (default: stdout)', fileToWrite)
    .option('--model <name>', 'the model that answered, where the log does not say')
    .option('--score <name>', 'the score, metric or property that says whether an answer is right')
    .option('--correct-from <score>', 'an answer is right from this score up (default: 1)', score)
    .option('--cost-usd <usd>', 'what a sample cost, where the log has neither its cost nor its tokens', dollars)
    .option('--filter <name>', 'lm-eval: the filter whose answers count (default: the first)')
    .option('--task <property>', 'helicone-csv: the property that names the task (default: task)')
    .addHelpText(
      'after',
      `
Logs: an eval log of Inspect AI (JSON), a samples_*.jsonl of lm-evaluation-harness, the results of promptfoo (JSON or
JSON Lines), a CSV export of Helicone. Several logs make one table: append the lines of each.`,
    )
    .action((format: string, path: string, { out, ...flags }: ImportFlags) => {
      const { lines, notes } = importers[format]?.(readText(path), { ...flags, source: path }) ?? {
        lines: [],
        notes: [],
      };
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
      if (out === undefined) process.stdout.write(text);
      else writeFile(out, text);
      for (const note of notes) process.stderr.write(`note: ${note}\n`);
      const count = (field: 'task' | 'model'): number => new Set(lines.map((line) => line[field])).size;
      process.stderr.write(`${lines.length} samples of ${count('model')} models and ${count('task')} tasks\n`);
    });
}

function score(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number)) return number;
  throw new InvalidArgumentError(`Expected a score, for example 0.5; received "${text}".`);
}
