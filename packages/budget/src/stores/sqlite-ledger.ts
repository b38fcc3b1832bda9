import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ScopePair } from '../ledger/scope-pair.ts';
import { decideAdmission } from './decide-admission.ts';
import { endAttempt } from './end-attempt.ts';
import { heldAttempt } from './held-attempt.ts';
import { LimitBook } from './limit-book.ts';
import { type AttemptRecord, attemptOf, nanoIn, recordOf } from './sqlite-attempts.ts';
import type {
  Admission,
  AttemptQuery,
  Balance,
  Ending,
  HoldAsk,
  ScopeBalance,
  StoredAttempt,
  StoredLimit,
} from './store.ts';
import { TransactionQueue } from './transaction-queue.ts';

const attemptColumns =
  'attempt_id, at_ms, lease_until_ms, scopes, provider, model_id, label, status, hold_nano, cost_nano, overrun_nano, assumption, price_known, usage, usage_known, candidate_ids, reason';

/** An open ledger file. What writes is called inside a transaction of `queue`. */
export class SqliteLedger {
  readonly database: DatabaseSync;
  readonly queue: TransactionQueue;
  readonly ledgerId: string;
  readonly #limitsVersion: StatementSync;
  readonly #balance: StatementSync;
  readonly #expired: StatementSync;
  readonly #attempt: StatementSync;
  readonly #insertAttempt: StatementSync;
  readonly #updateAttempt: StatementSync;
  readonly #changeBalance: StatementSync;
  #limits: { readonly version: number; readonly book: LimitBook } | undefined;

