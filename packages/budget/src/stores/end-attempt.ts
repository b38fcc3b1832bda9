import { type Amounts, amountsBy, isWithin, noAmounts } from '../ledger/dimension.ts';
import type { Ending, StoredAttempt } from './store.ts';

const reconciled = 'the attempt cost no more than it was reconciled at';

/**
 * Ends an attempt once; a second end changes nothing and gives undefined.
 *
 * An end by whoever holds is the truth, so it also replaces a `reconciled` one, which was somebody's word after the
 * lease had run out. What passes what was set aside is an overrun: of the hold, or, after a reconciliation gave part
 * of the hold back, of the part that was left.
 */
export function endAttempt(attempt: StoredAttempt, ending: Ending): StoredAttempt | undefined {
  const held = attempt.status === 'held';
  if (!held && (attempt.status !== 'reconciled' || ending.status === 'reconciled')) return undefined;
  const { cost } = ending;
  const setAside = held ? attempt.hold : difference(attempt.cost, attempt.overrun);
  const overrun = overrunOf(cost, setAside);
  const wasLowered = !held && setAside.usd < attempt.hold.usd;
  return {
    attemptId: attempt.attemptId,
    kind: attempt.kind,
    atMs: attempt.atMs,
    leaseUntilMs: attempt.leaseUntilMs,
    endedAtMs: ending.atMs,
    scopes: attempt.scopes,
    paid: attempt.paid,
    model: attempt.model,
    label: attempt.label,
    status: ending.status,
    hold: attempt.hold,
    cost,
    overrun,
    assumption: overrun === noAmounts ? undefined : wasLowered ? reconciled : ending.assumption,
    priceKnown: ending.priceKnown ?? attempt.priceKnown,
    usage: ending.usage,
    usageKnown: ending.usageKnown,
    candidateIds: ending.candidateIds,
    reason: ending.reason,
  };
}

function overrunOf(cost: Amounts, setAside: Amounts): Amounts {
  if (isWithin(cost, setAside)) return noAmounts;
  return amountsBy((each) => (cost[each] > setAside[each] ? cost[each] - setAside[each] : 0n));
}

function difference(from: Amounts, less: Amounts): Amounts {
  return amountsBy((each) => from[each] - less[each]);
}
