import { noAmounts } from '../ledger/dimension.ts';
import type { ScopePair } from '../ledger/scope-pair.ts';
import type { Claimed } from './decide-admission.ts';
import type { Claim, LimitBook } from './limit-book.ts';
import type { Balance, HoldAsk, LimitKey, StoredAttempt } from './store.ts';

/** What one limit counts for one id in one slice of its window. */
export type Slice = { -readonly [field in keyof Balance]: Balance[field] } & {
  /** A soft limit on it was told of. */
  told: boolean;
  /** Changed since it was last taken to be written down. */
  isChanged: boolean;
};

/** A slice that changed. */
export interface ChangedSlice {
  readonly key: AccountKey;
  readonly start: number;
  readonly slice: Slice;
}

/** What one limit counts for one id, by the start of each slice. */
export type Account = Map<number, Slice>;

/** Names an account: the id of the scope, whether a limit of its own counts it or one on `each`. */
export type AccountKey = LimitKey;

/** A slice of which nothing is known. */
export function emptySlice(): Slice {
  return { settled: 0n, held: 0n, overrun: 0n, told: false, isChanged: false };
}

/** A limit that counts an attempt, with what it counts at hand. */
export class OpenClaim implements Claimed {
  readonly claim: Claim;
  /** Where the attempt itself is counted. */
  readonly #slice: Slice;
  /** All there is, where more than one slice counts. */
  readonly #account: Account | undefined;
  readonly #touch: () => void;

  constructor(claim: Claim, account: Account, touch: (start: number, slice: Slice) => void) {
    const { slice: start, from, to } = claim.span;
    this.claim = claim;
    this.#touch = () => touch(start, slice);
    const slice = account.get(start) ?? emptySlice();
    account.set(start, slice);
    this.#slice = slice;
    this.#account = from === to ? undefined : account;
  }

  get settled(): bigint {
    return this.#account === undefined ? this.#slice.settled : this.#sum('settled');
  }

  get held(): bigint {
    return this.#account === undefined ? this.#slice.held : this.#sum('held');
  }

  get overrun(): bigint {
    return this.#account === undefined ? this.#slice.overrun : this.#sum('overrun');
  }

  /** Counts what the attempt is now instead of what it was; undefined before it was admitted. */
  move(was: StoredAttempt | undefined, is: StoredAttempt): void {
    const slice = this.#slice;
    const { dimension } = this.claim.limit;
    if (was?.status === 'held') slice.held -= was.hold[dimension];
    else if (was !== undefined) {
      slice.settled -= was.cost[dimension];
      slice.overrun -= was.overrun[dimension];
    }
    if (is.status === 'held') slice.held += is.hold[dimension];
    else {
      slice.settled += is.cost[dimension];
      if (is.overrun !== noAmounts) slice.overrun += is.overrun[dimension];
    }
    if (!slice.isChanged) this.#touch();
  }

  /** Whether a soft limit has been reached that was not told of in this window; from now on it was. */
  reachesSoftLimit(): boolean {
    const { soft, cap } = this.claim.limit;
    if (!soft || this.settled < cap || this.#slices().some(({ told }) => told)) return false;
    this.#slice.told = true;
    this.#touch();
    return true;
  }

  #sum(part: keyof Balance): bigint {
    return this.#slices().reduce((sum, slice) => sum + slice[part], 0n);
  }

  #slices(): readonly Slice[] {
    if (this.#account === undefined) return [this.#slice];
    const { from, to } = this.claim.span;
    return [...this.#account].filter(([start]) => start >= from && start <= to).map(([, slice]) => slice);
  }
}

/** What attempts with the same scopes are counted by, for as long as limits and windows stay the same. */
export interface Plan {
  readonly limits: LimitBook;
  readonly version: number;
  readonly paid: readonly ScopePair[];
  readonly since: number;
  readonly until: number;
  /** A kind that they would have to name and do not. */
  readonly missingKind: string | undefined;
  readonly claims: readonly OpenClaim[];
}

/** The accounts of a store at hand, read when first needed. */
export class AccountBook {
  readonly #read: (key: AccountKey) => Account;
  readonly #accounts = new Map<string, { readonly key: AccountKey; readonly account: Account }>();
  #plans = new WeakMap<readonly ScopePair[], Plan>();
  #changed: ChangedSlice[] = [];

  constructor(read: (key: AccountKey) => Account) {
    this.#read = read;
  }

  /** What counts an attempt with these scopes at a moment. */
  plan(limits: LimitBook, { scopes, paid }: Pick<HoldAsk, 'scopes' | 'paid'>, atMs: number): Plan {
    const known = this.#plans.get(scopes);
    if (
      known !== undefined &&
      known.limits === limits &&
      known.version === limits.version &&
      known.paid === paid &&
      atMs >= known.since &&
      atMs < known.until
    ) {
      return known;
    }
    let since = -Infinity;
    let until = Infinity;
    const claims = limits.claims({ scopes, paid }, atMs).map((claim) => {
      since = Math.max(since, claim.span.since);
      until = Math.min(until, claim.span.until);
      const key = { ...claim.scope, dimension: claim.limit.dimension, per: claim.limit.per };
      return new OpenClaim(claim, this.account(key), (start, slice) => this.touch(key, start, slice));
    });
    const missingKind = limits.missingKind(scopes);
    const plan = { limits, version: limits.version, paid, since, until, missingKind, claims };
    this.#plans.set(scopes, plan);
    return plan;
  }

  account({ kind, id, dimension, per }: AccountKey): Account {
    const key = { kind, id, dimension, per };
    const name = JSON.stringify([kind, id, dimension, per]);
    let known = this.#accounts.get(name);
    if (known === undefined) this.#accounts.set(name, (known = { key, account: this.#read(key) }));
    return known.account;
  }

  /** Notes that a slice changed. */
  touch(key: AccountKey, start: number, slice: Slice): void {
    if (slice.isChanged) return;
    slice.isChanged = true;
    this.#changed.push({ key, start, slice });
  }

  /** What changed since it was last asked for. */
  takeChanges(): readonly ChangedSlice[] {
    const changed = this.#changed;
    this.#changed = [];
    for (const { slice } of changed) slice.isChanged = false;
    return changed;
  }

  /** Accounts at hand. */
  get size(): number {
    return this.#accounts.size;
  }

  /** Every account at hand. */
  all(): Iterable<{ readonly key: AccountKey; readonly account: Account }> {
    return this.#accounts.values();
  }

  /** Forgets some accounts. */
  forget(which: (key: AccountKey) => boolean): void {
    for (const [name, { key }] of this.#accounts) if (which(key)) this.#accounts.delete(name);
    this.forgetPlans();
  }

  /** Forgets what is at hand. */
  clear(): void {
    this.#accounts.clear();
    this.#changed = [];
    this.forgetPlans();
  }

  /** Forgets which slices attempts are counted in, after accounts were made anew. */
  forgetPlans(): void {
    this.#plans = new WeakMap();
  }
}
