import { renderHtml, renderTable, type RunOutcome, type RunReport, type TracedTask } from '@tollgate/policy';
import { explain } from '@tollgate/sdk';
import { exitCodes } from '../exit-codes.ts';
import { writeFile } from './write-file.ts';

/** How a report is shown. */
export interface ShowOptions {
  readonly json?: boolean;
  /** Where the page goes. */
  readonly report?: string;
}

/** Prints a report: the table or JSON on stdout, the decisions of the task that was asked about below it, the page to its file. */
export function showReport(report: RunReport, options: ShowOptions, traces: readonly TracedTask[] = []): void {
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ ...report, ...(traces.length > 0 && { traces }) }, null, 2)}\n`);
  } else {
    process.stdout.write(`${renderTable(report)}\n`);
    for (const { trace } of traces) process.stdout.write(`\n${explain(trace)}\n`);
  }
  if (options.report === undefined) return;
  writeFile(options.report, renderHtml(report));
  process.stderr.write(`wrote ${options.report}\n`);
}

/** Says why a run ended early or came to nothing, and gives the exit code for it. */
export function exitCodeOf({ stopped, lines = [] }: Partial<Pick<RunOutcome, 'stopped' | 'lines'>>): number {
  if (stopped === undefined) {
    const [first] = lines;
    if (first === undefined || lines.some(({ status }) => status !== 'failed')) return exitCodes.done;
    process.stderr.write(`tollgate: every call failed. The first: ${first.reason}\n`);
    return exitCodes.failed;
  }
  process.stderr.write(`tollgate: ${stopped.by === 'budget' ? 'stopped by the budget: ' : ''}${stopped.message}\n`);
  switch (stopped.by) {
    case 'budget':
      return exitCodes.budget;
    case 'abort':
      return exitCodes.interrupted;
    case 'error':
      return exitCodes.failed;
    default:
      return stopped.by satisfies never;
  }
}
