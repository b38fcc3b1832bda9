import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ScopePair } from '../../ledger/scope-pair.ts';
import { Account, type AccountKey } from '../account.ts';
import { type AttemptBook, EmbeddedLedger } from '../embedded-ledger.ts';
import { eachId, LimitBook } from '../limit-book.ts';
import { namesAll } from '../matches.ts';
import { integerIn, SqliteAttempts, type SqliteEntry, type SqlRecord } from './sqlite-attempts.ts';
import { ScopeSets } from './scope-sets.ts';
import type { AttemptQuery, LimitKey, StoredAttempt, StoredLimit, StoredOutcome, StoredTotals } from '../store.ts';
import { totalsOf } from '../totals-of.ts';
import { TransactionQueue } from './transaction-queue.ts';

/**
 * An open ledger file. What writes is called inside a transaction of `queue`.
 *
 * Limits, accounts and held attempts stay at hand from one transaction to the next, for as long as no other connection
 * has written; accounts are written once for all attempts of a transaction.
 */
export class SqliteLedger implements AttemptBook<SqliteEntry> {
  readonly database: DatabaseSync;
  readonly queue: TransactionQueue;
  readonly ledgerId: string;
  readonly rules: EmbeddedLedger<SqliteEntry>;
  readonly #sets: ScopeSets;
  readonly #attempts: SqliteAttempts;
  readonly #dataVersion: StatementSync;
  readonly #readAccount: StatementSync;
  readonly #writeSlice: StatementSync;
  readonly #held = new Map<string, SqliteEntry>();
  #limits: LimitBook | undefined;
  #seenVersion = -1;

