import type { ModelRef, PriceKnown, Usage, UsageKnown } from '@tollgate/sdk';
import type { Amounts, Dimension } from '../ledger/dimension.ts';
import type { ScopePair } from '../ledger/scope-pair.ts';
import type { WindowName } from '../ledger/window.ts';

/** A value, or a promise of it: embedded stores answer at once. */
export type Awaitable<T> = T | Promise<T>;

/** What a limit is on. `id` is `each` for a limit on every id of its kind. A store has one limit at most for each of these. */
export interface LimitKey extends ScopePair {
  readonly dimension: Dimension;
  readonly per: WindowName;
}

/** A cap as a store keeps it. */
export interface StoredLimit extends LimitKey {
  /** In whole units of the dimension. */
  readonly cap: bigint;
  /** Reaching it is told once a window and refuses nothing. */
  readonly soft: boolean;
  /** Counts changes of limits in this store; later is higher. */
  readonly version: number;
}

/** What a row is: an attempt on the wire; a turn of an agent; money carved out for a sub-agent, whose own attempts are rows too. */
export type AttemptKind = 'call' | 'turn' | 'grant';

/** An attempt that asks to be admitted: all of its scopes are charged or none is. */
export interface HoldAsk {
  readonly attemptId: string;
  readonly kind: AttemptKind;
  /** Distinct pairs: whom the attempt is for. */
  readonly scopes: readonly ScopePair[];
  /**
   * Those of `scopes` that a grant has paid for: their limits in dollars do not count the attempt, the others do. Every grant
   * among `scopes` must be open then.
   */
  readonly paid: readonly ScopePair[];
  readonly model: ModelRef;
  readonly priceKnown: PriceKnown;
  readonly label?: string | undefined;
  /** What the request could take as it was asked, in every dimension. At least `min`. */
  readonly want: Amounts;
  /** Below this the attempt is of no use. Range [0, ∞). */
  readonly min: Amounts;
  /** Milliseconds since the epoch. Decides which windows it is charged to, also when it ends later. */
  readonly atMs: number;
  /** Past this time nobody waits for the attempt any more; its hold counts until it is ended. */
  readonly leaseUntilMs: number;
}

/** Where the limit that refused stood, in whole units of its dimension. */
export interface Refusal {
  readonly outcome: 'refused';
  /** It would not fit if everything in flight settled at nothing. */
  readonly forGood: boolean;
  readonly limit: StoredLimit;
  readonly scope: ScopePair;
  readonly settled: bigint;
  readonly held: bigint;
  /** The part of `held` whose lease has run out: it is not in flight and comes back only by reconciling. */
  readonly expired: bigint;
}

/** The answer to a `HoldAsk`. Only `held` changes the store. */
export type Admission =
  | { readonly outcome: 'held'; readonly hold: Amounts }
  | Refusal
  | { readonly outcome: 'missing-scope'; readonly kind: string }
  /** A grant that the attempt's dollars were to come from is not open, or not any more. */
  | { readonly outcome: 'grant-closed'; readonly grantId: string }
  | { readonly outcome: 'duplicate' };

/** What became of an attempt. */
export interface Ending {
  readonly attemptId: string;
  /** `settled` and `released` come from whoever holds; `reconciled` from somebody who looked it up afterwards. */
  readonly status: 'settled' | 'released' | 'reconciled';
  readonly cost: Amounts;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly priceKnown?: PriceKnown;
  readonly usage?: Usage;
  readonly usageKnown?: UsageKnown;
  readonly candidateIds: readonly string[];
  /** What must have been wrong if the cost passes the hold. */
  readonly assumption: string;
  readonly reason?: string;
}

/** One attempt, as a store keeps it. */
export interface StoredAttempt {
  readonly attemptId: string;
  readonly kind: AttemptKind;
  readonly atMs: number;
  readonly leaseUntilMs: number;
  readonly endedAtMs: number | undefined;
  readonly scopes: readonly ScopePair[];
  readonly paid: readonly ScopePair[];
  readonly model: ModelRef;
  readonly label: string | undefined;
  readonly status: 'held' | Ending['status'];
  readonly hold: Amounts;
  /** Nothing while held. */
  readonly cost: Amounts;
  readonly overrun: Amounts;
  /** The assumption that broke, where there is an overrun. */
  readonly assumption: string | undefined;
  readonly priceKnown: PriceKnown;
  readonly usage: Usage | undefined;
  readonly usageKnown: UsageKnown | undefined;
  readonly candidateIds: readonly string[];
  readonly reason: string | undefined;
}

