import {
  type DimensionAmount,
  type Ledger,
  type LedgerRow,
  type Limit,
  nanoOf,
  type ScopePair,
} from '@tollgate/budget';
import type { LimitStanding } from './spend-figures.ts';

/**
 * Where the limits stand on the scopes that some rows name, and, with `all`, on every scope that has a limit of its own.
 * Most used first.
 */
export async function limitStandings(
  ledger: Ledger,
  rows: readonly LedgerRow[],
  { all }: { readonly all: boolean },
): Promise<readonly LimitStanding[]> {
  const limits = await ledger.limits();
  const openGrants = await ledger.rows({ kind: 'grant' });
  const standings = new Map<string, LimitStanding>();
  for (const scope of scopesWith(limits, rows, all)) {
    // A grant that is closed has no limit any more, and cannot be asked about.
    if (
      scope.kind === 'grant' &&
      !openGrants.some((row) => row.attemptId === `grant:${scope.id}` && row.cost === undefined)
    )
      continue;
    for (const status of (await ledger.remaining([scope])).limits) {
      standings.set(JSON.stringify([scope, status.limit]), { ...status, used: usedOf(status) });
    }
  }
  return [...standings.values()].toSorted((a, b) => (b.used ?? Infinity) - (a.used ?? Infinity) || 0);
}

function scopesWith(limits: readonly Limit[], rows: readonly LedgerRow[], all: boolean): readonly ScopePair[] {
  const kinds = new Set(limits.map(({ kind }) => kind));
  const own = all ? limits.filter(({ id }) => id !== 'each') : [];
  const named = rows.flatMap(({ scopes }) => scopes.filter(({ kind }) => kinds.has(kind)));
  return [...new Map([...own, ...named].map(({ kind, id }) => [JSON.stringify([kind, id]), { kind, id }])).values()];
}

function usedOf({ limit, settled, held }: Pick<LimitStanding, 'limit' | 'settled' | 'held'>): number | null {
  const cap = unitsOf(limit.cap);
  return cap > 0 ? (unitsOf(settled) + unitsOf(held)) / cap : null;
}

function unitsOf(amount: DimensionAmount): number {
  return typeof amount === 'number' ? amount : Number(nanoOf(amount));
}
