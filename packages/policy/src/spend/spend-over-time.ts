import { type LedgerRow, moneyOf, windowAt, windowName } from '@tollgate/budget';
import type { SpendBucket, SpendOverTime } from './spend-figures.ts';
import { modelNameOf, splitByModel } from './split-rows.ts';
import { settledNano } from './sum-rows.ts';

/** As many as the page has colours. */
const mostNames = 8;
const othersName = 'all others';
const hourMs = 3_600_000;

type Unit = SpendOverTime['unit'];

/**
 * What attempts were charged over time, by model: minutes for up to two hours, hours for up to five days, days for up to
 * 200, then months, by the calendar of `zone`.
 *
 * @throws InvalidOptionError for a time zone that does not exist.
 */
export function spendOverTime(rows: readonly LedgerRow[], zone: string): SpendOverTime {
  // An unknown zone is refused without a row too.
  windowName('day', zone);
  const times = rows.map(({ atMs }) => atMs);
  const firstMs = times.reduce((a, b) => Math.min(a, b), Infinity);
  const lastMs = times.reduce((a, b) => Math.max(a, b), -Infinity);
  const unit = unitFor(Math.max(0, lastMs - firstMs));
  const names = namesOf(rows);
  const place = new Map(names.map((name, i) => [name, i]));
  const starts = rows.length === 0 ? [] : startsOf(unit, zone, { firstMs, lastMs });
  const sums = starts.map(() => ({ attempts: 0, byName: names.map(() => 0n) }));
  for (const row of rows) {
    const sum = sums[lastAtMost(starts, row.atMs)];
    const at = place.get(modelNameOf(row)) ?? names.length - 1;
    if (sum === undefined) continue;
    sum.attempts += 1;
    sum.byName[at] = (sum.byName[at] ?? 0n) + settledNano(row.cost);
  }
  const clock = clockOf(zone);
  let cumulative = 0n;
  const buckets = starts.map((startMs, i): SpendBucket => {
    const { attempts, byName } = sums[i] ?? { attempts: 0, byName: [] };
    const settled = byName.reduce((sum, nano) => sum + nano, 0n);
    cumulative += settled;
    return {
      startMs,
      start: clock(startMs),
      attempts,
      byName: byName.map(moneyOf),
      settled: moneyOf(settled),
      cumulative: moneyOf(cumulative),
    };
  });
  return { unit, zone, names, buckets };
}

function unitFor(spanMs: number): Unit {
  if (spanMs <= 2 * hourMs) return 'minute';
  if (spanMs <= 5 * 24 * hourMs) return 'hour';
  return spanMs <= 200 * 24 * hourMs ? 'day' : 'month';
}

function namesOf(rows: readonly LedgerRow[]): string[] {
  const names = splitByModel(rows, Infinity).parts.map(({ name }) => name);
  return names.length <= mostNames ? names : [...names.slice(0, mostNames - 1), othersName];
}

function startsOf(
  unit: Unit,
  zone: string,
  { firstMs, lastMs }: { readonly firstMs: number; readonly lastMs: number },
): number[] {
  // Every zone that is in use is whole minutes from UTC.
  const sliceAt = (ms: number): { readonly since: number; readonly until: number } => {
    if (unit !== 'minute') return windowAt(windowName(unit, zone), ms);
    const since = Math.floor(ms / 60_000) * 60_000;
    return { since, until: since + 60_000 };
  };
  const starts: number[] = [];
  for (let slice = sliceAt(firstMs); slice.since <= lastMs; slice = sliceAt(slice.until)) starts.push(slice.since);
  return starts;
}

function lastAtMost(starts: readonly number[], ms: number): number {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? Infinity) <= ms) low = middle;
    else high = middle;
  }
  return low;
}

/** A moment by the clock of a zone: `2026-11-24 13:00`. */
export function clockOf(zone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (ms) => format.format(ms);
}
