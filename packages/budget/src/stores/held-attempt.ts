import { noAmounts } from '../ledger/dimension.ts';
import type { HoldAsk, StoredAttempt } from './store.ts';

/** The row of an attempt that was admitted and has not ended. */
export function heldAttempt(ask: HoldAsk, hold: StoredAttempt['hold']): StoredAttempt {
  return {
    attemptId: ask.attemptId,
    kind: ask.kind,
    atMs: ask.atMs,
    leaseUntilMs: ask.leaseUntilMs,
    endedAtMs: undefined,
    scopes: ask.scopes,
    paid: ask.paid,
    model: ask.model,
    label: ask.label,
    status: 'held',
    hold,
    cost: noAmounts,
    overrun: noAmounts,
    assumption: undefined,
    priceKnown: ask.priceKnown,
    usage: undefined,
    usageKnown: undefined,
    candidateIds: noIds,
    reason: undefined,
  };
}

const noIds: readonly string[] = [];
