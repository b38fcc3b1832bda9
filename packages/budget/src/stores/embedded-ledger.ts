import { type Amounts, dimensions } from '../ledger/dimension.ts';
import type { ScopePair } from '../ledger/scope-pair.ts';
import { windowAt } from '../ledger/window.ts';
import { AccountBook, type AccountKey, type Account, emptySlice, type OpenClaim } from './account-book.ts';
import { decideAdmission } from './decide-admission.ts';
import { endAttempt } from './end-attempt.ts';
import { heldAttempt } from './held-attempt.ts';
import { closedGrant } from './grant-row.ts';
import { type Claim, eachId, isAmong, type LimitBook } from './limit-book.ts';
import type {
  Admission,
  Crossing,
  Ended,
  Ending,
  HoldAsk,
  LimitBalance,
  LimitKey,
  StoredAttempt,
  StoredLimit,
} from './store.ts';

/** A row at hand. */
export interface AttemptEntry {
  /** As it is now. */
  attempt: StoredAttempt;
}

/** Where an embedded ledger keeps its rows. */
export interface AttemptBook {
  get(attemptId: string): AttemptEntry | undefined;
  add(attempt: StoredAttempt): AttemptEntry;
  /** Keeps what an entry of `get` or `add` has become. */
  change(entry: AttemptEntry, was: StoredAttempt): void;
  /** All that were ever admitted, in any order. */
  all(): Iterable<StoredAttempt>;
  /** Those that are held and whose lease has run out. */
  expired(nowMs: number): Iterable<StoredAttempt>;
  /** What an account has counted so far. */
  account(key: AccountKey): Account;
}

/**
 * The rules of a ledger over rows and limits that are at hand. No operation awaits, so each is atomic in its process; a
 * store that shares a file makes it so among processes by a transaction around each.
 */
export class EmbeddedLedger {
  readonly accounts: AccountBook;
  readonly #attempts: AttemptBook;
  readonly #limits: () => LimitBook;

  constructor(attempts: AttemptBook, limits: () => LimitBook) {
    this.#attempts = attempts;
    this.#limits = limits;
    this.accounts = new AccountBook((key) => attempts.account(key));
  }

  reserve(ask: HoldAsk): Admission {
    const { missingKind, claims } = this.accounts.plan(this.#limits(), ask, ask.atMs);
    if (missingKind !== undefined) return { outcome: 'missing-scope', kind: missingKind };
    if (this.#attempts.get(ask.attemptId) !== undefined) return { outcome: 'duplicate' };
    const closed = closedGrant(ask, (grantRow) => this.#attempts.get(grantRow)?.attempt.status === 'held');
    if (closed !== undefined) return closed;
    const admission = decideAdmission(ask, claims, this.#expiredAt(ask.atMs));
    if (admission.outcome === 'held') this.#hold(ask, admission.hold, claims);
    return admission;
  }

  trim(attemptId: string, lower: Amounts): void {
    const entry = this.#attempts.get(attemptId);
    if (entry?.attempt.status !== 'held') return;
    const hold = { ...entry.attempt.hold };
    for (const each of dimensions) if (lower[each] < hold[each]) hold[each] = lower[each];
    this.#change(entry, { ...entry.attempt, hold });
  }

  end(ending: Ending): Ended | undefined {
    const entry = this.#attempts.get(ending.attemptId);
    return entry === undefined ? undefined : this.#end(entry, ending);
  }

  record(ask: HoldAsk, ending: Ending): Ended {
    const entry =
      this.#attempts.get(ask.attemptId) ??
      this.#hold(ask, ask.want, this.accounts.plan(this.#limits(), ask, ask.atMs).claims);
    return this.#end(entry, ending);
  }

  balances(asked: Pick<HoldAsk, 'scopes' | 'paid'>, nowMs: number): readonly LimitBalance[] {
    const expiredOf = this.#expiredAt(nowMs);
    return this.accounts.plan(this.#limits(), asked, nowMs).claims.map(({ claim, settled, held, overrun }) => ({
      limit: claim.limit,
      scope: claim.scope,
      settled,
      held,
      overrun,
      expired: expiredOf(claim.scope, claim),
      resetsAtMs: claim.span.from === claim.span.to ? claim.span.until : Infinity,
    }));
  }

  /** Takes a limit into the book; a new one counts what it would have counted had it always been there. */
  setLimit(limit: StoredLimit): void {
    const limits = this.#limits();
    const wasCounted = limit.id === eachId ? limits.get(limit) !== undefined : limits.counts(limit);
    limits.set(limit);
    if (!wasCounted) this.#sumUp(limit);
    // Told again once it is reached, with what it says now.
    for (const { key, account } of this.accounts.all()) {
      if (!isOf(key, limit)) continue;
      for (const slice of account.values()) slice.told = false;
    }
  }

  /** Takes a limit out of the book, and what only it counted. Says whether it was there. */
  removeLimit(key: LimitKey): boolean {
    const limits = this.#limits();
    if (!limits.remove(key)) return false;
    this.accounts.forget((account) => isOf(account, key) && !limits.counts(account));
    return true;
  }

  #hold(ask: HoldAsk, hold: Amounts, claims: readonly OpenClaim[]): AttemptEntry {
    const entry = this.#attempts.add(heldAttempt(ask, hold));
    for (const open of claims) open.move(undefined, entry.attempt);
    return entry;
  }

  #end(entry: AttemptEntry, ending: Ending): Ended {
    const attempt = endAttempt(entry.attempt, ending);
    if (attempt === undefined) return { attempt: entry.attempt, crossed: none };
    let crossed: Crossing[] | undefined;
    for (const open of this.#change(entry, attempt)) {
      if (!open.reachesSoftLimit()) continue;
      const { limit, scope } = open.claim;
      (crossed ??= []).push({ limit, scope, settled: open.settled });
    }
    return { attempt, crossed: crossed ?? none };
  }

