import { type Amounts, dimensions } from '../ledger/dimension.ts';
import type { ScopePair } from '../ledger/scope-pair.ts';
import { windowAt } from '../ledger/window.ts';
import type { Account, AccountKey } from './account.ts';
import { AccountBook } from './account-book.ts';
import { decideAdmission } from './decide-admission.ts';
import { endAttempt } from './end-attempt.ts';
import { heldAttempt } from './held-attempt.ts';
import { closedGrant } from './grant-row.ts';
import { type Claim, eachId, isAmong, type LimitBook } from './limit-book.ts';
import type { OpenClaim } from './open-claim.ts';
import { changeOf, type Plan } from './plan.ts';
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

/** Where an embedded ledger keeps its rows; a `Row` is what it finds one by again. */
export interface AttemptBook<Row> {
  find(attemptId: string): Row | undefined;
  /** A row as it is now. */
  at(row: Row): StoredAttempt;
  add(attempt: StoredAttempt): Row;
  /** Keeps what a row has become. */
  change(row: Row, was: StoredAttempt, is: StoredAttempt): void;
  /** All that were ever admitted and name every one of `scopes`, in any order. */
  naming(scopes: readonly ScopePair[]): Iterable<StoredAttempt>;
  /** Those that are held and whose lease has run out. */
  expired(nowMs: number): Iterable<StoredAttempt>;
  /** What an account has counted so far. */
  account(key: AccountKey): Account;
}

/**
 * The rules of a ledger over rows and limits that are at hand. No operation awaits, so each is atomic in its process; a
 * store that shares a file makes it so among processes by a transaction around each.
 */
export class EmbeddedLedger<Row> {
  readonly accounts: AccountBook;
  readonly #attempts: AttemptBook<Row>;
  readonly #limits: () => LimitBook;

  constructor(attempts: AttemptBook<Row>, limits: () => LimitBook) {
    this.#attempts = attempts;
    this.#limits = limits;
    this.accounts = new AccountBook((key) => attempts.account(key));
  }

  reserve(ask: HoldAsk): Admission {
    const plan = this.#plan(ask, ask.atMs);
    if (plan.missingKind !== undefined) return { outcome: 'missing-scope', kind: plan.missingKind };
    if (this.#attempts.find(ask.attemptId) !== undefined) return { outcome: 'duplicate' };
    const closed = closedGrant(ask, this.#isHeld);
    if (closed !== undefined) return closed;
    const admission: Admission = plan.fits(ask.want)
      ? { outcome: 'held', hold: ask.want }
      : decideAdmission(ask, plan.claims, this.#expiredAt(ask.atMs));
    if (admission.outcome === 'held') this.#hold(ask, admission.hold, plan);
    return admission;
  }

  trim(attemptId: string, lower: Amounts): void {
    const row = this.#attempts.find(attemptId);
    if (row === undefined) return;
    const was = this.#attempts.at(row);
    if (was.status !== 'held') return;
    const hold = { ...was.hold };
    for (const each of dimensions) if (lower[each] < hold[each]) hold[each] = lower[each];
    this.#change(row, was, { ...was, hold });
  }

  end(ending: Ending): Ended | undefined {
    const row = this.#attempts.find(ending.attemptId);
    return row === undefined ? undefined : this.#end(row, ending);
  }

  record(ask: HoldAsk, ending: Ending): Ended {
    const row = this.#attempts.find(ask.attemptId) ?? this.#hold(ask, ask.want, this.#plan(ask, ask.atMs));
    return this.#end(row, ending);
  }

  balances(asked: Pick<HoldAsk, 'scopes' | 'paid'>, nowMs: number): readonly LimitBalance[] {
    const expiredOf = this.#expiredAt(nowMs);
    return this.#plan(asked, nowMs).claims.map(({ claim, settled, held, overrun }) => ({
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
    for (const account of this.accounts.all()) {
      if (isOf(account.key, limit)) for (const slice of account.slices()) slice.told = false;
    }
  }

  /** Takes a limit out of the book, and what only it counted. Says whether it was there. */
  removeLimit(key: LimitKey): boolean {
    const limits = this.#limits();
    if (!limits.remove(key)) return false;
    this.accounts.forget((account) => isOf(account, key) && !limits.counts(account));
    return true;
  }

  #plan(asked: Pick<HoldAsk, 'scopes' | 'paid'>, atMs: number): Plan {
    return this.accounts.plan(this.#limits(), asked, atMs);
  }

  #hold(ask: HoldAsk, hold: Amounts, plan: Plan): Row {
    const attempt = heldAttempt(ask, hold);
    const row = this.#attempts.add(attempt);
    plan.move(undefined, attempt);
    return row;
  }

  #end(row: Row, ending: Ending): Ended {
    const was = this.#attempts.at(row);
    const attempt = endAttempt(was, ending);
    if (attempt === undefined) return { attempt: was, crossed: none };
    const { soft } = this.#change(row, was, attempt);
    return { attempt, crossed: soft.length === 0 ? none : crossingsOf(soft) };
  }

  /** Keeps what an attempt has become, and gives what counts it. */
  #change(row: Row, was: StoredAttempt, is: StoredAttempt): Plan {
    const plan = this.#plan(was, was.atMs);
    this.#attempts.change(row, was, is);
    plan.move(was, is);
    return plan;
  }

  #sumUp(key: LimitKey): void {
    for (const account of this.accounts.all()) if (isOf(account.key, key)) account.clear();
    this.accounts.forgetPlans();
    const begun = new Set<Account>();
    for (const attempt of this.#attempts.naming(key.id === eachId ? [] : [key])) {
      for (const scope of attempt.scopes) {
        if (!countsIn(attempt, scope, key) || scope.kind !== key.kind || (key.id !== eachId && scope.id !== key.id))
          continue;
        const account = this.accounts.account({ ...scope, dimension: key.dimension, per: key.per });
        // One that was not at hand comes with what a limit of its own has counted.
        if (!begun.has(account)) account.clear();
        begun.add(account);
        const slice = account.slice(windowAt(key.per, attempt.atMs).slice);
        account.add(slice, changeOf(key.dimension, undefined, attempt));
        this.accounts.touch(slice);
      }
    }
  }

  readonly #isHeld = (attemptId: string): boolean => {
    const row = this.#attempts.find(attemptId);
    return row !== undefined && this.#attempts.at(row).status === 'held';
  };

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

/** Soft limits that are reached and were not told of. */
function crossingsOf(soft: readonly OpenClaim[]): readonly Crossing[] {
  return soft
    .filter((open) => open.reachesSoftLimit())
    .map(({ claim: { limit, scope }, settled }) => ({ limit, scope, settled }));
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
