import { type Amounts, amountsBy, type Dimension, noAmounts } from '../ledger/dimension.ts';
import type { Balance, Ending, StoredAttempt } from './store.ts';

/** An attempt after its end, and what that adds to the balances that count it. */
export interface Change {
  readonly attempt: StoredAttempt;
  readonly changeIn: (dimension: Dimension) => Balance;
}

const reconciled = 'the attempt cost no more than it was reconciled at';

/**
 * Ends an attempt once; a second end changes nothing and gives undefined.
 *
 * An end by whoever holds is the truth, so it also replaces a `reconciled` one, which was somebody's word after the
 * lease had run out. What passes what was set aside is an overrun: of the hold, or, after a reconciliation gave part
 * of the hold back, of the part that was left.
 */
export function endAttempt(attempt: StoredAttempt, ending: Ending): Change | undefined {
  const held = attempt.status === 'held';
  if (!held && (attempt.status !== 'reconciled' || ending.status === 'reconciled')) return undefined;
  const { cost } = ending;
  const setAside = held ? attempt.hold : amountsBy((each) => attempt.cost[each] - attempt.overrun[each]);
  const overrun = overrunOf(cost, setAside);
  const wasLowered = !held && setAside.usd < attempt.hold.usd;
  const ended: StoredAttempt = {
    ...attempt,
    status: ending.status,
    endedAtMs: ending.atMs,
    cost,
    overrun,
    assumption: overrun === noAmounts ? undefined : wasLowered ? reconciled : ending.assumption,
    priceKnown: ending.priceKnown ?? attempt.priceKnown,
    usage: ending.usage,
    usageKnown: ending.usageKnown,
    candidateIds: ending.candidateIds,
    reason: ending.reason,
  };
  return {
    attempt: ended,
    changeIn: (dimension) => ({
      settled: cost[dimension] - attempt.cost[dimension],
      held: held ? -attempt.hold[dimension] : 0n,
      overrun: overrun[dimension] - attempt.overrun[dimension],
    }),
  };
}

function overrunOf(cost: Amounts, setAside: Amounts): Amounts {
  const overran = (each: Dimension): boolean => cost[each] > setAside[each];
  if (!(overran('usd') || overran('tokens') || overran('calls') || overran('turns') || overran('seconds'))) {
    return noAmounts;
  }
  return amountsBy((each) => (overran(each) ? cost[each] - setAside[each] : 0n));
}