/** Sums over the attempts that one limit counts, for one id and one window. */
export interface Balance {
  /** Overruns included. */
  readonly settled: bigint;
  readonly held: bigint;
  readonly overrun: bigint;
}

/** A limit that applies to a scope, and where it stands. */
export interface LimitBalance extends Balance {
  readonly limit: StoredLimit;
  readonly scope: ScopePair;
  readonly expired: bigint;
  /** Milliseconds since the epoch at which a calendar window starts again; `Infinity` where none does. */
  readonly resetsAtMs: number;
}

/** A soft limit that an attempt has reached, told once for each id and window. */
export interface Crossing {
  readonly limit: StoredLimit;
  readonly scope: ScopePair;
  readonly settled: bigint;
}

/** An ended attempt. */
export interface Ended {
  readonly attempt: StoredAttempt;
  readonly crossed: readonly Crossing[];
}

/** Which attempts. Absent fields do not narrow. */
export interface AttemptQuery {
  readonly attemptId?: string;
  readonly kind?: AttemptKind;
  /** Attempts that name every one of these. */
  readonly scopes?: readonly ScopePair[];
  /** `held` is within its lease at `nowMs`, `expired` past it. */
  readonly status?: StoredAttempt['status'] | 'expired';
  readonly fromMs?: number;
  /** Exclusive. */
  readonly untilMs?: number;
  readonly nowMs: number;
}

/** A verdict on what attempts came to, as a store keeps it. */
export interface StoredOutcome {
  /** The result: the id of its trace, which the ids of its attempts begin with. */
  readonly resultId: string | undefined;
  /** The work: attempts that name every one of these. */
  readonly scopes: readonly ScopePair[];
  readonly passed: boolean;
  /** Who says so: `tests`, `user`, `judge`, … */
  readonly source: string;
  readonly atMs: number;
}

/** Sums over attempts, in money. */
export interface StoredTotals {
  readonly settledNano: bigint;
  readonly heldNano: bigint;
  readonly overrunNano: bigint;
  readonly rows: number;
}

/**
 * Where a ledger keeps limits, holds, rows and outcomes. Processes that open the same store share its caps.
 *
 * `reserve` is **one** atomic operation: it reads the limits and balances of every scope and writes the hold, with
 * nothing in between. So are `trim`, `end`, `record`, `setLimit` and `removeLimit`. For every limit and window, at every
 * moment, `settled − overrun + held` never rises above the cap that admitted it.
 *
 * A limit counts what it would count had it always been there: when it is set, its balances are summed from the rows.
 */
export interface Store {
  /** Opens the store, once or again, and gives its id, which no other store has. */
  open(): Awaitable<string>;
  reserve(ask: HoldAsk): Awaitable<Admission>;
  /** Lowers a hold that is still held, in each dimension that is lower than it was. Anything else is ignored. */
  trim(attemptId: string, hold: Amounts): Awaitable<void>;
  /** Ends an attempt by the rules of `endAttempt` and gives it as it is now; undefined for an unknown id. */
  end(ending: Ending): Awaitable<Ended | undefined>;
  /**
   * Writes an attempt that was admitted elsewhere, while the store could not be reached, and has ended: without asking,
   * for the money is spent. One that is there already is ended as by `end`.
   */
  record(ask: HoldAsk, ending: Ending): Awaitable<Ended>;
  setLimit(limit: Omit<StoredLimit, 'version'>): Awaitable<StoredLimit>;
  /** Whether there was one. */
  removeLimit(key: LimitKey): Awaitable<boolean>;
  limits(): Awaitable<readonly StoredLimit[]>;
  /** One for every limit that counts an attempt with these scopes, in that order. */
  balances(asked: Pick<HoldAsk, 'scopes' | 'paid'>, nowMs: number): Awaitable<readonly LimitBalance[]>;
  /** In the order of admission. */
  attempts(query: AttemptQuery): Awaitable<readonly StoredAttempt[]>;
  /** Sums over the attempts that name every one of `scopes`. A grant counts by what its own attempts have not spent of it. */
  totals(scopes: readonly ScopePair[]): Awaitable<StoredTotals>;
  reportOutcome(outcome: StoredOutcome): Awaitable<void>;
  /** In the order of reporting; those that name every one of `scopes`. */
  outcomes(scopes: readonly ScopePair[]): Awaitable<readonly StoredOutcome[]>;
  close(): Awaitable<void>;
}
