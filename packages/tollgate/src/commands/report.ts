import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { RunReport } from '@tollgate/policy';
import { InvalidOptionError, TollgateError } from '@tollgate/sdk';
import { type Command, InvalidArgumentError } from 'commander';
import { showReport, type ShowOptions } from '../output/show-run.ts';
import { showSpend } from '../output/show-spend.ts';
import { fileToWrite } from './file-to-write.ts';
import { momentOption } from './moment-option.ts';
import { collected, wholeNumber } from './number-option.ts';
import { readSpend, type SpendFlags } from './read-spend.ts';

type ReportFlags = ShowOptions & SpendFlags;

/** Options that say what of a ledger is shown. */
const ledgerOptions = ['scope', 'by', 'from', 'until', 'zone', 'top'] as const satisfies readonly (keyof SpendFlags)[];

/** `tollgate report`: shows the JSON of an earlier run, or the spending in a ledger, as a table or a page. */
export function addReport(program: Command): void {
  program
    .command('report')
    .description('show what "solve --json" printed, or what a ledger says, as a table or a page')
    .argument('<file>', 'JSON of a run, or the file of a ledger')
    .option('--json', 'print the report as JSON')
    .option('--report <file.html>', 'write the page', fileToWrite)
    .option('--scope <kind=id>', 'of a ledger: attempts of this scope only (again: and of that one)', scopeOption)
    .option(
      '--by <kind>',
      'of a ledger: divide by this kind of scope (again: and by that one; default: all)',
      collected,
    )
    .option('--from <date>', 'of a ledger: from this day of the zone, or moment, on', dateOption)
    .option('--until <date>', 'of a ledger: before this day of the zone, or moment', dateOption)
    .option('--zone <zone>', 'of a ledger: whose calendar, for example Europe/Berlin (default: UTC)')
    .option('--top <n>', 'of a ledger: names shown apart in each list (default: 10)', wholeNumber(1))
    .action(async (file: string, flags: ReportFlags) => {
      if (isDatabase(file)) {
        showSpend(await readSpend(file, flags), flags);
        return;
      }
      const report = readReport(file);
      const foreign = ledgerOptions.find((name) => flags[name] !== undefined);
      if (foreign !== undefined) {
        throw new InvalidOptionError(
          foreign,
          `--${foreign} is for ledgers, and ${file} is the JSON of a run. Leave it out, or name the file of a ledger.`,
        );
      }
      showReport(report, flags);
    });
}

function scopeOption(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, kind = '', id = ''] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (kind === '') throw new InvalidArgumentError(`Expected kind=id, for example user=ada; received "${text}".`);
  if (Object.hasOwn(before, kind)) {
    throw new InvalidArgumentError(`There is a scope of the kind "${kind}" already, ${kind}=${before[kind]}.`);
  }
  return { ...before, [kind]: id };
}

/** A day is kept as it is written: when it begins depends on the zone. */
function dateOption(text: string): string {
  momentOption(text);
  return text;
}

const databaseMark = 'SQLite format 3\0';

function isDatabase(path: string): boolean {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const start = Buffer.alloc(databaseMark.length);
    return readSync(file, start, 0, start.length, 0) === start.length && start.toString('latin1') === databaseMark;
  } catch {
    // Said by whoever reads it as JSON.
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function readReport(path: string): RunReport {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TollgateError(
      'invalid-file',
      `${path} could not be read. Name a file with what "tollgate solve --json" printed, or the file of a ledger.`,
      { cause },
    );
  }
  try {
    const report = JSON.parse(text) as Partial<RunReport>;
    if (isReport(report)) return report;
  } catch {
    // What is not JSON is refused like JSON of another kind.
  }
  throw new TollgateError(
    'invalid-file',
    `${path} is neither the JSON of a run nor a ledger. Make one with: tollgate solve … --json > ${path}`,
  );
}

/** Whether all that a report is drawn from is there. */
function isReport(report: Partial<RunReport>): report is RunReport {
  const { strategies, models, ledger, notes, tasks } = report;
  return (
    typeof tasks === 'number' &&
    Array.isArray(notes) &&
    Array.isArray(models) &&
    models.every(({ name, costUsd }) => typeof name === 'string' && typeof costUsd === 'number') &&
    Array.isArray(strategies) &&
    strategies.every(
      ({ name, accuracy, accuracyCi95, costPerTaskUsd, costPerTaskCi95, spendByModel }) =>
        typeof name === 'string' &&
        typeof accuracy === 'number' &&
        typeof costPerTaskUsd === 'number' &&
        accuracyCi95?.length === 2 &&
        costPerTaskCi95?.length === 2 &&
        typeof spendByModel === 'object',
    ) &&
    typeof ledger?.spentUsd === 'number'
  );
}
