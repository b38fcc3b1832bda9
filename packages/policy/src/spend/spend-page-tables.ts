import { costUnitFor } from '../report/cost-unit.ts';
import { escapeHtml } from '../report/escape-html.ts';
import { cell, estimateCells, type Head, htmlTable, nameCell } from '../report/html-table.ts';
import { showCount, showPercent } from '../report/show-number.ts';
import { noFigure } from '../report/strategy-figures.ts';
import { usdColumn } from '../report/usd-column.ts';
import type { DoubtfulLine } from './doubtful-lines.ts';
import { showAmount, startText } from './render-spend-table.ts';
import { limitName, partCells, partHeads, passCells, resetText } from './spend-cells.ts';
import type { PolicyPasses, SpendOverTime, SpendReport, SpendSplit } from './spend-figures.ts';

const heads = (texts: readonly string[]): Head[] => texts.map((text) => ({ text }));
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A division of the money, part by part. */
export function splitTable(split: SpendSplit): string {
  const rows = partCells(split).map(({ name, cells }) => `<tr>${nameCell(name)}${cells.map(cell).join('')}</tr>`);
  const texts = partHeads.map((head) => (head === 'settled' || head === 'held' ? `$ ${head}` : capital(head)));
  return htmlTable('Dearest first.', [{ text: capital(split.kind), left: true }, ...heads(texts)], rows);
}

/** Every limit, with its numbers. */
export function limitTable({ limits, overTime: { zone } }: SpendReport): string {
  const rows = limits.map((status) => {
    const { limit, settled, held, left, used } = status;
    const amounts = [limit.cap, settled, held, left].map(showAmount);
    const cells = [...amounts, used === null ? noFigure : showPercent(used, 0), resetText(status, zone)];
    return `<tr>${nameCell(limitName(status))}${cells.map(cell).join('')}</tr>`;
  });
  const columns = ['Cap', 'Settled', 'Held', 'Left', 'Used, %', `Starts again (${zone})`];
  return htmlTable('Most used first.', [{ text: 'Limit', left: true }, ...heads(columns)], rows);
}

/** Policies with intervals, numbered as in the plot. */
export function passTable(policies: readonly PolicyPasses[], caption: string): string {
  const unit = costUnitFor(policies.map(({ costPerRunUsd }) => costPerRunUsd));
  const figures = passCells(policies, unit);
  const classified = policies.some(({ taskClass }) => taskClass !== undefined);
  const rows = policies.map(({ policy, taskClass = '', onFrontier }, i) => {
    const row = figures[i];
    if (row === undefined) return '';
    const lead = classified ? `<td class="text">${escapeHtml(taskClass)}</td>` : cell(String(i + 1));
    const estimates = [row.accuracy, row.costOfRuns, row.costOfPasses].map(estimateCells);
    return `<tr${onFrontier ? ' class="frontier"' : ''}>${lead}${nameCell(policy)}${estimates.join('')}${cell(row.cost)}${cell(row.runs)}</tr>`;
  });
  const columns: Head[] = [
    classified ? { text: 'Class', left: true } : { text: '#' },
    { text: 'Policy', left: true },
    { text: 'Passed, %', span: 2 },
    { text: `$ per ${unit.perTasks}`, span: 2 },
    { text: `$ ${unit.costOfPass}`, span: 2 },
    ...heads(['$ in all', 'Verdicts']),
  ];
  return htmlTable(caption, columns, rows);
}

/** What each stretch of time added. */
export function timeTable({ names, buckets, unit, zone }: SpendOverTime): string {
  const show = usdColumn(buckets.flatMap(({ byName }) => byName.map(({ usd }) => usd)));
  const rows = buckets.map(({ start, byName, settled, cumulative, attempts }) => {
    const cells = [...byName, settled, cumulative].map(({ usd }) => (usd > 0 ? show(usd) : noFigure));
    return `<tr>${nameCell(startText(start, unit))}${[...cells, showCount(attempts)].map(cell).join('')}</tr>`;
  });
  const columns = [...names, 'All', 'So far', 'Attempts'];
  return htmlTable(
    'US dollars by time of admission.',
    [{ text: `${capital(unit)} (${zone})`, left: true }, ...heads(columns)],
    rows,
  );
}

/** Findings in words. */
export function doubtfulTable(lines: readonly DoubtfulLine[]): string {
  const rows = lines.map(
    ({ what, figure, meaning }) =>
      `<tr>${nameCell(what)}${cell(figure)}<td class="text prose">${escapeHtml(meaning)}</td></tr>`,
  );
  return htmlTable(
    'Charged for nothing, not certain, or waiting for somebody.',
    [{ text: 'What', left: true }, { text: 'How much' }, { text: '', left: true }],
    rows,
  );
}
