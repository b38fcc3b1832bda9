import { type Amounts, amountsBy } from '../../ledger/dimension.ts';
import type { ScopePair } from '../../ledger/scope-pair.ts';
import type { StoredAttempt } from '../store.ts';
import type { SqlRow } from './sql-client.ts';

/** Columns of attempts with their scopes, for a `SELECT` from `attempts t`. */
export function attemptQuery(schema: string, where: string): string {
  return `SELECT t.*, s.scopes, p.scopes AS paid FROM ${schema}.attempts t
    JOIN ${schema}.scope_sets s ON s.scope_set = t.scope_set
    JOIN ${schema}.scope_sets p ON p.scope_set = t.paid_set
    WHERE ${where} ORDER BY t.sequence`;
}

/** The attempt behind a row of `attemptQuery`. */
export function attemptOf(row: SqlRow): StoredAttempt {
  const text = (column: string): string => textOf(row[column]);
  const optional = (column: string): string | undefined => optionalText(row[column]);
  return {
    attemptId: text('attempt_id'),
    kind: text('kind') as StoredAttempt['kind'],
    atMs: Number(row['at_ms']),
    leaseUntilMs: Number(row['lease_until_ms']),
    endedAtMs: row['ended_at_ms'] == null ? undefined : Number(row['ended_at_ms']),
    scopes: row['scopes'] as readonly ScopePair[],
    paid: row['paid'] as readonly ScopePair[],
    model: { provider: text('provider'), modelId: text('model_id') },
    label: optional('label'),
    status: text('status') as StoredAttempt['status'],
    hold: amountsIn(row, 'hold'),
    cost: amountsIn(row, 'cost'),
    overrun: amountsIn(row, 'overrun'),
    assumption: optional('assumption'),
    priceKnown: text('price_known') as StoredAttempt['priceKnown'],
    usage: row['usage'] ?? undefined,
    usageKnown: optional('usage_known') as StoredAttempt['usageKnown'],
    candidateIds: row['candidate_ids'] as readonly string[],
    reason: optional('reason'),
  };
}

function amountsIn(row: SqlRow, what: 'hold' | 'cost' | 'overrun'): Amounts {
  return {
    usd: integer(row[`${what}_nano`]),
    tokens: integer(row[`${what}_tokens`]),
    calls: integer(row[`${what}_calls`]),
    turns: integer(row[`${what}_turns`]),
    seconds: integer(row[`${what}_ms`]),
  };
}

/** A whole number as a client gives it: text, number or bigint; null is nothing. */
export function integer(value: unknown): bigint {
  return value == null ? 0n : BigInt(textOf(value));
}

/** Amounts in the order of the columns, as JSON that PostgreSQL reads exactly. */
export function listOf({ usd, tokens, calls, turns, seconds }: Amounts): readonly string[] {
  return [usd, tokens, calls, turns, seconds].map(String);
}

/** The amounts of `listOf`. */
export function amountsOf(list: readonly unknown[]): Amounts {
  const [usd, tokens, calls, turns, seconds] = list.map(integer);
  const all = { usd, tokens, calls, turns, seconds };
  return amountsBy((each) => all[each] ?? 0n);
}

/** A column of text, or a number that a client gives as one or as text. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : `${value as number | bigint}`;
}

/** A column of text that may be null. */
export function optionalText(value: unknown): string | undefined {
  return value == null ? undefined : textOf(value);
}
