import type { Balance, Ending, StoredAttempt } from './store.ts';

/** An attempt after its end, and what that adds to the balance of each of its scopes. */
export interface Ended {
  readonly attempt: StoredAttempt;
  readonly change: Balance;
}

const reconciled = 'the attempt cost no more than it was reconciled at';

/**
 * Ends an attempt once; a second end changes nothing and gives undefined.
 *
 * An end by whoever holds is the truth, so it also replaces a `reconciled` one, which was somebody's word after the
 * lease had run out. What passes the money set aside is an overrun: of the hold, or, after a reconciliation gave part
 * of the hold back, of the part that was left.
 */
export function endAttempt(attempt: StoredAttempt, ending: Ending): Ended | undefined {
  const held = attempt.status === 'held';
  if (!held && (attempt.status !== 'reconciled' || ending.status === 'reconciled')) return undefined;
  const setAsideNano = held ? attempt.holdNano : attempt.costNano - attempt.overrunNano;
  const overrunNano = ending.costNano > setAsideNano ? ending.costNano - setAsideNano : 0n;
  return {
    attempt: {
      ...attempt,
      status: ending.status,
      costNano: ending.costNano,
      overrunNano,
      assumption: overrunNano === 0n ? undefined : setAsideNano < attempt.holdNano ? reconciled : ending.assumption,
      priceKnown: ending.priceKnown ?? attempt.priceKnown,
      usage: ending.usage,
      usageKnown: ending.usageKnown,
      candidateIds: ending.candidateIds,
      reason: ending.reason,
    },
    change: {
      settledNano: ending.costNano - attempt.costNano,
      heldNano: held ? -attempt.holdNano : 0n,
      overrunNano: overrunNano - attempt.overrunNano,
    },
  };
}
