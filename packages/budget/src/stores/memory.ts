import type { ScopePair } from '../ledger/scope-pair.ts';
import { type AdmissionView, decideAdmission } from './decide-admission.ts';
import { endAttempt } from './end-attempt.ts';
import { heldAttempt } from './held-attempt.ts';
import { LimitBook } from './limit-book.ts';
import type {
  Admission,
  AttemptQuery,
  Balance,
  Ending,
  HoldAsk,
  ScopeBalance,
  Store,
  StoredAttempt,
  StoredLimit,
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

type Account = { -readonly [field in keyof Balance]: Balance[field] };

// No operation awaits, so each is atomic.
class MemoryStore implements Store {
  readonly #id = crypto.randomUUID();
  readonly #limits = new LimitBook();
  readonly #accounts = new Map<string, Map<string, Account>>();
  readonly #attempts = new Map<string, StoredAttempt>();
  readonly #held = new Set<string>();
  #limitsVersion = 0;

  open(): string {
    return this.#id;
  }

  reserve(ask: HoldAsk): Admission {
    if (this.#attempts.has(ask.attemptId)) return { outcome: 'duplicate' };
    const admission = decideAdmission(ask, this.#view(ask.atMs));
    if (admission.outcome !== 'held') return admission;
    this.#held.add(ask.attemptId);
    this.#attempts.set(ask.attemptId, heldAttempt(ask, admission.holdNano));
    for (const scope of ask.scopes) this.#openAccount(scope).heldNano += admission.holdNano;
    return admission;
  }

  trim(attemptId: string, holdNano: bigint): void {
    const attempt = this.#attempts.get(attemptId);
    if (attempt?.status !== 'held' || holdNano >= attempt.holdNano) return;
    this.#attempts.set(attemptId, { ...attempt, holdNano });
    for (const scope of attempt.scopes) this.#openAccount(scope).heldNano -= attempt.holdNano - holdNano;
  }

  end(ending: Ending): StoredAttempt | undefined {
    const attempt = this.#attempts.get(ending.attemptId);
    if (attempt === undefined) return undefined;
    const ended = endAttempt(attempt, ending);
    if (ended === undefined) return attempt;
    this.#held.delete(ending.attemptId);
    this.#attempts.set(ending.attemptId, ended.attempt);
    for (const scope of attempt.scopes) {
      const account = this.#openAccount(scope);
      account.settledNano += ended.change.settledNano;
      account.heldNano += ended.change.heldNano;
      account.overrunNano += ended.change.overrunNano;
    }
    return ended.attempt;
  }

  setLimit(limit: Omit<StoredLimit, 'version'>): StoredLimit {
    this.#limitsVersion += 1;
    const stored = { ...limit, version: this.#limitsVersion };
    this.#limits.set(stored);
    return stored;
  }

  limits(): readonly StoredLimit[] {
    return this.#limits.all();
  }

  balances(scopes: readonly ScopePair[], nowMs: number): readonly ScopeBalance[] {
    const view = this.#view(nowMs);
    return scopes.map((scope) => ({
      scope,
      capNano: this.#limits.capOf(scope),
      expiredNano: view.expiredOf(scope),
      settledNano: 0n,
      heldNano: 0n,
      overrunNano: 0n,
      ...view.balanceOf(scope),
    }));
  }

  attempts(query: AttemptQuery): readonly StoredAttempt[] {
    return [...this.#attempts.values()].filter((attempt) => matches(attempt, query));
  }

  totals(scopes: readonly ScopePair[]): Balance & { readonly rows: number } {
    const totals = { settledNano: 0n, heldNano: 0n, overrunNano: 0n, rows: 0 };
    for (const attempt of this.#attempts.values()) {
      if (!namesAll(attempt, scopes)) continue;
      totals.settledNano += attempt.costNano;
      totals.heldNano += attempt.status === 'held' ? attempt.holdNano : 0n;
      totals.overrunNano += attempt.overrunNano;
      totals.rows += 1;
    }
    return totals;
  }

  close(): void {}

  #view(nowMs: number): AdmissionView {
    return {
      limits: this.#limits,
      balanceOf: ({ kind, id }) => this.#accounts.get(kind)?.get(id),
      expiredOf: (scope) => {
        let expiredNano = 0n;
        for (const attemptId of this.#held) {
          const attempt = this.#attempts.get(attemptId);
          if (attempt !== undefined && attempt.leaseUntilMs <= nowMs && namesAll(attempt, [scope])) {
            expiredNano += attempt.holdNano;
          }
        }
        return expiredNano;
      },
    };
  }

  #openAccount({ kind, id }: ScopePair): Account {
    let ids = this.#accounts.get(kind);
    if (ids === undefined) this.#accounts.set(kind, (ids = new Map()));
    let account = ids.get(id);
    if (account === undefined) ids.set(id, (account = { settledNano: 0n, heldNano: 0n, overrunNano: 0n }));
    return account;
  }
}

function matches(attempt: StoredAttempt, { attemptId, scopes = [], status, nowMs }: AttemptQuery): boolean {
  if (attemptId !== undefined && attempt.attemptId !== attemptId) return false;
  const expired = attempt.status === 'held' && attempt.leaseUntilMs <= nowMs;
  if (status !== undefined && status !== (expired ? 'expired' : attempt.status)) return false;
  return namesAll(attempt, scopes);
}

function namesAll(attempt: StoredAttempt, scopes: readonly ScopePair[]): boolean {
  return scopes.every(({ kind, id }) => attempt.scopes.some((scope) => scope.kind === kind && scope.id === id));
}
