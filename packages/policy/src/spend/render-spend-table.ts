import { formatUsd, type DimensionAmount } from '@tollgate/budget';
import { costUnitFor } from '../report/cost-unit.ts';
import { estimateColumn } from '../report/estimate-column.ts';
import { showCount, showCounted, showPercent } from '../report/show-number.ts';
import { noFigure } from '../report/strategy-figures.ts';
import { type TextColumn, textTable } from '../report/text-table.ts';
import { fitText } from '../report/text-width.ts';
import { usdColumn } from '../report/usd-column.ts';
import { doubtfulLines } from './doubtful-lines.ts';
import { limitName, partCells, partHeads, passCells, promptTokens, resetText } from './spend-cells.ts';
import type { PolicyPasses, SpendPasses, SpendReport, SpendSplit } from './spend-figures.ts';
import { spendHeading } from './spend-heading.ts';

/** Lines over time that a terminal is given; the page and the JSON have all. */
const mostBuckets = 14;

/**
 * The report of a ledger as plain text for a terminal. No colours, and no line end at the end.
 *
 * @example
 * process.stdout.write(`${renderSpendTable(await spendReport(ledger))}\n`);
 */
export function renderSpendTable(report: SpendReport): string {
  const { totals, turns, byModel, byScope, overTime } = report;
  const input = promptTokens(totals);
  const cached = totals.cacheReadShare === null ? '' : `, ${showPercent(totals.cacheReadShare, 0)} % from cache`;
  const sections = [
    [
      `${spendHeading(report)} Money in US dollars.`,
      `settled ${formatUsd(totals.settled)}   held ${formatUsd(totals.held)}   overrun ${formatUsd(totals.overrun)}`,
      `tokens in ${showCount(input)}${cached}   tokens out ${showCount(totals.tokens.output + totals.tokens.reasoning)}${turns > 0 ? `   ${showCounted(turns, 'turn', 'turns')}` : ''}`,
    ],
    limitLines(report),
    ...[byModel, ...byScope].filter(({ parts }) => parts.length > 0).map(splitLines),
    ...(report.passes === undefined ? [] : passLines(report.passes)),
    timeLines(overTime),
    doubtLines(report),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function right(head: string, cells: readonly string[]): TextColumn {
  return { head, cells, align: 'right' };
}

function limitLines({ limits, limitsLeftOut, overTime }: SpendReport): readonly string[] {
  if (limits.length === 0) return [];
  const amounts = (head: string, of: (status: (typeof limits)[number]) => DimensionAmount): TextColumn =>
    right(
      head,
      limits.map((status) => showAmount(of(status))),
    );
  return [
    ...textTable([
      { head: 'limit', cells: limits.map((status) => fitCharacters(limitName(status))) },
      amounts('cap', ({ limit }) => limit.cap),
      amounts('settled', ({ settled }) => settled),
      amounts('held', ({ held }) => held),
      amounts('left', ({ left }) => left),
      right(
        'used, %',
        limits.map(({ used }) => (used === null ? noFigure : showPercent(used, 0))),
      ),
      { head: 'starts again', cells: limits.map((status) => resetText(status, overTime.zone)) },
    ]),
    ...(limitsLeftOut > 0 ? [`and ${showCount(limitsLeftOut)} more, used less or not at all`] : []),
  ];
}

/** An amount of any dimension: `$0.50`, or `1,200`. */
export function showAmount(amount: DimensionAmount): string {
  return typeof amount === 'number' ? showCount(amount) : formatUsd(amount);
}

function splitLines(split: SpendSplit): readonly string[] {
  const lines = partCells(split);
  return textTable([
    { head: split.kind, cells: lines.map(({ name }) => fitCharacters(name)) },
    ...partHeads.map((head, i) =>
      right(
        head,
        lines.map(({ cells }) => cells[i] ?? ''),
      ),
    ),
  ]);
}

function passLines({ policyKind, policies, byClass, sources }: SpendPasses): readonly (readonly string[])[] {
  const unit = costUnitFor(policies.map(({ costPerRunUsd }) => costPerRunUsd));
  const table = (rows: readonly PolicyPasses[]): readonly string[] => {
    const cells = passCells(rows, unit);
    return textTable([
      { head: '', cells: rows.map(({ onFrontier }) => (onFrontier ? '*' : '')) },
      ...(rows.some(({ taskClass }) => taskClass !== undefined)
        ? [{ head: 'class', cells: rows.map(({ taskClass = '' }) => fitCharacters(taskClass)) }]
        : []),
      { head: policyKind, cells: rows.map(({ policy }) => fitCharacters(policy)) },
      { head: 'passed, %', cells: estimateColumn(cells.map(({ accuracy }) => accuracy)) },
      { head: `cost per ${unit.perTasks}`, cells: estimateColumn(cells.map(({ costOfRuns }) => costOfRuns)) },
      { head: unit.costOfPass, cells: estimateColumn(cells.map(({ costOfPasses }) => costOfPasses)) },
      right(
        'cost',
        cells.map(({ cost }) => cost),
      ),
      right(
        'verdicts',
        cells.map(({ runs }) => runs),
      ),
    ]);
  };
  return [
    [
      ...table(policies),
      `* on the frontier: nothing else passes as much for as little. Verdicts by ${sources.join(', ')}; brackets hold 95 % intervals.`,
    ],
    ...(byClass.length === 0 ? [] : [table(byClass)]),
  ];
}

function timeLines({ buckets, unit, zone }: SpendReport['overTime']): readonly string[] {
  if (buckets.length < 2) return [];
  const shown = buckets.slice(-mostBuckets);
  const settled = usdColumn(shown.map((bucket) => bucket.settled.usd));
  const cumulative = usdColumn(shown.map((bucket) => bucket.cumulative.usd));
  return [
    ...textTable([
      { head: `${unit} (${zone})`, cells: shown.map(({ start }) => startText(start, unit)) },
      right(
        'settled',
        shown.map((bucket) => settled(bucket.settled.usd)),
      ),
      right(
        'so far',
        shown.map((bucket) => cumulative(bucket.cumulative.usd)),
      ),
      right(
        'attempts',
        shown.map(({ attempts }) => showCount(attempts)),
      ),
    ]),
    ...(shown.length < buckets.length
      ? [`the last ${shown.length} of ${showCounted(buckets.length, unit, `${unit}s`)}; --json and --report have all`]
      : []),
  ];
}

/** As much of a moment as a unit needs: `2026-11`, `2026-11-24`, `2026-11-24 13:00`. */
export function startText(start: string, unit: SpendReport['overTime']['unit']): string {
  return start.slice(0, { month: 7, day: 10, hour: 16, minute: 16 }[unit]);
}

function doubtLines(report: SpendReport): readonly string[] {
  const lines = doubtfulLines(report);
  if (lines.length === 0) return [];
  return textTable([
    { head: 'to look at', cells: lines.map(({ what }) => what.toLowerCase()) },
    right(
      '',
      lines.map(({ figure }) => figure),
    ),
    { head: '', cells: lines.map(({ meaning }) => meaning) },
  ]);
}

/** Names of at most 48 characters: a table stays on a screen. */
function fitCharacters(name: string): string {
  return name.length <= 48 ? name : fitText(name, { fontSize: 1, width: 28 });
}
