import type { ScopePair } from '../ledger/scope-pair.ts';
import { grantScope } from './grant-row.ts';
import type { StoredAttempt, StoredTotals } from './store.ts';

/** Sums over attempts. A grant counts by what its own attempts have neither spent nor hold of it. */
export function totalsOf(
  attempts: Iterable<StoredAttempt>,
  attemptsOf: (grant: ScopePair) => Iterable<StoredAttempt>,
): StoredTotals {
  let settledNano = 0n;
  let heldNano = 0n;
  let overrunNano = 0n;
  let rows = 0;
  for (const attempt of attempts) {
    if (attempt.kind === 'grant') {
      if (attempt.status !== 'held') continue;
      const used = totalsOf(attemptsOf(grantScope(attempt.attemptId)), attemptsOf);
      const left = attempt.hold.usd - used.settledNano - used.heldNano;
      if (left > 0n) heldNano += left;
      continue;
    }
    if (attempt.kind === 'call') rows += 1;
    settledNano += attempt.cost.usd;
    overrunNano += attempt.overrun.usd;
    if (attempt.status === 'held') heldNano += attempt.hold.usd;
  }
  return { settledNano, heldNano, overrunNano, rows };
}
