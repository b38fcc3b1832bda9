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
import type { Limit, LimitOptions } from './limits.ts';
import type { LedgerRow, RowQuery } from './rows.ts';
import type { ScopePair } from './scope-pair.ts';

/** An attempt that asks for money. */
export interface ReserveAsk {
  /** Names the attempt, once and for all. */
  readonly attemptId: string;
  readonly scopes: Scopes | readonly ScopePair[];
  readonly model: ModelRef;
  readonly priceKnown: PriceKnown;
  readonly label?: string;
  /** Nano-dollars that the request could cost as it was asked. At least `minNano`. */
  readonly wantNano: bigint;
  /** Nano-dollars below which the attempt is of no use. Range [0, ∞). */
  readonly minNano: bigint;
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

/** Money set aside for one attempt. The first of `settle` and `release` ends it; later calls are ignored. */
export interface Hold {
  readonly attemptId: string;
  /** Nano-dollars granted: between `minNano` and `wantNano`. */
  readonly nano: bigint;
  /** Gives part of it back before the attempt is sent. Never raises it. */
  trim(nano: bigint): Promise<void>;
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
  /** The lowest cap on the scopes that were asked for, where there is one. */
  readonly cap?: Money;
  /** Overruns included. */
  readonly settled: Money;
  readonly held: Money;
  readonly overrun: Money;
  readonly rows: number;
}

/**
 * Keeps what may be spent and what was: limits, holds, one row for each attempt.
 *
 * For every limit, at every moment, `settled − overrun + held ≤ cap`; a cap that is set below what is already spent
 * closes admission and nothing else. What has passed its hold counts as spent in full.
 */
export interface Ledger {
  /** The same for every ledger on one store, and different for different stores. */
  readonly ledgerId: string;
  readonly clock: Clock;
  /**
   * Sets or replaces a cap, for every process that shares the store. What was spent before counts.
   *
   * @throws InvalidOptionError when the scope or the amount cannot be meant.
   */
  setLimit(limit: LimitOptions): Promise<Limit>;
  limits(): Promise<readonly Limit[]>;
  /** The declared price of a model by exact name: `provider/modelId` first, then `modelId`. */
  priceFor(model: ModelRef): Pricing | undefined;
  /**
   * Holds money in every scope of an attempt, or in none: as much of `wantNano` as is free, if that is `minNano` or more.
   *
   * @throws BudgetExceededError when it would not fit if everything in flight settled at nothing; BudgetBusyError when it
   * would; MissingScopeError when a limit on each scope of a kind applies and the attempt names none; InvalidOptionError
   * when the attempt's id was used before or an amount cannot be meant. Nothing is held then.
   */
  reserve(ask: ReserveAsk): Promise<Hold>;
  /**
   * What these scopes may still spend, by the limit with the least left. Without a limit `limitedBy` is absent and both
   * amounts are the largest there is, $1 billion.
   */
  remaining(scopes: Scopes | readonly ScopePair[]): Promise<MoneyAdvice>;
  /** Attempts in the order of admission. `{ status: 'expired' }` lists what is to be reconciled. */
  rows(query?: RowQuery): Promise<readonly LedgerRow[]>;
  /** Sums over the attempts that name every one of `scopes`; over all attempts without. */
  totals(scopes?: Scopes): Promise<LedgerTotals>;
  /**
   * Ends an expired hold by hand. Should whoever held it report after all, that report replaces this one.
   *
   * @throws InvalidOptionError when the attempt is unknown or not expired.
   */
  reconcile(options: ReconcileOptions): Promise<LedgerRow>;
  /** Closes the store. */
  close(): Promise<void>;
}
