import type { Ending, HostileProgram } from './hostile-programs.ts';
import { tierNames } from './tiers.ts';

const head = ['Program', 'What it tries', 'QuickJS', 'Pyodide', 'bubblewrap'];

/** The table of the guide, from the rows that the tests run. */
export function containmentTable(programs: readonly HostileProgram[]): string {
  const rows = programs.map(({ name, tries, ends }) => [name, tries, ...tierNames.map((tier) => ended(ends[tier]))]);
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

function ended([status, kind]: Ending): string {
  return kind === undefined || kind.toLowerCase() === status ? `\`${status}\`` : `\`${status}\`: ${kind}`;
}

/** The guide with its table written anew. */
export function withTable(page: string, table: string): string {
  return page.replace(/(<!-- containment -->\n\n)[^]*?(\n\n<!-- \/containment -->)/, (_, before: string, after: string) =>
    [before, table, after].join(''),
  );
}
