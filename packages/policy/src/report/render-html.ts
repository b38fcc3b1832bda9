import { type CostUnit, costUnitOf } from './cost-unit.ts';
import { describePrice } from './describe-price.ts';
import { escapeHtml } from './escape-html.ts';
import { hasRun } from './frontier.ts';
import { htmlPage, section } from './html-page.ts';
import { modelLegend } from './model-colour.ts';
import { type PageEntry, pageEntries } from './page-entry.ts';
import { headlineFigures } from './headline-figures.ts';
import { modelTable, spendTable, strategyTable } from './page-tables.ts';
import type { RunReport } from './run-report.ts';
import { scatterPlot } from './scatter-plot.ts';
import { showCounted } from './show-number.ts';
import { spendBars } from './spend-bars.ts';

/**
 * The report as one HTML page that needs nothing else: no script, no font, no picture from anywhere. Accuracy against
 * cost with intervals and the frontier, where the money went, the same figures as tables, prices and notes in words.
 * Light or dark by preference, for wide and narrow windows and for paper. The same report gives the same bytes.
 *
 * @example
 * await writeFile('report.html', renderHtml(report));
 */
export function renderHtml(report: RunReport): string {
  const entries = pageEntries(report);
  const shown = entries.filter(({ strategy }) => hasRun(strategy));
  const models = modelNames(report);
  const unit = costUnitOf(report.strategies);
  const heading = `${showCounted(report.strategies.length, 'strategy', 'strategies')} on ${showCounted(report.tasks, 'task', 'tasks')}`;
  return htmlPage(heading, [
    '<header>',
    `<h1>${heading}</h1>`,
    `<p class="soft">What each way of asking got right, and what it cost.</p>`,
    headlineFigures(report, unit),
    '</header>',
    ...(shown.length === 0 ? ['<p>No strategy ran.</p>'] : [scatterSection(shown, unit), spendSection(shown, models)]),
    section('All figures', [strategyTable(entries, report, unit)]),
    ...(report.models.length === 0
      ? []
      : [section('Models and prices', [modelTable(report.models), priceList(report)])]),
    notesSection(report),
  ]);
}

const meanings = {
  frontier: 'on the frontier: nothing else is as accurate for as little',
  beaten: 'beaten by a cheaper or more accurate one',
  oracle: 'oracle verifier: saw the grading check, so a bound and not a choice',
} as const satisfies Record<PageEntry['kind'], string>;

function scatterSection(entries: readonly PageEntry[], unit: CostUnit): string {
  const kinds = (['frontier', 'beaten', 'oracle'] as const).filter((kind) =>
    entries.some((entry) => entry.kind === kind),
  );
  const key = entries.map(({ strategy, number, kind }) => {
    const label = kind === 'oracle' ? ' <i>oracle verifier</i>' : '';
    return `<li class="${kind}" value="${number}">${escapeHtml(strategy.name)}${label}</li>`;
  });
  return section('Accuracy against cost', [
    '<p class="caption">Up and to the left is better. Crosses are 95 % intervals.</p>',
    `<ul class="legend">${kinds.map(mark).join('')}</ul>`,
    `<div class="wide">${scatterPlot(entries, { unit, width: 1040, height: 520, fontSize: 13, labels: 'names' })}</div>`,
    `<div class="narrow">${scatterPlot(entries, { unit, width: 392, height: 400, fontSize: 12, labels: 'numbers' })}</div>`,
    `<ol class="key">${key.join('')}</ol>`,
  ]);
}

function mark(kind: PageEntry['kind']): string {
  const drawing = `<path class="interval ${kind}" d="M1 6H21"/><circle class="point ${kind}" cx="11" cy="6" r="5"/>`;
  return `<li><svg class="mark" viewBox="0 0 22 12" aria-hidden="true">${drawing}</svg>${meanings[kind]}</li>`;
}

function spendSection(entries: readonly PageEntry[], models: readonly string[]): string {
  return section('Where each dollar went', [
    '<p class="caption">Everything a strategy asked for is charged to it: answers that lost, judges, aborted samples.</p>',
    modelLegend(models),
    `<div class="wide">${spendBars(entries, models, { width: 1040, fontSize: 13, stacked: false })}</div>`,
    `<div class="narrow">${spendBars(entries, models, { width: 392, fontSize: 12, stacked: true })}</div>`,
    `<details><summary>The same as a table</summary>${spendTable(entries, models)}</details>`,
  ]);
}

function priceList({ models }: RunReport): string {
  const priced = models.flatMap(({ name, price }) =>
    price === undefined ? [] : [{ name, words: describePrice(price) }],
  );
  const words = [...new Set(priced.map((model) => model.words))];
  const items = words.map((price) => {
    const names = priced.filter((model) => model.words === price).map(({ name }) => name);
    return `<dt>${escapeHtml(names.join(', '))}</dt><dd>${escapeHtml(price)}</dd>`;
  });
  return items.length === 0 ? '' : `<h3>Declared prices</h3><dl class="prices">${items.join('')}</dl>`;
}

function notesSection({ notes, strategies }: RunReport): string {
  const reading = [
    'Accuracy is the share of tasks whose answer passed the check; a task without an answer counts as not passed.',
    'Cost-of-pass is the money spent for each task passed. Alone it favours what is cheap and mostly wrong: read it with the accuracy.',
    'Intervals hold the true value in 95 of 100 such runs; they come from drawing the tasks again, so they say nothing about other kinds of tasks.',
    ...(strategies.some(({ oracleVerifier }) => oracleVerifier === true)
      ? ['An oracle verifier saw the check that grades while it ran. It shows how far a perfect verifier would get.']
      : []),
  ];
  return section('Notes', [
    `<ul class="notes">${[...notes, ...reading].map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>`,
  ]);
}

/** The models in the order of the report, then any that only the spending names. */
function modelNames({ models, strategies }: RunReport): string[] {
  return [
    ...new Set([
      ...models.map(({ name }) => name),
      ...strategies.flatMap(({ spendByModel }) => Object.keys(spendByModel)),
    ]),
  ];
}
