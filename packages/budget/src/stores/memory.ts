import type { ScopePair } from '../ledger/scope-pair.ts';
import { windowAt } from '../ledger/window.ts';
import { type Claimed, decideAdmission } from './decide-admission.ts';
import { endAttempt } from './end-attempt.ts';
import { heldAttempt } from './held-attempt.ts';
import { type Claim, eachId, isAmong, LimitBook } from './limit-book.ts';
import { totalsOf } from './totals-of.ts';
import type {
  Admission,
  AttemptQuery,
  Balance,
  Crossing,
  Ended,
  Ending,
  HoldAsk,
  LimitBalance,
  LimitKey,
  Store,
  StoredAttempt,
  StoredLimit,
  StoredOutcome,
  StoredTotals,
} from './store.ts';

/**
 * Keeps a ledger in this process: for scripts and tests. Gone with the process, and it keeps every row.
 *
 * @example
 * const ledger = await createLedger({ store: memoryStore() });
 */
export function memoryStore(): Store {
  return new MemoryStore();
}

/** What one limit counts for one id, slice of time by slice of time. */
type Account = Map<number, Slice>;
type Slice = { -readonly [field in keyof Balance]: Balance[field] } & { told: boolean };

/** A claim with the slice that its attempt is counted in at hand. */
class OpenClaim implements Claimed {
  readonly claim: Claim;
  readonly account: Account;
  readonly slice: Slice;
  readonly #isOneSlice: boolean;

  constructor(claim: Claim, account: Account) {
    this.claim = claim;
    this.account = account;
    const { slice, from, to } = claim.span;
    this.#isOneSlice = from === to;
    this.slice = account.get(slice) ?? { settled: 0n, held: 0n, overrun: 0n, told: false };
    account.set(slice, this.slice);
  }

  get settled(): bigint {
    return this.#isOneSlice ? this.slice.settled : this.#sum((slice) => slice.settled);
  }

  get held(): bigint {
    return this.#isOneSlice ? this.slice.held : this.#sum((slice) => slice.held);
  }

  get overrun(): bigint {
    return this.#isOneSlice ? this.slice.overrun : this.#sum((slice) => slice.overrun);
  }

  get told(): boolean {
    return this.slices().some(({ told }) => told);
  }

  slices(): readonly Slice[] {
    const { from, to } = this.claim.span;
    return [...this.account].filter(([start]) => start >= from && start <= to).map(([, slice]) => slice);
  }

  #sum(part: (slice: Slice) => bigint): bigint {
    return this.slices().reduce((sum, slice) => sum + part(slice), 0n);
  }
}

/** What attempts with the same scopes are counted by, for as long as limits and windows stay the same. */
interface Plan {
  readonly version: number;
  readonly paid: readonly ScopePair[];
  readonly since: number;
  readonly until: number;
  readonly claims: readonly OpenClaim[];
}

// No operation awaits, so each is atomic.
class MemoryStore implements Store {
  readonly #id = crypto.randomUUID();
  readonly #limits = new LimitBook();
  readonly #accounts = new Map<string, Account>();
  readonly #attempts = new Map<string, StoredAttempt>();
  readonly #held = new Set<string>();
  readonly #outcomes: StoredOutcome[] = [];
  readonly #plans = new WeakMap<readonly ScopePair[], Plan>();
  #limitsVersion = 0;

  open(): string {
    return this.#id;
  }