  constructor(database: DatabaseSync) {
    this.database = database;
    // A limit read inside a transaction that did not happen is not a limit.
    this.queue = new TransactionQueue(database, () => (this.#limits = undefined));
    this.ledgerId = String(this.#prepare('SELECT ledger_id FROM ledger').get()?.['ledger_id']);
    this.#limitsVersion = this.#prepare('SELECT limits_version FROM ledger');
    this.#balance = this.#prepare(
      'SELECT settled_nano, held_nano, overrun_nano FROM balances WHERE kind = ? AND id = ?',
    );
    this.#expired = this.#prepare(
      `SELECT sum(hold_nano) AS nano FROM attempts WHERE status = 'held' AND lease_until_ms <= ? AND ${namesScope}`,
    );
    this.#attempt = this.#prepare(`SELECT ${attemptColumns} FROM attempts WHERE attempt_id = ?`);
    this.#insertAttempt = this.#prepare(
      `INSERT OR IGNORE INTO attempts (${attemptColumns}) VALUES (${attemptColumns.replaceAll(/\w+/g, ':$&')})`,
    );
    this.#updateAttempt = this.#prepare(
      `UPDATE attempts SET status = :status, hold_nano = :hold_nano, cost_nano = :cost_nano, overrun_nano = :overrun_nano,
         assumption = :assumption, price_known = :price_known, usage = :usage, usage_known = :usage_known,
         candidate_ids = :candidate_ids, reason = :reason
       WHERE attempt_id = :attempt_id`,
    );
    this.#updateAttempt.setAllowUnknownNamedParameters(true);
    this.#changeBalance = this.#prepare(
      `INSERT INTO balances (kind, id, settled_nano, held_nano, overrun_nano) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (kind, id) DO UPDATE SET settled_nano = settled_nano + excluded.settled_nano,
         held_nano = held_nano + excluded.held_nano, overrun_nano = overrun_nano + excluded.overrun_nano`,
    );
  }

  reserve(ask: HoldAsk): Admission {
    const admission = decideAdmission(ask, {
      limits: this.limits(),
      balanceOf: (scope) => this.#balanceOf(scope),
      expiredOf: (scope) => this.#expiredOf(scope, ask.atMs),
    });
    if (admission.outcome !== 'held') return this.#attemptOf(ask.attemptId) ? { outcome: 'duplicate' } : admission;
    const attempt = heldAttempt(ask, admission.holdNano);
    if (Number(this.#insertAttempt.run(recordOf(attempt)).changes) === 0) return { outcome: 'duplicate' };
    this.#change(attempt.scopes, { settledNano: 0n, heldNano: attempt.holdNano, overrunNano: 0n });
    return admission;
  }

  trim(attemptId: string, holdNano: bigint): void {
    const attempt = this.#attemptOf(attemptId);
    if (attempt?.status !== 'held' || holdNano >= attempt.holdNano) return;
    this.#updateAttempt.run(recordOf({ ...attempt, holdNano }));
    this.#change(attempt.scopes, { settledNano: 0n, heldNano: holdNano - attempt.holdNano, overrunNano: 0n });
  }

  end(ending: Ending): StoredAttempt | undefined {
    const attempt = this.#attemptOf(ending.attemptId);
    if (attempt === undefined) return undefined;
    const ended = endAttempt(attempt, ending);
    if (ended === undefined) return attempt;
    this.#updateAttempt.run(recordOf(ended.attempt));
    this.#change(attempt.scopes, ended.change);
    return ended.attempt;
  }

  setLimit({ kind, id, per, capNano }: Omit<StoredLimit, 'version'>): StoredLimit {
    const version = this.#readLimitsVersion() + 1;
    this.#prepare('UPDATE ledger SET limits_version = ?').run(version);
    this.#prepare(
      `INSERT INTO limits (kind, id, per, cap_nano, version) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (kind, id, per) DO UPDATE SET cap_nano = excluded.cap_nano, version = excluded.version`,
    ).run(kind, id, per, capNano, version);
    return { kind, id, per, capNano, version };
  }

  /** The limits in force, read again whenever any process has changed them. */
  limits(): LimitBook {
    const version = this.#readLimitsVersion();
    if (this.#limits?.version !== version) {
      const rows = this.#prepare('SELECT kind, id, per, cap_nano, version FROM limits ORDER BY version').all();
      this.#limits = { version, book: new LimitBook(rows.map(limitOf)) };
    }
    return this.#limits.book;
  }

  balances(scopes: readonly ScopePair[], nowMs: number): readonly ScopeBalance[] {
    const limits = this.limits();
    return scopes.map((scope) => ({
      scope,
      capNano: limits.capOf(scope),
      expiredNano: this.#expiredOf(scope, nowMs),
      ...this.#balanceOf(scope),
    }));
  }

  attempts(query: AttemptQuery): readonly StoredAttempt[] {
    const { where, values } = conditionOf(query);
    return this.#prepare(`SELECT ${attemptColumns} FROM attempts WHERE ${where} ORDER BY sequence`)
      .all(...values)
      .map(attemptOf);
  }

  totals(scopes: readonly ScopePair[]): Balance & { readonly rows: number } {
    const { where, values } = conditionOf({ scopes, nowMs: 0 });
    const sums = this.#prepare(
      `SELECT count(*) AS rows, sum(cost_nano) AS settled, sum(iif(status = 'held', hold_nano, 0)) AS held,
         sum(overrun_nano) AS overrun FROM attempts WHERE ${where}`,
    ).get(...values);
    return {
      settledNano: nanoIn(sums, 'settled'),
      heldNano: nanoIn(sums, 'held'),
      overrunNano: nanoIn(sums, 'overrun'),
      rows: Number(sums?.['rows']),
    };
  }

  #prepare(sql: string): StatementSync {
    const statement = this.database.prepare(sql);
    statement.setReadBigInts(true);
    return statement;
  }

  #readLimitsVersion(): number {
    return Number(this.#limitsVersion.get()?.['limits_version']);
  }

  #balanceOf({ kind, id }: ScopePair): Balance {
    const record = this.#balance.get(kind, id);
    return {
      settledNano: nanoIn(record, 'settled_nano'),
      heldNano: nanoIn(record, 'held_nano'),
      overrunNano: nanoIn(record, 'overrun_nano'),
    };
  }

  #expiredOf({ kind, id }: ScopePair, nowMs: number): bigint {
    return nanoIn(this.#expired.get(nowMs, kind, id), 'nano');
  }

  #attemptOf(attemptId: string): StoredAttempt | undefined {
    const record = this.#attempt.get(attemptId);
    return record === undefined ? undefined : attemptOf(record);
  }

  #change(scopes: readonly ScopePair[], { settledNano, heldNano, overrunNano }: Balance): void {
    for (const { kind, id } of scopes) this.#changeBalance.run(kind, id, settledNano, heldNano, overrunNano);
  }
}

const namesScope = `EXISTS (
  SELECT 1 FROM json_each(attempts.scopes) AS scope WHERE scope.value ->> 'kind' = ? AND scope.value ->> 'id' = ?
)`;

function limitOf(record: AttemptRecord): StoredLimit {
  return {
    kind: String(record['kind']),
    id: String(record['id']),
    per: 'total',
    capNano: nanoIn(record, 'cap_nano'),
    version: Number(record['version']),
  };
}

function conditionOf({ attemptId, scopes = [], status, nowMs }: AttemptQuery): {
  readonly where: string;
  readonly values: readonly (string | number)[];
} {
  const terms: string[] = ['true'];
  const values: (string | number)[] = [];
  if (attemptId !== undefined) {
    terms.push('attempt_id = ?');
    values.push(attemptId);
  }
  if (status !== undefined) {
    terms.push('status = ?');
    values.push(status === 'expired' ? 'held' : status);
  }
  if (status === 'held' || status === 'expired') {
    terms.push(`lease_until_ms ${status === 'held' ? '>' : '<='} ?`);
    values.push(nowMs);
  }
  for (const { kind, id } of scopes) {
    terms.push(namesScope);
    values.push(kind, id);
  }
  return { where: terms.join(' AND '), values };
}
