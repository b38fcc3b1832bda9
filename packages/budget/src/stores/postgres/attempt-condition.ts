import type { AttemptQuery } from '../store.ts';

/** A query as the `WHERE` of a `SELECT` from attempts `t` with their scope sets `s`. */
export function conditionOf({ attemptId, kind, scopes = [], status, fromMs, untilMs, nowMs }: AttemptQuery): {
  readonly where: string;
  readonly values: unknown[];
} {
  const terms: string[] = ['true'];
  const values: unknown[] = [];
  const add = (term: (place: string) => string, value: unknown): void => {
    values.push(value);
    terms.push(term(`$${values.length}`));
  };
  if (attemptId !== undefined) add((place) => `t.attempt_id = ${place}`, attemptId);
  if (kind !== undefined) add((place) => `t.kind = ${place}`, kind);
  if (status !== undefined) add((place) => `t.status = ${place}`, status === 'expired' ? 'held' : status);
  if (status === 'held') add((place) => `t.lease_until_ms > ${place}`, nowMs);
  if (status === 'expired') add((place) => `t.lease_until_ms <= ${place}`, nowMs);
  if (fromMs !== undefined) add((place) => `t.at_ms >= ${place}`, fromMs);
  if (untilMs !== undefined) add((place) => `t.at_ms < ${place}`, untilMs);
  if (scopes.length > 0) {
    add((place) => `s.scopes @> ${place}::jsonb`, JSON.stringify(scopes.map(({ kind: of, id }) => ({ kind: of, id }))));
  }
  return { where: terms.join(' AND '), values };
}
