import { renderSpendHtml, renderSpendTable, type SpendReport } from '@tollgate/policy';
import type { ShowOptions } from './show-run.ts';
import { writeFile } from './write-file.ts';

/** Prints the report of a ledger: the table or JSON on stdout, the page to its file. */
export function showSpend(report: SpendReport, options: ShowOptions): void {
  process.stdout.write(
    options.json === true ? `${JSON.stringify(report, null, 2)}\n` : `${renderSpendTable(report)}\n`,
  );
  if (options.report === undefined) return;
  writeFile(options.report, renderSpendHtml(report));
  process.stderr.write(`wrote ${options.report}\n`);
}
