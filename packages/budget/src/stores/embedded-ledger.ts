import { type Amounts, dimensions } from '../ledger/dimension.ts';
import type { ScopePair } from '../ledger/scope-pair.ts';
import { windowAt } from '../ledger/window.ts';
import { AccountBook, type AccountKey, type Account, emptySlice, type OpenClaim } from './account-book.ts';
import { decideAdmission } from './decide-admission.ts';
import { endAttempt } from './end-attempt.ts';
import { heldAttempt } from './held-attempt.ts';
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

/** Where an embedded ledger keeps its rows. */
export interface AttemptBook {
  get(attemptId: string): StoredAttempt | undefined;
  add(attempt: StoredAttempt): void;
  /** Replaces an attempt that is there. */
  change(attempt: StoredAttempt): void;
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
    const limits = this.#limits();
    const missing = limits.missingKind(ask.scopes);
    if (missing !== undefined) return { outcome: 'missing-scope', kind: missing };
    if (this.#attempts.get(ask.attemptId) !== undefined) return { outcome: 'duplicate' };
    const claims = this.accounts.claims(limits, ask, ask.atMs);
    const admission = decideAdmission(ask, claims, (scope, claim) => this.#expiredOf(scope, claim, ask.atMs));
    if (admission.outcome === 'held') this.#hold(ask, admission.hold, claims);
    return admission;
  }

  trim(attemptId: string, lower: Amounts): void {
    const attempt = this.#attempts.get(attemptId);
    if (attempt?.status !== 'held') return;
    const hold = { ...attempt.hold };
    for (const each of dimensions) if (lower[each] < hold[each]) hold[each] = lower[each];
    this.#attempts.change({ ...attempt, hold });
    for (const open of this.#claimsOf(attempt)) {
      const { dimension } = open.claim.limit;
      open.add({ settled: 0n, held: hold[dimension] - attempt.hold[dimension], overrun: 0n });
    }
  }

  end(ending: Ending): Ended | undefined {
    const attempt = this.#attempts.get(ending.attemptId);
    return attempt === undefined ? undefined : this.#end(attempt, ending);
  }

  record(ask: HoldAsk, ending: Ending): Ended {
    const attempt =
      this.#attempts.get(ask.attemptId) ??
      this.#hold(ask, ask.want, this.accounts.claims(this.#limits(), ask, ask.atMs));
    return this.#end(attempt, ending);
  }

  balances(asked: Pick<HoldAsk, 'scopes' | 'paid'>, nowMs: number): readonly LimitBalance[] {
    return this.accounts.claims(this.#limits(), asked, nowMs).map(({ claim, settled, held, overrun }) => ({
      limit: claim.limit,
      scope: claim.scope,
      settled,
      held,
      overrun,
      expired: this.#expiredOf(claim.scope, claim, nowMs),
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

  #hold(ask: HoldAsk, hold: Amounts, claims: readonly OpenClaim[]): StoredAttempt {
    const attempt = heldAttempt(ask, hold);
    this.#attempts.add(attempt);
    for (const open of claims) open.add({ settled: 0n, held: hold[open.claim.limit.dimension], overrun: 0n });
    return attempt;
  }

  #end(attempt: StoredAttempt, ending: Ending): Ended {
    const change = endAttempt(attempt, ending);
    if (change === undefined) return { attempt, crossed: [] };
    this.#attempts.change(change.attempt);
    let crossed: Crossing[] | undefined;
    for (const open of this.#claimsOf(attempt)) {
      const { limit, scope } = open.claim;
      open.add(change.changeIn(limit.dimension));
      if (open.reachesSoftLimit()) (crossed ??= []).push({ limit, scope, settled: open.settled });
    }
    return { attempt: change.attempt, crossed: crossed ?? [] };
  }

  #claimsOf(attempt: StoredAttempt): readonly OpenClaim[] {
    return this.accounts.claims(this.#limits(), attempt, attempt.atMs);
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

  #expiredOf(scope: ScopePair, { limit, span }: Claim, nowMs: number): bigint {
    let expired = 0n;
    for (const attempt of this.#attempts.expired(nowMs)) {
      if (!countsIn(attempt, scope, limit) || !isAmong(attempt.scopes, scope)) continue;
      const { slice } = windowAt(limit.per, attempt.atMs);
      if (slice >= span.from && slice <= span.to) expired += attempt.hold[limit.dimension];
    }
    return expired;
  }
}

/** Whether a limit counts an attempt for a scope of it: not where a grant has paid for it. */
function countsIn(attempt: StoredAttempt, scope: ScopePair, { dimension }: Pick<LimitKey, 'dimension'>): boolean {
  return dimension !== 'usd' || !isAmong(attempt.paid, scope);
}

/** Whether an account is counted by a limit, on its own id or on each. */
function isOf(account: AccountKey, limit: LimitKey): boolean {
  const isSame = account.kind === limit.kind && account.dimension === limit.dimension && account.per === limit.per;
  return isSame && (limit.id === eachId || account.id === limit.id);
}
