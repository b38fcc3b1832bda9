import { formatUsd } from '@tollgate/budget';
import { type BarRow, barRows } from '../report/bar-rows.ts';
import { costUnitFor } from '../report/cost-unit.ts';
import { escapeHtml } from '../report/escape-html.ts';
import { htmlPage, section } from '../report/html-page.ts';
import { modelColour, modelLegend } from '../report/model-colour.ts';
import type { PlotEntry } from '../report/page-entry.ts';
import { scatterPlot } from '../report/scatter-plot.ts';
import { showCount, showCounted, showPercent, showUsd } from '../report/show-number.ts';
import { doubtfulLines } from './doubtful-lines.ts';
import { showAmount } from './render-spend-table.ts';
import { limitName, partCells, promptTokens } from './spend-cells.ts';
import type { SpendPasses, SpendReport, SpendSplit } from './spend-figures.ts';
import { spendHeading } from './spend-heading.ts';
import { doubtfulTable, limitTable, passTable, splitTable, timeTable } from './spend-page-tables.ts';
import { timeColumns } from './time-columns.ts';

/**
 * The report of a ledger as one HTML page that needs nothing else: no script, no font, no picture from anywhere. Light or
 * dark by preference, for wide and narrow windows and for paper. The same report gives the same bytes.
 *
 * @example
 * await writeFile('spend.html', renderSpendHtml(await spendReport(ledger)));
 */
export function renderSpendHtml(report: SpendReport): string {
  const { totals, byModel, byScope, passes, limits } = report;
  const title = `${formatUsd(totals.settled)} spent`;
  return htmlPage(title, [
    '<header>',
    `<h1>${title}</h1>`,
    `<p class="soft">${escapeHtml(spendHeading(report))}</p>`,
    headline(report),
    '</header>',
    ...(totals.attempts === 0 ? [section('Attempts', ['<p>No attempt is in this report.</p>'])] : []),
    ...(limits.length === 0 ? [] : [limitSection(report)]),
    ...(totals.settled.usd > 0 ? [timeSection(report)] : []),
    ...(passes === undefined ? [] : [passSection(passes)]),
    ...[byModel, ...byScope].filter(({ parts }) => parts.length > 0).map(splitSection),
    doubtSection(report),
  ]);
}

function headline({ totals, doubtful }: SpendReport): string {
  const block = (head: string, figure: string, what: string): string =>
    `<div><dt>${head}</dt><dd><span class="big">${figure}</span> <span class="what">${escapeHtml(what)}</span></dd></div>`;
  const { nothingBought } = doubtful;
  const wasted = totals.settled.usd > 0 ? nothingBought.cost.usd / totals.settled.usd : 0;
  const cached = totals.cacheReadShare === null ? '' : `, ${showPercent(totals.cacheReadShare, 0)}\u00a0% from a cache`;
  return `<dl class="headline">${[
    block(
      'Settled',
      formatUsd(totals.settled),
      `in ${showCounted(totals.attempts, 'attempt', 'attempts')}; ${formatUsd(totals.held)} still held, ${formatUsd(totals.overrun)} overrun`,
    ),
    block(
      'Tokens',
      showCount(promptTokens(totals) + totals.tokens.output + totals.tokens.reasoning),
      `${showCount(promptTokens(totals))} in${cached}; ${showCount(totals.tokens.output + totals.tokens.reasoning)} out`,
    ),
    block(
      'Bought nothing',
      `${showPercent(wasted)} %`,
      `${formatUsd(nothingBought.cost)} for ${showCounted(nothingBought.attempts, 'attempt', 'attempts')} without an answer`,
    ),
  ].join('')}</dl>`;
}

/** Bars for wide and for narrow pages. */
function bothBars(title: string, rows: readonly BarRow[]): string {
  return [
    `<div class="wide">${barRows(title, rows, { width: 1040, fontSize: 13, stacked: false })}</div>`,
    `<div class="narrow">${barRows(title, rows, { width: 392, fontSize: 12, stacked: true })}</div>`,
  ].join('\n');
}

