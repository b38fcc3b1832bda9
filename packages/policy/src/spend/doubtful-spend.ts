import { type LedgerRow, moneyOf, nanoOf } from '@tollgate/budget';
import type { DoubtfulSpend } from './spend-figures.ts';
import { modelNameOf } from './split-rows.ts';
import { chargedBy } from './sum-rows.ts';

const judges = new Set(['judge', 'verifier', 'scorer']);

/** Money that was of no use, or that nobody is sure about. At most `most` expired holds are named. */
export function doubtfulSpend(rows: readonly LedgerRow[], most: number): Omit<DoubtfulSpend, 'verdictsAboutNothing'> {
  const expired = rows.filter(({ status }) => status === 'expired');
  return {
    nothingBought: chargedBy(
      // A row that was reconciled by hand names no candidate, whether or not there was one.
      rows.filter(
        ({ status, cost, candidateIds }) =>
          status === 'settled' && cost !== undefined && nanoOf(cost) > 0n && candidateIds.length === 0,
      ),
    ),
    released: rows.filter(({ status }) => status === 'released').length,
    judging: chargedBy(
      rows.filter(
        ({ cost, scopes }) => cost !== undefined && scopes.some(({ kind, id }) => kind === 'role' && judges.has(id)),
      ),
    ),
    overruns: overrunsOf(rows),
    expired: {
      attempts: expired.length,
      held: moneyOf(expired.reduce((sum, { hold }) => sum + nanoOf(hold), 0n)),
      first: expired
        .toSorted((a, b) => b.hold.usd - a.hold.usd)
        .slice(0, most)
        .map((row) => ({ attemptId: row.attemptId, atMs: row.atMs, model: modelNameOf(row), hold: row.hold })),
    },
  };
}

function overrunsOf(rows: readonly LedgerRow[]): DoubtfulSpend['overruns'] {
  const overruns = rows.flatMap(({ overrun }) => (overrun === undefined ? [] : [overrun]));
  return [...Map.groupBy(overruns, ({ assumption }) => assumption)]
    .map(([assumption, own]) => ({
      assumption,
      attempts: own.length,
      amount: moneyOf(own.reduce((sum, { amount }) => sum + nanoOf(amount), 0n)),
    }))
    .toSorted((a, b) => b.amount.usd - a.amount.usd);
}
