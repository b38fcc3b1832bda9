import { InvalidOptionError, type Money, type Scopes } from '@tollgate/sdk';
import { moneyOf } from '../money/nano-usd.ts';
import type { StoredAttempt, StoredOutcome } from '../stores/store.ts';
import { checkName, type ScopePair, scopePairs } from './scope-pair.ts';

/** A verdict on what some attempts came to, when it is known: minutes or days later. */
export type OutcomeReport = (
  | {
      /** The id of a result's trace (`result.trace.id`): its attempts are meant. */
      readonly resultId: string;
      readonly scopes?: Scopes;
    }
  | {
      readonly resultId?: undefined;
      /** The work: all attempts that name every one of these, for example `{ task: 'fix-142' }`. */
      readonly scopes: Scopes;
    }
) & {
  readonly passed: boolean;
  /** Who says so, for example `tests`, `user`, `judge`. */
  readonly source: string;
  /** Milliseconds since the epoch. @defaultValue now */
  readonly atMs?: number;
};

/** A verdict, and what it took. */
export interface Outcome {
  readonly resultId?: string;
  readonly scopes: readonly ScopePair[];
  readonly passed: boolean;
  readonly source: string;
  readonly atMs: number;
  /** What its attempts cost together, failed and discarded ones included. What is still held counts at its hold. */
  readonly cost: Money;
  readonly attempts: number;
}

/** @throws InvalidOptionError for a report that is about nothing. */
export function checkOutcome(report: OutcomeReport, nowMs: number): StoredOutcome {
  const { resultId, scopes = {}, passed, source, atMs = nowMs } = report;
  const pairs = scopePairs(scopes);
  if (resultId === undefined && pairs.length === 0) {
    throw new InvalidOptionError(
      'scopes',
      'An outcome must say what it is about: resultId (result.trace.id), or scopes such as { task: … }.',
    );
  }
  if (resultId !== undefined) checkName('resultId', resultId);
  checkName('source', source);
  if (typeof passed !== 'boolean') {
    throw new InvalidOptionError('passed', `passed must be true or false, received ${JSON.stringify(passed)}.`);
  }
  return { resultId, scopes: pairs, passed, source, atMs: Math.floor(atMs) };
}

/** The last verdict on everything that was reported, each with the attempts it is about. */
export function outcomesOf(stored: readonly StoredOutcome[], attempts: readonly StoredAttempt[]): readonly Outcome[] {
  const last = new Map<string, StoredOutcome>();
  for (const outcome of stored) {
    last.set(
      JSON.stringify([outcome.resultId, outcome.scopes.map(({ kind, id }) => JSON.stringify([kind, id])).toSorted()]),
      outcome,
    );
  }
  const calls = attempts.filter(({ kind }) => kind === 'call');
  const byResult = attemptsByResult(calls);
  return [...last.values()].map(({ resultId, scopes, ...verdict }): Outcome => {
    const own = (resultId === undefined ? calls : (byResult.get(resultId) ?? [])).filter((attempt) =>
      scopes.every(({ kind, id }) => attempt.scopes.some((scope) => scope.kind === kind && scope.id === id)),
    );
    const costNano = own.reduce((sum, { status, cost, hold }) => sum + (status === 'held' ? hold.usd : cost.usd), 0n);
    return {
      ...(resultId !== undefined && { resultId }),
      scopes,
      ...verdict,
      cost: moneyOf(costNano),
      attempts: own.length,
    };
  });
}

/**
 * Attempts are named after the span they belong to, a path from the root: `root.1.2/3`. A result's trace may be any span
 * on the way, a leaf's own for a plain call, so an attempt is listed under all of them.
 */
export function attemptsByResult<Attempt extends { readonly attemptId: string }>(
  attempts: readonly Attempt[],
): ReadonlyMap<string, readonly Attempt[]> {
  const byResult = new Map<string, Attempt[]>();
  for (const attempt of attempts) {
    for (const { index } of attempt.attemptId.matchAll(/[./]|$/g)) {
      const resultId = attempt.attemptId.slice(0, index);
      const own = byResult.get(resultId);
      if (own === undefined) byResult.set(resultId, [attempt]);
      else own.push(attempt);
    }
  }
  return byResult;
}
