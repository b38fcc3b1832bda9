import { readFileSync } from 'node:fs';
import type { RunReport } from '@tollgate/policy';
import { TollgateError } from '@tollgate/sdk';
import type { Command } from 'commander';
import { showReport, type ShowOptions } from '../output/show-run.ts';
import { fileToWrite } from './file-to-write.ts';

/** `tollgate report`: shows the JSON of an earlier run as a table or a page. */
export function addReport(program: Command): void {
  program
    .command('report')
    .description('show what "solve --json" printed as a table or a page')
    .argument('<file>', 'JSON of a run')
    .option('--json', 'print the JSON again')
    .option('--report <file.html>', 'write the page', fileToWrite)
    .action((file: string, flags: ShowOptions) => {
      showReport(readReport(file), flags);
    });
}

function readReport(path: string): RunReport {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TollgateError(
      'invalid-file',
      `${path} could not be read. Name a file with what "tollgate solve --json" printed.`,
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
    `${path} is not the JSON of a run. Make one with: tollgate solve … --json > ${path}`,
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
