import type { TraceNode } from '../spec/trace.ts';

/**
 * A trace as text for people: a tree with what each node cost, how long it took and why it ended.
 *
 * @example
 * console.log(explain(result.trace));
 */
export function explain(trace: TraceNode): string {
  const rows: Row[] = [];
  walk(trace, { lead: '', rest: '' }, rows);
  const labelWidth = Math.max(...rows.map((row) => row.label.length));
  const moneyWidth = Math.max(...rows.map((row) => row.money.length));
  return rows
    .map((row) => `${row.label.padEnd(labelWidth)}  ${row.money.padStart(moneyWidth)}  ${row.facts}`.trimEnd())
    .join('\n');
}

interface Row {
  readonly label: string;
  readonly money: string;
  readonly facts: string;
}

function walk(node: TraceNode, branch: { readonly lead: string; readonly rest: string }, rows: Row[]): void {
  rows.push({ label: branch.lead + node.name, money: usd(costOf(node)), facts: factsOf(node) });
  const below: ((lead: string, rest: string) => void)[] = node.children.map(
    (child) => (lead, rest) => walk(child, { lead, rest }, rows),
  );
  for (const { name, savedUsd } of node.notAsked ?? []) {
    const facts = savedUsd === undefined ? '' : `saved about ${usd(savedUsd)}`;
    below.push((lead) => rows.push({ label: `${lead}${name} not asked`, money: '', facts }));
  }
  if (node.omitted !== undefined) {
    const money = usd(node.omittedCost?.usd);
    below.push((lead) => rows.push({ label: `${lead}${node.omitted} more`, money, facts: 'left out' }));
  }
  for (const [i, show] of below.entries()) {
    if (i === below.length - 1) show(`${branch.rest}└─ `, `${branch.rest}   `);
    else show(`${branch.rest}├─ `, `${branch.rest}│  `);
  }
}

/** Dollars of a node and all below it, or undefined where nothing was priced. */
function costOf(node: TraceNode): number | undefined {
  let cost = node.omittedCost?.usd;
  for (const charge of node.charges ?? []) if (charge.cost !== undefined) cost = (cost ?? 0) + charge.cost.usd;
  for (const child of node.children) {
    const below = costOf(child);
    if (below !== undefined) cost = (cost ?? 0) + below;
  }
  return cost;
}

function factsOf(node: TraceNode): string {
  const facts: string[] = [];
  if (node.endedAtMs !== undefined) facts.push(`${((node.endedAtMs - node.startedAtMs) / 1000).toFixed(1)} s`);
  if (node.status !== undefined && node.status !== 'answered') facts.push(node.status);
  if (node.rule !== undefined) facts.push(node.rule);
  for (const [name, value] of Object.entries(node.values ?? {})) {
    facts.push(`${name} ${typeof value === 'number' ? Number(value.toPrecision(3)) : value}`);
  }
  return facts.join(', ');
}

/** Dollars with two significant digits at least, without an exponent. */
function usd(amount: number | undefined): string {
  if (amount === undefined) return '';
  if (amount === 0) return '$0';
  const digits = amount >= 0.01 ? 2 : Math.min(20, 1 - Math.floor(Math.log10(amount)));
  return `$${amount.toFixed(digits)}`;
}
