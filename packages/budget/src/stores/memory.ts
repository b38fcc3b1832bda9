import type { ScopePair } from '../ledger/scope-pair.ts';
import type { Account } from './account-book.ts';
import { type AttemptBook, type AttemptEntry, EmbeddedLedger } from './embedded-ledger.ts';
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
    const { attemptId } = query;
    const attempt = attemptId === undefined ? undefined : this.#attempts.get(attemptId)?.attempt;
    const some = attemptId === undefined ? this.#attempts.all() : attempt === undefined ? [] : [attempt];
    return [...some].filter((each) => matches(each, query));
  }

  totals(scopes: readonly ScopePair[]): StoredTotals {
    const naming = (named: readonly ScopePair[]): readonly StoredAttempt[] =>
      [...this.#attempts.all()].filter((attempt) => namesAll(attempt, named));
    return totalsOf(naming(scopes), (grant) => naming([grant]));
  }

  reportOutcome(outcome: StoredOutcome): void {
    this.#outcomes.push(outcome);
  }

  outcomes(scopes: readonly ScopePair[]): readonly StoredOutcome[] {
    return this.#outcomes.filter((outcome) => namesAll(outcome, scopes));
  }

  close(): void {}
}

class MemoryAttempts implements AttemptBook {
  readonly #entries = new Map<string, AttemptEntry>();
  /** Those that are held and, until somebody looks, some that are not any more. */
  #held: AttemptEntry[] = [];

  get(attemptId: string): AttemptEntry | undefined {
    return this.#entries.get(attemptId);
  }

  add(attempt: StoredAttempt): AttemptEntry {
    const entry = { attempt };
    this.#entries.set(attempt.attemptId, entry);
    this.#held.push(entry);
    return entry;
  }

  change(): void {}

  *all(): Iterable<StoredAttempt> {
    for (const { attempt } of this.#entries.values()) yield attempt;
  }

  expired(nowMs: number): Iterable<StoredAttempt> {
    this.#held = this.#held.filter(({ attempt }) => attempt.status === 'held');
    return this.#held.map(({ attempt }) => attempt).filter(({ leaseUntilMs }) => leaseUntilMs <= nowMs);
  }

  account(): Account {
    return new Map();
  }
}
