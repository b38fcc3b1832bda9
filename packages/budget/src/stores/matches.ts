import type { ScopePair } from '../ledger/scope-pair.ts';
import { isAmong } from './limit-book.ts';
import type { AttemptQuery, StoredAttempt } from './store.ts';

/** Whether a query asks for an attempt. */
export function matches(attempt: StoredAttempt, query: AttemptQuery): boolean {
  const { attemptId, kind, scopes = [], status, fromMs = -Infinity, untilMs = Infinity, nowMs } = query;
  if (attemptId !== undefined && attempt.attemptId !== attemptId) return false;
  if (kind !== undefined && attempt.kind !== kind) return false;
  if (attempt.atMs < fromMs || attempt.atMs >= untilMs) return false;
  const expired = attempt.status === 'held' && attempt.leaseUntilMs <= nowMs;
  if (status !== undefined && status !== (expired ? 'expired' : attempt.status)) return false;
  return namesAll(attempt, scopes);
}

/** Whether something names every one of these scopes. */
export function namesAll(named: { readonly scopes: readonly ScopePair[] }, scopes: readonly ScopePair[]): boolean {
  return scopes.every((scope) => isAmong(named.scopes, scope));
}
