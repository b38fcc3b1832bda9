import type { HoldAsk, StoredAttempt } from './store.ts';

/** The row of an attempt that was admitted and has not ended. */
export function heldAttempt(ask: HoldAsk, holdNano: bigint): StoredAttempt {
  return {
    attemptId: ask.attemptId,
    atMs: ask.atMs,
    leaseUntilMs: ask.leaseUntilMs,
    scopes: ask.scopes,
    model: ask.model,
    label: ask.label,
    status: 'held',
    holdNano,
    costNano: 0n,
    overrunNano: 0n,
    assumption: undefined,
    priceKnown: ask.priceKnown,
    usage: undefined,
    usageKnown: undefined,
    candidateIds: [],
    reason: undefined,
  };
}