  constructor(database: DatabaseSync) {
    this.database = database;
    this.queue = new TransactionQueue(database, {
      begun: () => this.#refresh(),
      committing: () => this.#writeAccounts(),
      rolledBack: () => this.#forget(),
    });
    this.ledgerId = String(database.prepare('SELECT ledger_id FROM ledger').get()?.['ledger_id']);
    this.#sets = new ScopeSets(database);
    this.#attempts = new SqliteAttempts(database, this.#sets);
    this.rules = new EmbeddedLedger(this, () => this.limits());
    this.#dataVersion = database.prepare('PRAGMA data_version');
    this.#readAccount = this.#prepare(
      'SELECT slice, settled, held, overrun, told FROM accounts WHERE kind = ? AND id = ? AND dimension = ? AND per = ?',
    );
    this.#writeSlice = database.prepare(
      'INSERT OR REPLACE INTO accounts (kind, id, dimension, per, slice, settled, held, overrun, told) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
  }

  find(attemptId: string): SqliteEntry | undefined {
    return this.#held.get(attemptId) ?? this.#attempts.get(attemptId);
  }

  at({ attempt }: SqliteEntry): StoredAttempt {
    return attempt;
  }

  add(attempt: StoredAttempt): SqliteEntry {
    const entry = this.#attempts.add(attempt);
    this.#held.set(attempt.attemptId, entry);
    return entry;
  }

  change(entry: SqliteEntry, was: StoredAttempt, is: StoredAttempt): void {
    entry.attempt = is;
    this.#attempts.change(entry, was);
    if (is.status !== 'held') this.#held.delete(is.attemptId);
  }

  naming(scopes: readonly ScopePair[]): Iterable<StoredAttempt> {
    return scopes.length === 0 ? this.#attempts.all() : this.attempts({ scopes, nowMs: 0 });
  }

  expired(nowMs: number): Iterable<StoredAttempt> {
    return this.#attempts.expired(nowMs);
  }

  account(key: AccountKey): Account {
    const account = new Account(key);
    for (const record of this.#readAccount.all(key.kind, key.id, key.dimension, key.per)) {
      const slice = account.slice(Number(record['slice']));
      slice.add({
        settled: integerIn(record, 'settled'),
        held: integerIn(record, 'held'),
        overrun: integerIn(record, 'overrun'),
      });
      slice.told = integerIn(record, 'told') === 1n;
    }
    return account;
  }

  setLimit(limit: Omit<StoredLimit, 'version'>): StoredLimit {
    const stored = { ...limit, version: this.#nextVersion() };
    const { kind, id, dimension, per, cap, soft, version } = stored;
    this.rules.setLimit(stored);
    this.#prepare(
      `UPDATE accounts SET told = 0 WHERE kind = ? AND dimension = ? AND per = ? AND (? = '${eachId}' OR id = ?)`,
    ).run(kind, dimension, per, id, id);
    this.#prepare(
      `INSERT OR REPLACE INTO limits (kind, id, dimension, per, cap, soft, version) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ).run(kind, id, dimension, per, cap, soft ? 1 : 0, version);
    return stored;
  }

  removeLimit(key: LimitKey): boolean {
    if (!this.rules.removeLimit(key)) return false;
    const { kind, id, dimension, per } = key;
    const measure = [kind, dimension, per];
    this.#nextVersion();
    this.#prepare('DELETE FROM limits WHERE kind = ? AND dimension = ? AND per = ? AND id = ?').run(...measure, id);
    // Accounts stay where another limit counts them.
    const others = 'SELECT id FROM limits WHERE kind = ? AND dimension = ? AND per = ?';
    this.#prepare(
      `DELETE FROM accounts WHERE kind = ? AND dimension = ? AND per = ? AND (? = '${eachId}' OR id = ?)
         AND id NOT IN (${others}) AND NOT EXISTS (${others} AND id = '${eachId}')`,
    ).run(...measure, id, id, ...measure, ...measure);
    return true;
  }

  limits(): LimitBook {
    return (this.#limits ??= new LimitBook(
      this.#prepare('SELECT kind, id, dimension, per, cap, soft, version FROM limits ORDER BY version')
        .all()
        .map(limitOf),
    ));
  }

  /** Takes a look at what is on file now, for reading outside of a transaction. */
  look(): void {
    this.#refresh();
  }

  attempts(query: AttemptQuery): readonly StoredAttempt[] {
    const { where, values } = this.#conditionOf(query);
    return this.#prepare(`SELECT * FROM attempts WHERE ${where} ORDER BY sequence`)
      .all(...values)
      .map((record) => this.#attempts.attemptOf(record));
  }

  totals(scopes: readonly ScopePair[]): StoredTotals {
    const { where, values } = this.#conditionOf({ scopes, nowMs: 0 });
    const sums = this.#prepare(
      `SELECT sum(kind = 'call') AS rows, sum(cost_nano) AS settled, sum(iif(status = 'held', hold_nano, 0)) AS held,
         sum(overrun_nano) AS overrun FROM attempts WHERE kind <> 'grant' AND ${where}`,
    ).get(...values);
    const grants = totalsOf(this.attempts({ scopes, kind: 'grant', status: 'held', nowMs: -Infinity }), (grant) =>
      this.attempts({ scopes: [grant], nowMs: 0 }),
    );
    return {
      settledNano: integerIn(sums, 'settled'),
      heldNano: integerIn(sums, 'held') + grants.heldNano,
      overrunNano: integerIn(sums, 'overrun'),
      rows: Number(integerIn(sums, 'rows')),
    };
  }

  reportOutcome({ resultId, scopes, passed, source, atMs }: StoredOutcome): void {
    this.#prepare('INSERT INTO outcomes (result_id, scope_set, passed, source, at_ms) VALUES (?, ?, ?, ?, ?)').run(
      resultId ?? null,
      this.#sets.idOf(scopes),
      passed ? 1 : 0,
      source,
      atMs,
    );
  }

  outcomes(scopes: readonly ScopePair[]): readonly StoredOutcome[] {
    return this.#prepare('SELECT * FROM outcomes ORDER BY sequence')
      .all()
      .map((record): StoredOutcome => {
        const resultId = record['result_id'];
        return {
          resultId: typeof resultId === 'string' ? resultId : undefined,
          scopes: this.#sets.scopesOf(Number(record['scope_set'])),
          passed: record['passed'] === 1n,
          source: String(record['source']),
          atMs: Number(record['at_ms']),
        };
      })
      .filter((outcome) => namesAll(outcome, scopes));
  }

  #prepare(sql: string): StatementSync {
    const statement = this.database.prepare(sql);
    statement.setReadBigInts(true);
    return statement;
  }

  #nextVersion(): number {
    return Number(
      this.#prepare('UPDATE ledger SET limits_version = limits_version + 1 RETURNING limits_version').get()?.[
        'limits_version'
      ],
    );
  }

  /** Forgets what is at hand where another connection has written. */
  #refresh(): void {
    const version = Number(this.#dataVersion.get()?.['data_version']);
    if (version === this.#seenVersion && this.rules.accounts.size < mostAccounts) return;
    this.#seenVersion = version;
    this.#forget();
  }

  #forget(): void {
    this.#limits = undefined;
    this.#held.clear();
    this.#sets.clear();
    this.rules.accounts.clear();
  }

  #writeAccounts(): void {
    for (const { account, start, settled, held, overrun, told } of this.rules.accounts.takeChanges()) {
      const { kind, id, dimension, per } = account.key;
      this.#writeSlice.run(kind, id, dimension, per, start, settled, held, overrun, told ? 1 : 0);
    }
  }

  #conditionOf({ attemptId, kind, scopes = [], status, fromMs, untilMs, nowMs }: AttemptQuery): {
    readonly where: string;
    readonly values: readonly (string | number)[];
  } {
    const terms: string[] = ['true'];
    const values: (string | number)[] = [];
    const add = (term: string, ...given: readonly (string | number)[]): void => {
      terms.push(term);
      values.push(...given);
    };
    if (attemptId !== undefined) add('attempt_id = ?', attemptId);
    if (kind !== undefined) add('kind = ?', kind);
    if (status !== undefined) add('status = ?', status === 'expired' ? 'held' : status);
    if (status === 'held') add('lease_until_ms > ?', nowMs);
    if (status === 'expired') add('lease_until_ms <= ?', nowMs);
    if (fromMs !== undefined) add('at_ms >= ?', fromMs);
    if (untilMs !== undefined) add('at_ms < ?', untilMs);
    if (scopes.length > 0) {
      const names = scopes.map(() => namesScope).join(' AND ');
      add(
        `scope_set IN (SELECT scope_set FROM scope_sets WHERE ${names})`,
        ...scopes.flatMap((scope) => [scope.kind, scope.id]),
      );
    }
    return { where: terms.join(' AND '), values };
  }
}

/** Accounts at hand, at most: those of tasks come and go. */
const mostAccounts = 50_000;

const namesScope = `EXISTS (
  SELECT 1 FROM json_each(scope_sets.scopes) AS scope WHERE scope.value ->> 'kind' = ? AND scope.value ->> 'id' = ?
)`;

function limitOf(record: SqlRecord): StoredLimit {
  return {
    kind: String(record['kind']),
    id: String(record['id']),
    dimension: String(record['dimension']) as StoredLimit['dimension'],
    per: String(record['per']),
    cap: integerIn(record, 'cap'),
    soft: record['soft'] === 1n,
    version: Number(record['version']),
  };
}
