import type { ModelRef, PriceKnown, Usage, UsageKnown } from '@tollgate/sdk';
import type { ScopePair } from '../ledger/scope-pair.ts';

/** A value, or a promise of it: embedded stores answer at once. */
export type Awaitable<T> = T | Promise<T>;

/** A cap as a store keeps it. `id` is `each` for a limit on every id of its kind. */
export interface StoredLimit extends ScopePair {
  readonly per: 'total';
  readonly capNano: bigint;
  /** Counts changes of limits in this store; later is higher. */
  readonly version: number;
}

/** An attempt that asks for money: all of its scopes are charged or none is. */
export interface HoldAsk {
  readonly attemptId: string;
  /** Distinct pairs. */
  readonly scopes: readonly ScopePair[];
  readonly model: ModelRef;
  readonly priceKnown: PriceKnown;
  readonly label?: string;
  /** Nano-dollars that the request could cost as it was asked. At least `minNano`. */
  readonly wantNano: bigint;
  /** Nano-dollars below which the attempt is of no use. Range [0, ∞). */
  readonly minNano: bigint;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** Past this time nobody waits for the attempt any more; its hold counts until it is ended. */
  readonly leaseUntilMs: number;
}

/** Where the limit that refused stood. */
export interface Refusal {
  readonly outcome: 'refused';
  /** It would not fit if everything in flight settled at nothing. */
  readonly forGood: boolean;
  readonly scope: ScopePair;
  readonly capNano: bigint;
  readonly settledNano: bigint;
  readonly heldNano: bigint;
  /** The part of `heldNano` whose lease has run out: it is not in flight and comes back only by reconciling. */
  readonly expiredNano: bigint;
}

/** The answer to a `HoldAsk`. Only `held` changes the store. */
export type Admission =
  | { readonly outcome: 'held'; readonly holdNano: bigint }
  | Refusal
  | { readonly outcome: 'missing-scope'; readonly kind: string }
  | { readonly outcome: 'duplicate' };

/** What became of an attempt. */
export interface Ending {
  readonly attemptId: string;
  /** `settled` and `released` come from whoever holds; `reconciled` from somebody who looked it up afterwards. */
  readonly status: 'settled' | 'released' | 'reconciled';
  readonly costNano: bigint;
  readonly priceKnown?: PriceKnown;
  readonly usage?: Usage;
  readonly usageKnown?: UsageKnown;
  readonly candidateIds: readonly string[];
  /** What must have been wrong if the cost passes the hold. */
  readonly assumption: string;
  readonly reason?: string;
}

/** One attempt on the wire, as a store keeps it. */
export interface StoredAttempt {
  readonly attemptId: string;
  readonly atMs: number;
  readonly leaseUntilMs: number;
  readonly scopes: readonly ScopePair[];
  readonly model: ModelRef;
  readonly label: string | undefined;
  readonly status: 'held' | Ending['status'];
  readonly holdNano: bigint;
  /** 0 while held. */
  readonly costNano: bigint;
  readonly overrunNano: bigint;
  /** The assumption that broke, where there is an overrun. */
  readonly assumption: string | undefined;
  readonly priceKnown: PriceKnown;
  readonly usage: Usage | undefined;
  readonly usageKnown: UsageKnown | undefined;
  readonly candidateIds: readonly string[];
  readonly reason: string | undefined;
}

/** Sums over the attempts of one scope. */
export interface Balance {
  readonly settledNano: bigint;
  readonly heldNano: bigint;
  readonly overrunNano: bigint;
}

/** A scope, the cap on it and where it stands. */
export interface ScopeBalance extends Balance {
  readonly scope: ScopePair;
  readonly capNano: bigint | undefined;
  readonly expiredNano: bigint;
}

/** Which attempts. Absent fields do not narrow. */
export interface AttemptQuery {
  readonly attemptId?: string;
  /** Attempts that name every one of these. */
  readonly scopes?: readonly ScopePair[];
  /** `held` is within its lease at `nowMs`, `expired` past it. */
  readonly status?: StoredAttempt['status'] | 'expired';
  readonly nowMs: number;
}

/**
 * Where a ledger keeps limits, holds and rows. Processes that open the same store share its caps.
 *
 * `reserve` is **one** atomic operation: it reads the limits and balances of every scope and writes the hold, with
 * nothing in between. So are `trim`, `end` and `setLimit`. For every limit, at every moment,
 * `settled − overrun + held` never rises above the cap that admitted it.
 */
export interface Store {
  /** Opens the store, once or again, and gives its id, which no other store has. */
  open(): Awaitable<string>;
  reserve(ask: HoldAsk): Awaitable<Admission>;
  /** Lowers a hold that is still held. Anything else is ignored. */
  trim(attemptId: string, holdNano: bigint): Awaitable<void>;
  /** Ends an attempt by the rules of `endAttempt` and gives it as it is now; undefined for an unknown id. */
  end(ending: Ending): Awaitable<StoredAttempt | undefined>;
  setLimit(limit: Omit<StoredLimit, 'version'>): Awaitable<StoredLimit>;
  limits(): Awaitable<readonly StoredLimit[]>;
  /** One for each of `scopes`, in that order. */
  balances(scopes: readonly ScopePair[], nowMs: number): Awaitable<readonly ScopeBalance[]>;
  /** In the order of admission. */
  attempts(query: AttemptQuery): Awaitable<readonly StoredAttempt[]>;
  /** Sums over the attempts that name every one of `scopes`. */
  totals(scopes: readonly ScopePair[]): Awaitable<Balance & { readonly rows: number }>;
  close(): Awaitable<void>;
}
