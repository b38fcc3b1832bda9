import type { SQLOutputValue } from 'node:sqlite';
import type { StoredAttempt } from './store.ts';

/** A row of the table `attempts` as SQLite gives it, integers as bigint. */
export type AttemptRecord = Record<string, SQLOutputValue>;

/** The columns that an attempt is written to, by name. */
export function recordOf(attempt: StoredAttempt): Record<string, string | number | bigint | null> {
  return {
    attempt_id: attempt.attemptId,
    at_ms: attempt.atMs,
    lease_until_ms: attempt.leaseUntilMs,
    scopes: JSON.stringify(attempt.scopes),
    provider: attempt.model.provider,
    model_id: attempt.model.modelId,
    label: attempt.label ?? null,
    status: attempt.status,
    hold_nano: attempt.holdNano,
    cost_nano: attempt.costNano,
    overrun_nano: attempt.overrunNano,
    assumption: attempt.assumption ?? null,
    price_known: attempt.priceKnown,
    usage: attempt.usage === undefined ? null : JSON.stringify(attempt.usage),
    usage_known: attempt.usageKnown ?? null,
    candidate_ids: JSON.stringify(attempt.candidateIds),
    reason: attempt.reason ?? null,
  };
}

/** The attempt behind a row that `recordOf` wrote. */
export function attemptOf(record: AttemptRecord): StoredAttempt {
  const optional = (column: string): string | undefined => {
    const value = record[column];
    return typeof value === 'string' ? value : undefined;
  };
  const text = (column: string): string => optional(column) ?? '';
  const usage = optional('usage');
  return {
    attemptId: text('attempt_id'),
    atMs: Number(record['at_ms']),
    leaseUntilMs: Number(record['lease_until_ms']),
    scopes: JSON.parse(text('scopes')) as StoredAttempt['scopes'],
    model: { provider: text('provider'), modelId: text('model_id') },
    label: optional('label'),
    status: text('status') as StoredAttempt['status'],
    holdNano: nanoIn(record, 'hold_nano'),
    costNano: nanoIn(record, 'cost_nano'),
    overrunNano: nanoIn(record, 'overrun_nano'),
    assumption: optional('assumption'),
    priceKnown: text('price_known') as StoredAttempt['priceKnown'],
    usage: usage === undefined ? undefined : (JSON.parse(usage) as StoredAttempt['usage']),
    usageKnown: optional('usage_known') as StoredAttempt['usageKnown'],
    candidateIds: JSON.parse(text('candidate_ids')) as readonly string[],
    reason: optional('reason'),
  };
}

/** An integer column, 0 where a sum over no rows gave null. */
export function nanoIn(record: AttemptRecord | undefined, column: string): bigint {
  const value = record?.[column];
  return typeof value === 'bigint' ? value : 0n;
}