  reserve(ask: HoldAsk): Admission {
    if (this.#attempts.has(ask.attemptId)) return { outcome: 'duplicate' };
    const missing = this.#limits.missingKind(ask.scopes);
    if (missing !== undefined) return { outcome: 'missing-scope', kind: missing };
    const claims = this.#claims(ask, ask.atMs);
    const admission = decideAdmission(ask, claims, (scope, claim) => this.#expiredOf(scope, claim, ask.atMs));
    if (admission.outcome === 'held') this.#hold(ask, admission.hold, claims);
    return admission;
  }

  #hold(ask: HoldAsk, hold: StoredAttempt['hold'], claims: readonly OpenClaim[]): StoredAttempt {
    const attempt = heldAttempt(ask, hold);
    this.#held.add(ask.attemptId);
    this.#attempts.set(ask.attemptId, attempt);
    for (const { claim, slice } of claims) slice.held += hold[claim.limit.dimension];
    return attempt;
  }

  trim(attemptId: string, lower: StoredAttempt['hold']): void {
    const attempt = this.#attempts.get(attemptId);
    if (attempt?.status !== 'held') return;
    const hold = { ...attempt.hold };
    for (const dimension of Object.keys(hold) as (keyof typeof hold)[]) {
      if (lower[dimension] < hold[dimension]) hold[dimension] = lower[dimension];
    }
    this.#attempts.set(attemptId, { ...attempt, hold });
    for (const { claim, slice } of this.#claims(attempt, attempt.atMs)) {
      slice.held -= attempt.hold[claim.limit.dimension] - hold[claim.limit.dimension];
    }
  }

  end(ending: Ending): Ended | undefined {
    const attempt = this.#attempts.get(ending.attemptId);
    return attempt === undefined ? undefined : this.#end(attempt, ending);
  }

  record(ask: HoldAsk, ending: Ending): Ended {
    const known = this.#attempts.get(ask.attemptId);
    return this.#end(known ?? this.#hold(ask, ask.want, this.#claims(ask, ask.atMs)), ending);
  }

  #end(attempt: StoredAttempt, ending: Ending): Ended {
    const change = endAttempt(attempt, ending);
    if (change === undefined) return { attempt, crossed: [] };
    this.#held.delete(attempt.attemptId);
    this.#attempts.set(attempt.attemptId, change.attempt);
    let crossed: Crossing[] | undefined;
    for (const open of this.#claims(attempt, attempt.atMs)) {
      const { claim, slice } = open;
      const { settled, held, overrun } = change.changeIn(claim.limit.dimension);
      slice.settled += settled;
      slice.held += held;
      slice.overrun += overrun;
      if (!claim.limit.soft || open.settled < claim.limit.cap || open.told) continue;
      slice.told = true;
      (crossed ??= []).push({ limit: claim.limit, scope: claim.scope, settled: open.settled });
    }
    return { attempt: change.attempt, crossed: crossed ?? [] };
  }

