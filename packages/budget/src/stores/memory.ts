import type { ScopePair } from '../ledger/scope-pair.ts';
import { Account, type AccountKey } from './account.ts';
import { AttemptIndex } from './attempt-index.ts';
import { AttemptSlab } from './attempt-slab.ts';
import { type AttemptBook, EmbeddedLedger } from './embedded-ledger.ts';
import { LimitBook } from './limit-book.ts';
import { matches, namesAll } from './matches.ts';
import type {
  Admission,
  AttemptQuery,
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
import { totalsOf } from './totals-of.ts';

/**
 * Keeps a ledger in this process: for scripts and tests. Gone with the process, and it keeps every row.
 *
 * @example
 * const ledger = await createLedger({ store: memoryStore() });
 */
export function memoryStore(): Store {
  return new MemoryStore();
}

class MemoryStore implements Store {
  readonly #id = crypto.randomUUID();
  readonly #limits = new LimitBook();
  readonly #attempts = new MemoryAttempts();
  readonly #ledger = new EmbeddedLedger(this.#attempts, () => this.#limits);
  readonly #outcomes: StoredOutcome[] = [];
  #limitsVersion = 0;

  open(): string {
    return this.#id;
  }

  reserve(ask: HoldAsk): Admission {
    return this.#ledger.reserve(ask);
  }

  trim(attemptId: string, hold: StoredAttempt['hold']): void {
    this.#ledger.trim(attemptId, hold);
  }

  end(ending: Ending): Ended | undefined {
    return this.#ledger.end(ending);
  }

  record(ask: HoldAsk, ending: Ending): Ended {
    return this.#ledger.record(ask, ending);
  }

  setLimit(limit: Omit<StoredLimit, 'version'>): StoredLimit {
    this.#limitsVersion += 1;
    const stored = { ...limit, version: this.#limitsVersion };
    this.#ledger.setLimit(stored);
    return stored;
  }

  removeLimit(key: LimitKey): boolean {
    return this.#ledger.removeLimit(key);
  }

  limits(): readonly StoredLimit[] {
    return this.#limits.all();
  }

  balances(asked: Pick<HoldAsk, 'scopes' | 'paid'>, nowMs: number): readonly LimitBalance[] {
    return this.#ledger.balances(asked, nowMs);
  }

  attempts(query: AttemptQuery): readonly StoredAttempt[] {
    const attempts: StoredAttempt[] = [];
    for (const attempt of this.#attempts.sought(query)) if (matches(attempt, query)) attempts.push(attempt);
    return attempts;
  }

  totals(scopes: readonly ScopePair[]): StoredTotals {
    return totalsOf(this.#attempts.naming(scopes), (grant) => this.#attempts.naming([grant]));
  }

  reportOutcome(outcome: StoredOutcome): void {
    this.#outcomes.push(outcome);
  }

  outcomes(scopes: readonly ScopePair[]): readonly StoredOutcome[] {
    return this.#outcomes.filter((outcome) => namesAll(outcome, scopes));
  }

  close(): void {}
}

class MemoryAttempts implements AttemptBook<number> {
  readonly #slab = new AttemptSlab();
  readonly #index = new AttemptIndex((row) => this.#slab.attemptIdAt(row));

  find(attemptId: string): number | undefined {
    return this.#index.find(attemptId);
  }

  at(row: number): StoredAttempt {
    return this.#slab.at(row);
  }

  add(attempt: StoredAttempt): number {
    const row = this.#slab.add(attempt);
    this.#index.add(attempt.attemptId, row);
    return row;
  }

  change(row: number, was: StoredAttempt, is: StoredAttempt): void {
    this.#slab.change(row, was, is);
  }

  naming(scopes: readonly ScopePair[]): Iterable<StoredAttempt> {
    return this.#slab.naming(scopes);
  }

  /** All that a query may ask for, and others. */
  sought({ attemptId, status, scopes = [] }: AttemptQuery): Iterable<StoredAttempt> {
    if (attemptId !== undefined) {
      const row = this.find(attemptId);
      return row === undefined ? [] : [this.at(row)];
    }
    return status === 'held' || status === 'expired' ? this.#slab.held() : this.#slab.naming(scopes);
  }

  *expired(nowMs: number): Iterable<StoredAttempt> {
    for (const attempt of this.#slab.held()) if (attempt.leaseUntilMs <= nowMs) yield attempt;
  }

  account(key: AccountKey): Account {
    return new Account(key);
  }
}