  /** Keeps what an attempt has become, and gives what counts it. */
  #change(entry: AttemptEntry, attempt: StoredAttempt): readonly OpenClaim[] {
    const was = entry.attempt;
    const { claims } = this.accounts.plan(this.#limits(), was, was.atMs);
    entry.attempt = attempt;
    this.#attempts.change(entry, was);
    for (const open of claims) open.move(was, attempt);
    return claims;
  }

  #sumUp(key: LimitKey): void {
    for (const { key: known, account } of this.accounts.all()) if (isOf(known, key)) account.clear();
    this.accounts.forgetPlans();
    const begun = new Set<Account>();
    for (const attempt of this.#attempts.all()) {
      for (const scope of attempt.scopes) {
        if (!countsIn(attempt, scope, key) || scope.kind !== key.kind || (key.id !== eachId && scope.id !== key.id))
          continue;
        const accountKey = { ...scope, dimension: key.dimension, per: key.per };
        const account = this.accounts.account(accountKey);
        // One that was not at hand comes with what a limit of its own has counted.
        if (!begun.has(account)) account.clear();
        begun.add(account);
        const start = windowAt(key.per, attempt.atMs).slice;
        const slice = account.get(start) ?? emptySlice();
        account.set(start, slice);
        slice.settled += attempt.cost[key.dimension];
        slice.overrun += attempt.overrun[key.dimension];
        if (attempt.status === 'held') slice.held += attempt.hold[key.dimension];
        this.accounts.touch(accountKey, start, slice);
      }
    }
  }

  /** What of a balance is held by attempts whose lease has run out. They are read once, and only when asked for. */
  #expiredAt(nowMs: number): (scope: ScopePair, claim: Claim) => bigint {
    let attempts: readonly StoredAttempt[] | undefined;
    return (scope, { limit, span }) => {
      attempts ??= [...this.#attempts.expired(nowMs)];
      let expired = 0n;
      for (const attempt of attempts) {
        if (!countsIn(attempt, scope, limit) || !isAmong(attempt.scopes, scope)) continue;
        const { slice } = windowAt(limit.per, attempt.atMs);
        if (slice >= span.from && slice <= span.to) expired += attempt.hold[limit.dimension];
      }
      return expired;
    };
  }
}

const none: readonly Crossing[] = [];

/** Whether a limit counts an attempt for a scope of it: not where a grant has paid for it. */
function countsIn(attempt: StoredAttempt, scope: ScopePair, { dimension }: Pick<LimitKey, 'dimension'>): boolean {
  return dimension !== 'usd' || !isAmong(attempt.paid, scope);
}

/** Whether an account is counted by a limit, on its own id or on each. */
function isOf(account: AccountKey, limit: LimitKey): boolean {
  const isSame = account.kind === limit.kind && account.dimension === limit.dimension && account.per === limit.per;
  return isSame && (limit.id === eachId || account.id === limit.id);
}