  setLimit(limit: Omit<StoredLimit, 'version'>): StoredLimit {
    this.#limitsVersion += 1;
    const wasCounted =
      limit.id === eachId ? this.#limits.get(limit) !== undefined : this.#limits.counts(limit);
    const stored = { ...limit, version: this.#limitsVersion };
    this.#limits.set(stored);
    if (!wasCounted) this.#sumUp(limit);
    for (const [name, account] of this.#accounts) {
      if (isOf(name, limit)) for (const slice of account.values()) slice.told = false;
    }
    return stored;
  }

  removeLimit(key: LimitKey): boolean {
    if (!this.#limits.remove(key)) return false;
    this.#limitsVersion += 1;
    return true;
  }

  limits(): readonly StoredLimit[] {
    return this.#limits.all();
  }

  balances(asked: Pick<HoldAsk, 'scopes' | 'paid'>, nowMs: number): readonly LimitBalance[] {
    return this.#claims(asked, nowMs).map(({ claim, settled, held, overrun }) => ({
      limit: claim.limit,
      scope: claim.scope,
      settled,
      held,
      overrun,
      expired: this.#expiredOf(claim.scope, claim, nowMs),
      resetsAtMs: claim.span.from === claim.span.to ? claim.span.until : Infinity,
    }));
  }

  attempts(query: AttemptQuery): readonly StoredAttempt[] {
    if (query.attemptId !== undefined) {
      const attempt = this.#attempts.get(query.attemptId);
      return attempt !== undefined && matches(attempt, query) ? [attempt] : [];
    }
    return [...this.#attempts.values()].filter((attempt) => matches(attempt, query));
  }

  totals(scopes: readonly ScopePair[]): StoredTotals {
    return totalsOf(
      this.#attempts.values().filter((attempt) => namesAll(attempt, scopes)),
      (grant) => this.#attempts.values().filter((attempt) => namesAll(attempt, [grant])),
    );
  }

  reportOutcome(outcome: StoredOutcome): void {
    this.#outcomes.push(outcome);
  }

  outcomes(scopes: readonly ScopePair[]): readonly StoredOutcome[] {
    return this.#outcomes.filter((outcome) => namesAll(outcome, scopes));
  }

  close(): void {}

  #claims(asked: Pick<HoldAsk, 'scopes' | 'paid'>, atMs: number): readonly OpenClaim[] {
    const known = this.#plans.get(asked.scopes);
    if (known?.version === this.#limitsVersion && known.paid === asked.paid && atMs >= known.since && atMs < known.until) {
      return known.claims;
    }
    let since = -Infinity;
    let until = Infinity;
    const claims = this.#limits.claims(asked, atMs).map((claim) => {
      since = Math.max(since, claim.span.since);
      until = Math.min(until, claim.span.until);
      return new OpenClaim(claim, this.#account(accountName(claim.limit, claim.scope)));
    });
    this.#plans.set(asked.scopes, { version: this.#limitsVersion, paid: asked.paid, since, until, claims });
    return claims;
  }

  #account(name: string): Account {
    let account = this.#accounts.get(name);
    if (account === undefined) this.#accounts.set(name, (account = new Map()));
    return account;
  }

  /** Counts what a new limit would have counted had it always been there. */
  #sumUp({ kind, id, dimension, per }: LimitKey): void {
    for (const name of this.#accounts.keys()) if (isOf(name, { kind, id, dimension, per })) this.#accounts.delete(name);
    for (const attempt of this.#attempts.values()) {
      for (const scope of attempt.scopes) {
        if (scope.kind !== kind || (id !== eachId && scope.id !== id)) continue;
        if (dimension === 'usd' && isAmong(attempt.paid, scope)) continue;
        const account = this.#account(accountName({ kind, id, dimension, per }, scope));
        const start = windowAt(per, attempt.atMs).slice;
        const slice = account.get(start) ?? { settled: 0n, held: 0n, overrun: 0n, told: false };
        account.set(start, slice);
        slice.settled += attempt.cost[dimension];
        slice.overrun += attempt.overrun[dimension];
        if (attempt.status === 'held') slice.held += attempt.hold[dimension];
      }
    }
  }

  #expiredOf(scope: ScopePair, { limit, span }: Claim, nowMs: number): bigint {
    let expired = 0n;
    for (const attemptId of this.#held) {
      const attempt = this.#attempts.get(attemptId);
      if (attempt === undefined || attempt.leaseUntilMs > nowMs) continue;
      if (!isAmong(attempt.scopes, scope) || (limit.dimension === 'usd' && isAmong(attempt.paid, scope))) continue;
      const { slice } = windowAt(limit.per, attempt.atMs);
      if (slice >= span.from && slice <= span.to) expired += attempt.hold[limit.dimension];
    }
    return expired;
  }
}

function accountName({ dimension, per }: LimitKey, { kind, id }: ScopePair): string {
  return JSON.stringify([dimension, per, kind, id]);
}

/** Whether an account belongs to a limit, on its own id or on each. */
function isOf(name: string, { kind, id, dimension, per }: LimitKey): boolean {
  const [ofDimension, ofPer, ofKind, ofId] = JSON.parse(name) as readonly string[];
  return ofDimension === dimension && ofPer === per && ofKind === kind && (id === eachId || ofId === id);
}

function matches(attempt: StoredAttempt, query: AttemptQuery): boolean {
  const { attemptId, kind, scopes = [], status, fromMs = -Infinity, untilMs = Infinity, nowMs } = query;
  if (attemptId !== undefined && attempt.attemptId !== attemptId) return false;
  if (kind !== undefined && attempt.kind !== kind) return false;
  if (attempt.atMs < fromMs || attempt.atMs >= untilMs) return false;
  const expired = attempt.status === 'held' && attempt.leaseUntilMs <= nowMs;
  if (status !== undefined && status !== (expired ? 'expired' : attempt.status)) return false;
  return namesAll(attempt, scopes);
}

function namesAll(named: { readonly scopes: readonly ScopePair[] }, scopes: readonly ScopePair[]): boolean {
  return scopes.every((scope) => isAmong(named.scopes, scope));
}
