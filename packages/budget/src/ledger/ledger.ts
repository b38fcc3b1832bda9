import type {
  Clock,
  ModelRef,
  Money,
  MoneyAdvice,
  PriceKnown,
  Pricing,
  Scopes,
  Settled,
  Usage,
  UsageKnown,
} from '@tollgate/sdk';
import type { Amounts, Dimension } from './dimension.ts';
import type { Grant, GrantOptions } from './grant.ts';
import type { DimensionAmount, Limit, LimitOptions, LimitScope } from './limits.ts';
import type { Outcome, OutcomeReport } from './outcomes.ts';
import type { LedgerRow, RowQuery } from './rows.ts';
import type { ScopePair } from './scope-pair.ts';

/** An attempt that asks to be admitted. */
export interface ReserveAsk {
  /** Names the attempt, once and for all. */
  readonly attemptId: string;
  readonly scopes: Scopes | readonly ScopePair[];
  readonly model: ModelRef;
  readonly priceKnown: PriceKnown;
  readonly label?: string;
  /** What the request could take as it was asked, in whole units. At least `min`. @defaultValue one call, and all there is of the rest but dollars: none */
  readonly want: Partial<Amounts>;
  /** Below this the attempt is of no use. @defaultValue what is wanted in dollars and calls, nothing of the rest */
  readonly min?: Partial<Amounts>;
  /**
   * While calls in flight hold what is needed: fail with BudgetBusyError, or wait in line until they have ended. Whoever
   * waits holds nothing, is served in order, and is not overtaken by others on the same scopes. @defaultValue 'refuse'
   */
  readonly whenBusy?: 'refuse' | 'wait';
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
}

/** What an attempt consumed and what that costs. */
export interface HoldCharge {
  readonly costNano: bigint;
  readonly priceKnown: PriceKnown;
  readonly usage: Usage;
  readonly usageKnown: UsageKnown;
  readonly candidateIds: readonly string[];
  /** What must have been wrong if the cost passes the hold. */
  readonly assumption: string;
}

/** What is set aside for one attempt. The first of `settle` and `release` ends it; later calls are ignored. */
export interface Hold {
  readonly attemptId: string;
  /** Granted, in whole units: between `min` and `want` in every dimension. */
  readonly granted: Amounts;
  /** Milliseconds since the epoch at which the seconds that were granted are over; `Infinity` where no limit counts them. */
  readonly deadlineMs: number;
  /** Gives part of it back before the attempt is sent. Never raises it. */
  trim(amounts: Partial<Amounts>): Promise<void>;
  settle(charge: HoldCharge): Promise<Settled>;
  release(reason: string): Promise<void>;
}

/** What became of an expired hold. */
export interface ReconcileOptions {
  readonly attemptId: string;
  /** What the attempt really cost, in US dollars, or `hold` for all that was set aside. Range [0, 1e9]. */
  readonly costUsd: number | 'hold';
  /** How that is known. */
  readonly reason: string;
}

/** Sums over rows. */
export interface LedgerTotals {
  /** The lowest cap in dollars on the scopes that were asked for, where there is one. */
  readonly cap?: Money;
  /** Overruns included. */
  readonly settled: Money;
  readonly held: Money;
  readonly overrun: Money;
  /** Attempts on the wire. */
  readonly rows: number;
}

/** Where a limit stands. */
export interface LimitStatus {
  readonly limit: Limit;
  readonly scope: ScopePair;
  readonly settled: DimensionAmount;
  readonly held: DimensionAmount;
  /** Never below 0. */
  readonly left: DimensionAmount;
  /** Milliseconds since the epoch at which a calendar window starts again. */
  readonly resetsAtMs?: number;
}

/** What may still be spent, and every limit behind that. */
export interface Remaining extends MoneyAdvice {
  readonly limits: readonly LimitStatus[];
}

/** Something a ledger tells. */
export type LedgerEvent = {
  /** A soft limit was reached: told once for each id and window. */
  readonly type: 'soft-limit';
  readonly limit: Limit;
  readonly scope: ScopePair;
  readonly settled: DimensionAmount;
};

/**
 * Keeps what may be spent and what was: limits, holds, one row for each attempt.
 *
 * For every limit and window, at every moment, `settled − overrun + held ≤ cap`; a cap that is set below what is already
 * spent closes admission and nothing else. What has passed its hold counts as spent in full.
 */
export interface Ledger {
  /** The same for every ledger on one store, and different for different stores. */
  readonly ledgerId: string;
  readonly clock: Clock;
  /**
   * Sets or replaces a cap, for every process that shares the store. What was spent before counts.
   *
   * @throws InvalidOptionError when the scope, the window or the amount cannot be meant.
   */
  setLimit(limit: LimitOptions): Promise<Limit>;
  /** Takes a cap away. Says whether there was one. */
  removeLimit(limit: LimitScope & { readonly dimension: Dimension }): Promise<boolean>;
  limits(): Promise<readonly Limit[]>;
  /** The price of a model by exact name: `provider/modelId` first, then `modelId`. */
  priceFor(model: ModelRef): Pricing | undefined;
  /**
   * Holds what an attempt may take in every scope of it, or in none: in every dimension as much of `want` as is free, if
   * that is `min` or more.
   *
   * @throws BudgetExceededError when it would not fit if everything in flight settled at nothing; BudgetBusyError when it
   * would; MissingScopeError when a limit on each scope of a kind applies and the attempt names none; InvalidOptionError
   * when the attempt's id was used before or an amount cannot be meant; AbortedError when the signal fires while it
   * waits. Nothing is held then.
   */
  reserve(ask: ReserveAsk): Promise<Hold>;
  /**
   * Counts a turn of an agent; the same key again changes nothing.
   *
   * @throws BudgetExceededError when a limit on turns is used up; MissingScopeError.
   */
  countTurn(turn: { readonly turnKey: string; readonly scopes: Scopes | readonly ScopePair[] }): Promise<void>;
  /**
   * Carves money out of what some scopes have left, for a sub-agent to spend under a scope of its own. Never waits.
   *
   * @throws BudgetExceededError or BudgetBusyError when there is not as much.
   */
  grant(scopes: Scopes | readonly ScopePair[], options: GrantOptions): Promise<Grant>;
  /**
   * What these scopes may still spend, by the dollar limit with the least left. Without one `limitedBy` is absent and both
   * amounts are the largest there is, $1 billion.
   */
  remaining(scopes: Scopes | readonly ScopePair[]): Promise<Remaining>;
  /** In the order of admission. `{ status: 'expired' }` lists what is to be reconciled. */
  rows(query?: RowQuery): Promise<readonly LedgerRow[]>;
  /** Sums over the attempts that name every one of `scopes`; over all attempts without. */
  totals(scopes?: Scopes): Promise<LedgerTotals>;
  /** Notes a verdict that arrived after the fact. The last one about a result or a piece of work counts. */
  reportOutcome(outcome: OutcomeReport): Promise<void>;
  /** Verdicts with what the attempts they are about cost, in the order of their first report. */
  outcomes(scopes?: Scopes): Promise<readonly Outcome[]>;
  /**
   * Ends an expired hold by hand. Should whoever held it report after all, that report replaces this one.
   *
   * @throws InvalidOptionError when the attempt is unknown or not expired.
   */
  reconcile(options: ReconcileOptions): Promise<LedgerRow>;
  /** Closes the store. */
  close(): Promise<void>;
}