function limitSection(report: SpendReport): string {
  const rows = report.limits.map((status): BarRow => {
    const { limit, settled, held, left, used } = status;
    const name = limitName(status);
    const size = (amount: typeof settled): number => (typeof amount === 'number' ? amount : amount.usd);
    // What has passed its cap fills the bar.
    const whole = Math.max(size(limit.cap), size(settled) + size(held)) || 1;
    const rest = Math.max(0, size(limit.cap) - size(settled) - size(held));
    return {
      name,
      segments: [
        { length: size(settled) / whole, style: 'settled', title: `${name}: ${showAmount(settled)} settled` },
        { length: size(held) / whole, style: 'held', title: `${name}: ${showAmount(held)} held` },
        { length: rest / whole, style: 'left', title: `${name}: ${showAmount(left)} left` },
      ],
      figure: used === null ? 'closed' : `${showPercent(used, 0)} % of ${showAmount(limit.cap)}`,
      details: [`${showAmount(left)} left`],
    };
  });
  const swatch = (style: string, text: string): string =>
    `<li><svg class="swatch" viewBox="0 0 12 12" aria-hidden="true"><rect class="${style}" width="12" height="12"/></svg>${text}</li>`;
  return section('Limits', [
    '<p class="caption">As they stand now, by everything that counts against them.</p>',
    `<ul class="legend">${swatch('settled', 'settled')}${swatch('held', 'held')}${swatch('left', 'left')}</ul>`,
    bothBars('How much of each limit is used', rows),
    report.limitsLeftOut > 0
      ? `<p class="caption">And ${showCount(report.limitsLeftOut)} more, used less or not at all.</p>`
      : '',
    `<details><summary>The same as a table</summary>${limitTable(report)}</details>`,
  ]);
}

function timeSection({ overTime }: SpendReport): string {
  const draw = (show: 'each' | 'cumulative'): string =>
    [
      `<div class="wide">${timeColumns(overTime, { width: 1040, height: 240, fontSize: 13, show })}</div>`,
      `<div class="narrow">${timeColumns(overTime, { width: 392, height: 200, fontSize: 12, show })}</div>`,
    ].join('\n');
  return section('Over time', [
    `<p class="caption">US dollars settled in each ${overTime.unit}, by when attempts were admitted (${escapeHtml(overTime.zone)}).</p>`,
    modelLegend(overTime.names),
    draw('each'),
    ...(overTime.buckets.length > 1 ? ['<h3>So far</h3>', draw('cumulative')] : []),
    `<details><summary>The same as a table</summary>${timeTable(overTime)}</details>`,
  ]);
}

function passSection({ policies, byClass, sources }: SpendPasses): string {
  const unit = costUnitFor(policies.map(({ costPerRunUsd }) => costPerRunUsd));
  const entries = policies.map(
    ({ policy, accuracy, accuracyCi95, costPerRunUsd, costPerRunCi95, onFrontier }, i): PlotEntry => ({
      strategy: {
        name: policy,
        accuracy,
        accuracyCi95,
        costPerTaskUsd: costPerRunUsd,
        costPerTaskCi95: costPerRunCi95,
      },
      number: i + 1,
      kind: onFrontier ? 'frontier' : 'beaten',
    }),
  );
  const key = entries.map(
    ({ strategy, number, kind }) => `<li class="${kind}" value="${number}">${escapeHtml(strategy.name)}</li>`,
  );
  return section('What a pass costs', [
    `<p class="caption">By verdicts of ${escapeHtml(sources.join(', '))}, with everything that was charged for each. Up and to the left is better; crosses are 95 % intervals.</p>`,
    `<div class="wide">${scatterPlot(entries, { unit, width: 1040, height: 420, fontSize: 13, labels: 'names' })}</div>`,
    `<div class="narrow">${scatterPlot(entries, { unit, width: 392, height: 360, fontSize: 12, labels: 'numbers' })}</div>`,
    `<ol class="key">${key.join('')}</ol>`,
    passTable(policies, 'Cheapest first; 95 % intervals in brackets; bold: nothing else passes as much for as little.'),
    ...(byClass.length === 0
      ? []
      : ['<h3>By class of task</h3>', passTable(byClass, 'Bold: on the frontier of its class.')]),
  ]);
}

function splitSection(split: SpendSplit): string {
  const lines = partCells(split);
  const most = Math.max(...lines.map(({ sums }) => sums.settled.usd + sums.held.usd)) || 1;
  const all = lines.reduce((sum, { sums }) => sum + sums.settled.usd, 0);
  const isModel = split.kind === 'model';
  const rows = lines.map(({ name, sums }, i): BarRow => {
    const { settled, held, attempts } = sums;
    return {
      name,
      segments: [
        {
          length: settled.usd / most,
          // Of the models, those that have a colour of their own keep it.
          style: isModel && i < 7 ? modelColour(i) : 'settled',
          title: `${name}: ${showUsd(settled.usd)} settled`,
        },
        { length: held.usd / most, style: 'held', title: `${name}: ${showUsd(held.usd)} held` },
      ],
      figure: formatUsd(settled),
      details: [
        ...(all > 0 ? [`${showPercent(settled.usd / all, 0)} %`] : []),
        showCounted(attempts, 'attempt', 'attempts'),
        ...(held.usd > 0 ? [`${formatUsd(held)} held`] : []),
      ],
    };
  });
  return section(`By ${escapeHtml(split.kind)}`, [
    bothBars(`Money by ${split.kind}`, rows),
    `<details><summary>The same as a table</summary>${splitTable(split)}</details>`,
  ]);
}

function doubtSection(report: SpendReport): string {
  const lines = doubtfulLines(report);
  return lines.length === 0 ? '' : section('To look at', [doubtfulTable(lines)]);
}
