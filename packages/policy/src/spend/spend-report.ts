import { type Ledger, type LedgerRow, moneyOf, nanoOf } from '@tollgate/budget';
import type { PriceKnown, Scopes, UsageKnown } from '@tollgate/sdk';
import { doubtfulSpend } from './doubtful-spend.ts';
import { limitStandings } from './limit-standings.ts';
import { passesOf } from './passes-of.ts';
import type { ChargedAttempts, SpendReport } from './spend-figures.ts';
import { spendOverTime } from './spend-over-time.ts';
import { splitByModel, splitByScope } from './split-rows.ts';
import { chargedBy, sumRows } from './sum-rows.ts';

/** What a report is about. */
export interface SpendReportOptions {
  /** Attempts that name every one of these. @defaultValue all */
  readonly scopes?: Scopes;
  /** Admitted, or judged, at this time or later, in milliseconds since the epoch. @defaultValue the beginning */
  readonly fromMs?: number;
  /** Before this time. @defaultValue the end */
  readonly untilMs?: number;
  /** Kinds of scopes to divide by. @defaultValue every kind that attempts name */
  readonly by?: readonly string[];
  /** Whose clock and calendar: an IANA time zone. @defaultValue 'UTC' */
  readonly zone?: string;
  /** Names that are shown apart in each list; the others are summed. Range [1, ∞). @defaultValue 10 */
  readonly top?: number;
}

/**
 * What a ledger says about the money spent: totals, limits, by model and scope, over time, what a pass costs by the
 * verdicts that were reported, and money of no use. Reads all rows that it is about into memory.
 *
 * Parts add up to the totals to the nano-dollar. The same ledger gives the same report.
 *
 * @throws InvalidOptionError for a time zone that does not exist.
 * @example
 * const report = await spendReport(ledger, { scopes: { org: 'acme' }, zone: 'Europe/Berlin' });
 * console.log(report.totals.settled.usd, report.byModel.parts[0]?.name);
 */
export async function spendReport(ledger: Ledger, options: SpendReportOptions = {}): Promise<SpendReport> {
  const { scopes = {}, fromMs = -Infinity, untilMs = Infinity, zone = 'UTC', top = 10 } = options;
  const isShown = ({ atMs }: { readonly atMs: number }): boolean => atMs >= fromMs && atMs < untilMs;
  const [everything, verdicts] = await Promise.all([ledger.rows({ scopes }), ledger.outcomes(scopes)]);
  // A verdict without an attempt would count as work that cost nothing.
  const allOutcomes = verdicts.filter(({ attempts }) => attempts > 0);
  const allCalls = everything.filter(({ kind }) => kind === 'call');
  const rows = allCalls.filter(isShown);
  const passes = passesOf({ outcomes: allOutcomes.filter(isShown), rows: allCalls, shown: rows, allOutcomes });
  const standings = await limitStandings(ledger, rows, { all: Object.keys(scopes).length === 0 });
  // Most people have not used a limit on each of them.
  const limits = standings.filter(({ limit, used }) => used !== 0 || limit.id !== 'each').slice(0, 2 * top);
  const openGrants = everything.filter(({ kind, cost }) => kind === 'grant' && cost === undefined);
  const { by = [...new Set(rows.flatMap((row) => row.scopes.map(({ kind }) => kind)))] } = options;
  const charged = rows.filter(({ cost }) => cost !== undefined);
  return {
    scopes,
    firstMs: rows.length === 0 ? null : rows.reduce((least, { atMs }) => Math.min(least, atMs), Infinity),
    lastMs: rows.length === 0 ? null : rows.reduce((most, { atMs }) => Math.max(most, atMs), -Infinity),
    totals: sumRows(rows),
    turns: everything.filter((row) => row.kind === 'turn' && isShown(row)).length,
    openGrants: {
      grants: openGrants.length,
      carved: moneyOf(openGrants.reduce((sum, { hold }) => sum + nanoOf(hold), 0n)),
    },
    limits,
    limitsLeftOut: standings.length - limits.length,
    byModel: splitByModel(rows, top),
    byScope: by.map((kind) => splitByScope(kind, rows, top)),
    overTime: spendOverTime(rows, zone),
    ...(passes !== undefined && { passes }),
    doubtful: { ...doubtfulSpend(rows, top), verdictsAboutNothing: verdicts.length - allOutcomes.length },
    byUsageKnown: knownBy<UsageKnown | 'unknown'>(charged, ({ usageKnown }) => usageKnown ?? 'unknown'),
    byPriceKnown: knownBy<PriceKnown>(charged, ({ priceKnown }) => priceKnown),
  };
}

function knownBy<Known extends string>(
  charged: readonly LedgerRow[],
  knownOf: (row: LedgerRow) => Known,
): readonly (ChargedAttempts & { readonly known: Known })[] {
  const spent = charged.filter(({ status }) => status !== 'released');
  return [...Map.groupBy(spent, knownOf)]
    .map(([known, own]) => ({ known, ...chargedBy(own) }))
    .toSorted((a, b) => b.cost.usd - a.cost.usd);
}
