import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { type Amounts, noAmounts } from '../../ledger/dimension.ts';
import type { ScopePair } from '../../ledger/scope-pair.ts';
import type { StoredAttempt } from '../store.ts';
import type { ScopeSets } from './scope-sets.ts';

/** A row as SQLite gives it, integers as bigint. */
export type SqlRecord = Record<string, SQLOutputValue>;

/** A row at hand, and where it is: there it is found again quicker than by its id. */
export interface SqliteEntry {
  /** As it is now. */
  attempt: StoredAttempt;
  readonly sequence: number | bigint;
}

/** Writes and reads the table `attempts`. */
export class SqliteAttempts {
  readonly #sets: ScopeSets;
  readonly #insert: StatementSync;
  readonly #end: StatementSync;
  readonly #overrun: StatementSync;
  readonly #trim: StatementSync;
  readonly #byId: StatementSync;
  readonly #expired: StatementSync;
  readonly #all: StatementSync;

  constructor(database: DatabaseSync, sets: ScopeSets) {
    this.#sets = sets;
    const prepare = (sql: string): StatementSync => {
      const statement = database.prepare(sql);
      statement.setReadBigInts(true);
      return statement;
    };
    this.#insert = prepare(
      `INSERT INTO attempts (attempt_id, kind, at_ms, lease_until_ms, scope_set, paid_set, provider, model_id, label,
         price_known, hold_nano, hold_tokens, hold_calls, hold_turns, hold_ms, status)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'held')`,
    );
    this.#end = prepare(
      `UPDATE attempts SET status = ?, ended_at_ms = ?, cost_nano = ?, cost_tokens = ?, cost_calls = ?, cost_turns = ?,
         cost_ms = ?, price_known = ?, assumption = ?, usage = ?, usage_known = ?, candidate_ids = ?, reason = ?
       WHERE sequence = ?`,
    );
    this.#overrun = prepare(
      `UPDATE attempts SET overrun_nano = ?, overrun_tokens = ?, overrun_calls = ?, overrun_turns = ?, overrun_ms = ?
       WHERE sequence = ?`,
    );
    this.#trim = prepare(
      `UPDATE attempts SET hold_nano = ?, hold_tokens = ?, hold_calls = ?, hold_turns = ?, hold_ms = ? WHERE sequence = ?`,
    );
    this.#byId = prepare('SELECT * FROM attempts WHERE attempt_id = ?');
    this.#expired = prepare("SELECT * FROM attempts WHERE status = 'held' AND lease_until_ms <= ?");
    this.#all = prepare('SELECT * FROM attempts');
  }

  get(attemptId: string): SqliteEntry | undefined {
    const record = this.#byId.get(attemptId);
    if (record === undefined) return undefined;
    return { attempt: this.attemptOf(record), sequence: integerIn(record, 'sequence') };
  }

  add(attempt: StoredAttempt): SqliteEntry {
    const { model, hold } = attempt;
    const { lastInsertRowid } = this.#insert.run(
      attempt.attemptId,
      attempt.kind,
      attempt.atMs,
      attempt.leaseUntilMs,
      this.#sets.idOf(attempt.scopes),
      this.#sets.idOf(attempt.paid),
      model.provider,
      model.modelId,
      attempt.label ?? null,
      attempt.priceKnown,
      ...columnsOf(hold),
    );
    return { attempt, sequence: lastInsertRowid };
  }

  /** Writes what an entry of `get` or `add` has become. */
  change({ attempt, sequence }: SqliteEntry, was: StoredAttempt): void {
    const { status, usage, candidateIds, overrun } = attempt;
    if (status === 'held') {
      this.#trim.run(...columnsOf(attempt.hold), sequence);
      return;
    }
    this.#end.run(
      status,
      attempt.endedAtMs ?? null,
      ...columnsOf(attempt.cost),
      attempt.priceKnown,
      attempt.assumption ?? null,
      usage === undefined ? null : JSON.stringify(usage),
      attempt.usageKnown ?? null,
      candidateIds.length === 0 ? '[]' : JSON.stringify(candidateIds),
      attempt.reason ?? null,
      sequence,
    );
    if (overrun !== noAmounts || was.status !== 'held') this.#overrun.run(...columnsOf(overrun), sequence);
  }

  *all(): Iterable<StoredAttempt> {
    for (const record of this.#all.iterate()) yield this.attemptOf(record);
  }

  *expired(nowMs: number): Iterable<StoredAttempt> {
    for (const record of this.#expired.iterate(nowMs)) yield this.attemptOf(record);
  }

  attemptOf(record: SqlRecord): StoredAttempt {
    const optional = (column: string): string | undefined => {
      const value = record[column];
      return typeof value === 'string' ? value : undefined;
    };
    const text = (column: string): string => optional(column) ?? '';
    const usage = optional('usage');
    const endedAtMs = record['ended_at_ms'];
    const set = (column: string): readonly ScopePair[] => this.#sets.scopesOf(Number(record[column]));
    return {
      attemptId: text('attempt_id'),
      kind: text('kind') as StoredAttempt['kind'],
      atMs: Number(record['at_ms']),
      leaseUntilMs: Number(record['lease_until_ms']),
      endedAtMs: endedAtMs === null || endedAtMs === undefined ? undefined : Number(endedAtMs),
      scopes: set('scope_set'),
      paid: set('paid_set'),
      model: { provider: text('provider'), modelId: text('model_id') },
      label: optional('label'),
      status: text('status') as StoredAttempt['status'],
      hold: amountsIn(record, 'hold'),
      cost: amountsIn(record, 'cost'),
      overrun: amountsIn(record, 'overrun'),
      assumption: optional('assumption'),
      priceKnown: text('price_known') as StoredAttempt['priceKnown'],
      usage: usage === undefined ? undefined : (JSON.parse(usage) as StoredAttempt['usage']),
      usageKnown: optional('usage_known') as StoredAttempt['usageKnown'],
      candidateIds: JSON.parse(text('candidate_ids')) as readonly string[],
      reason: optional('reason'),
    };
  }
}

function columnsOf({ usd, tokens, calls, turns, seconds }: Amounts): [bigint, bigint, bigint, bigint, bigint] {
  return [usd, tokens, calls, turns, seconds];
}

function amountsIn(record: SqlRecord, what: 'hold' | 'cost' | 'overrun'): Amounts {
  return {
    usd: integerIn(record, `${what}_nano`),
    tokens: integerIn(record, `${what}_tokens`),
    calls: integerIn(record, `${what}_calls`),
    turns: integerIn(record, `${what}_turns`),
    seconds: integerIn(record, `${what}_ms`),
  };
}

/** An integer column, 0 where a sum over no rows gave null. */
export function integerIn(record: SqlRecord | undefined, column: string): bigint {
  const value = record?.[column];
  return typeof value === 'bigint' ? value : 0n;
}
