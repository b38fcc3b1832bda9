import type { CostUnit } from './cost-unit.ts';
import { escapeHtml } from './escape-html.ts';
import { cell, estimateCells, type Head, htmlTable, nameCell } from './html-table.ts';
import type { PageEntry } from './page-entry.ts';
import type { ModelReport, RunReport } from './run-report.ts';
import { showCount } from './show-number.ts';
import { noFigure, strategyFigures } from './strategy-figures.ts';
import { usdColumn } from './usd-column.ts';

/** Every figure of every strategy, in the order of the entries. */
export function strategyTable(entries: readonly PageEntry[], report: RunReport, unit: CostUnit): string {
  const figures = strategyFigures({ ...report, strategies: entries.map(({ strategy }) => strategy) }, unit);
  const silent = entries.some(({ strategy }) => strategy.abstained > 0);
  const timed = entries.some(({ strategy }) => strategy.wallSeconds !== undefined);
  const heads: Head[] = [
    { text: '#' },
    { text: 'Strategy', left: true },
    { text: 'Accuracy, %', span: 2 },
    { text: `$ per ${unit.perTasks}`, span: 2 },
    { text: `$ ${unit.costOfPass}`, span: 2 },
    ...['$ in all', 'Attempts', 'Tokens', ...(silent ? ['No answer'] : []), ...(timed ? ['Seconds'] : [])].map(
      (text) => ({ text }),
    ),
  ];
  const rows = entries.map((entry, i) => {
    const row = figures[i];
    if (row === undefined) return '';
    const estimates = [row.passed, row.costOfTasks, row.costOfPasses].map(estimateCells);
    const counts = [
      row.cost,
      row.attempts,
      row.tokens,
      ...(silent ? [row.abstained] : []),
      ...(timed ? [row.seconds] : []),
    ];
    return strategyRow(entry, [...estimates, ...counts.map(cell)]);
  });
  return htmlTable('Cheapest first; 95 % intervals in brackets; bold: on the frontier.', heads, rows);
}

/** What every strategy spent on every model. */
export function spendTable(entries: readonly PageEntry[], models: readonly string[]): string {
  const show = usdColumn(entries.flatMap(({ strategy }) => Object.values(strategy.spendByModel)));
  const heads: Head[] = [
    { text: '#' },
    { text: 'Strategy', left: true },
    ...[...models, 'All'].map((text) => ({ text })),
  ];
  const rows = entries.map((entry) => {
    const { spendByModel, costUsd } = entry.strategy;
    const spent = models.map((model) => spendByModel[model]).map((usd) => (usd === undefined ? noFigure : show(usd)));
    return strategyRow(entry, [...spent, show(costUsd)].map(cell));
  });
  return htmlTable('US dollars by strategy and model.', heads, rows);
}

/** What every model did over all strategies. */
export function modelTable(models: readonly ModelReport[]): string {
  const show = usdColumn(models.map(({ costUsd }) => costUsd));
  const heads: Head[] = [
    { text: 'Model', left: true },
    { text: 'Engine and id', left: true },
    ...['$ in all', 'Attempts', 'Tokens'].map((text) => ({ text })),
  ];
  const rows = models.map(({ name, provider, modelId, costUsd, attempts, tokens }) => {
    const cells = [show(costUsd), showCount(attempts), showCount(tokens)];
    return `<tr>${nameCell(name)}<td class="text">${escapeHtml(`${provider}/${modelId}`)}</td>${cells.map(cell).join('')}</tr>`;
  });
  return htmlTable('Over all strategies together.', heads, rows);
}

function strategyRow({ strategy, number, kind }: PageEntry, cells: readonly string[]): string {
  const label = kind === 'oracle' ? ' <span class="label">oracle verifier</span>' : '';
  return `<tr class="${kind}"><td>${number}</td>${nameCell(strategy.name, label)}${cells.join('')}</tr>`;
}
