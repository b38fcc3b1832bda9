import type { ModelRef, Money, PriceKnown, Scopes, Usage, UsageKnown } from '@tollgate/sdk';
import { moneyOf } from '../money/nano-usd.ts';
import type { AttemptKind, StoredAttempt } from '../stores/store.ts';
import type { ScopePair } from './scope-pair.ts';

/**
 * Where an attempt stands. `held`: in flight. `expired`: its lease ran out, and its hold counts until it is reconciled.
 * `settled`: charged. `released`: nothing was sent, or it was refused unbilled. `reconciled`: charged by hand.
 */
export type RowStatus = 'held' | 'expired' | 'settled' | 'released' | 'reconciled';

/** One attempt on the wire; or a turn of an agent, or a grant to one. Plain JSON. */
export interface LedgerRow {
  readonly attemptId: string;
  readonly kind: AttemptKind;
  /** Milliseconds since the epoch at which it was admitted. */
  readonly atMs: number;
  readonly endedAtMs?: number;
  readonly scopes: readonly ScopePair[];
  readonly model: ModelRef;
  /** Name of the span it belongs to. */
  readonly label?: string;
  readonly status: RowStatus;
  /** What was set aside: the highest price of the request that was sent. */
  readonly hold: Money;
  /** What it cost. Absent while nobody knows. Of a grant: what its own attempts cost, which are rows too. */
  readonly cost?: Money;
  readonly priceKnown: PriceKnown;
  readonly usage?: Usage;
  readonly usageKnown?: UsageKnown;
  /** How far the cost passed the hold, and what must have been wrong. */
  readonly overrun?: { readonly amount: Money; readonly assumption: string };
  readonly candidateIds: readonly string[];
  /** Why it was released or reconciled. */
  readonly reason?: string;
}

/** Which rows. Absent fields do not narrow. */
export interface RowQuery {
  /** Rows that name every one of these. */
  readonly scopes?: Scopes;
  readonly status?: RowStatus;
  readonly kind?: AttemptKind;
  /** Admitted at this time or later, in milliseconds since the epoch. */
  readonly fromMs?: number;
  /** Admitted before this time. */
  readonly untilMs?: number;
}

/** A stored attempt as a row. */
export function rowOf(attempt: StoredAttempt, nowMs: number): LedgerRow {
  const { status, label, usage, usageKnown, reason, endedAtMs } = attempt;
  const held = status === 'held';
  return {
    attemptId: attempt.attemptId,
    kind: attempt.kind,
    atMs: attempt.atMs,
    ...(endedAtMs !== undefined && { endedAtMs }),
    scopes: attempt.scopes,
    model: attempt.model,
    ...(label !== undefined && { label }),
    status: held && attempt.leaseUntilMs <= nowMs ? 'expired' : status,
    hold: moneyOf(attempt.hold.usd),
    ...(!held && { cost: moneyOf(attempt.cost.usd) }),
    priceKnown: attempt.priceKnown,
    ...(usage !== undefined && { usage }),
    ...(usageKnown !== undefined && { usageKnown }),
    ...(attempt.assumption !== undefined &&
      attempt.overrun.usd > 0n && {
        overrun: { amount: moneyOf(attempt.overrun.usd), assumption: attempt.assumption },
      }),
    candidateIds: attempt.candidateIds,
    ...(reason !== undefined && { reason }),
  };
}
