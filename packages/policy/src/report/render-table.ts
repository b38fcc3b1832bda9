import { costUnitOf } from './cost-unit.ts';
import { estimateColumn } from './estimate-column.ts';
import { frontierOf } from './frontier.ts';
import type { LedgerReport, ModelReport, RunReport } from './run-report.ts';
import { showCount, showCounted, showUsd } from './show-number.ts';
import { type StrategyFigures, strategyFigures } from './strategy-figures.ts';
import { type TextColumn, textTable } from './text-table.ts';
import { usdColumn } from './usd-column.ts';

/**
 * The report as plain text for a terminal: one line a strategy, in the order they were asked for, `*` in front of those
 * on the frontier of accuracy and cost. No colours, and no line end at the end.
 *
 * @example
 * process.stdout.write(`${renderTable(report)}\n`);
 */
export function renderTable(report: RunReport): string {
  const { tasks, strategies, models, ledger, notes } = report;
  const counts = `${showCounted(tasks, 'task', 'tasks')}, ${showCounted(strategies.length, 'strategy', 'strategies')}`;
  const hasOracle = strategies.some((strategy) => strategy.oracleVerifier === true);
  return [
    `${counts}. Money in US dollars; brackets hold 95 % intervals.`,
    '',
    ...textTable(strategyColumns(report)),
    '',
    ...(models.length === 0 ? [] : [...textTable(modelColumns(models)), '']),
    moneyLine(ledger),
    ...(frontierOf(strategies).length > 0
      ? ['* on the frontier: nothing else is as accurate for as little money']
      : []),
    ...(hasOracle ? ['oracle verifier: it saw the grading check while it ran, so it is a bound and not a choice'] : []),
    ...notes.map((note) => `note: ${note}`),
  ].join('\n');
}

function moneyLine({ capUsd, spentUsd, heldUsd, rows }: LedgerReport): string {
  if (capUsd === null)
    return `no cap   ${showUsd(spentUsd)} in recorded samples   ${showCounted(rows, 'draw', 'draws')}`;
  return `cap ${showUsd(capUsd)}   spent ${showUsd(spentUsd)}   held ${showUsd(heldUsd)}   ${showCounted(rows, 'ledger row', 'ledger rows')}`;
}

function strategyColumns(report: RunReport): TextColumn[] {
  const { strategies } = report;
  const unit = costUnitOf(strategies);
  const frontier = new Set(frontierOf(strategies));
  const figures = strategyFigures(report, unit);
  const right = (head: string, cell: (row: StrategyFigures) => string): TextColumn => ({
    head,
    cells: figures.map(cell),
    align: 'right',
  });
  return [
    { head: '', cells: strategies.map((strategy) => (frontier.has(strategy) ? '*' : '')) },
    {
      head: 'strategy',
      cells: strategies.map(({ name, oracleVerifier }) =>
        oracleVerifier === true ? `${name} (oracle verifier)` : name,
      ),
    },
    { head: 'accuracy, %', cells: estimateColumn(figures.map(({ passed }) => passed)) },
    { head: `cost per ${unit.perTasks}`, cells: estimateColumn(figures.map(({ costOfTasks }) => costOfTasks)) },
    { head: unit.costOfPass, cells: estimateColumn(figures.map(({ costOfPasses }) => costOfPasses)) },
    right('cost', ({ cost }) => cost),
    right('attempts', ({ attempts }) => attempts),
    right('tokens', ({ tokens }) => tokens),
    ...(strategies.some(({ abstained }) => abstained > 0) ? [right('no answer', ({ abstained }) => abstained)] : []),
    ...(strategies.some(({ wallSeconds }) => wallSeconds !== undefined)
      ? [right('seconds', ({ seconds }) => seconds)]
      : []),
  ];
}

function modelColumns(models: readonly ModelReport[]): TextColumn[] {
  const right = (head: string, cell: (model: ModelReport) => string): TextColumn => ({
    head,
    cells: models.map(cell),
    align: 'right',
  });
  const cost = usdColumn(models.map(({ costUsd }) => costUsd));
  return [
    { head: '', cells: models.map(() => ' ') },
    { head: 'model', cells: models.map(({ name }) => name) },
    right('cost', ({ costUsd }) => cost(costUsd)),
    right('attempts', ({ attempts }) => showCount(attempts)),
    right('tokens', ({ tokens }) => showCount(tokens)),
  ];
}
