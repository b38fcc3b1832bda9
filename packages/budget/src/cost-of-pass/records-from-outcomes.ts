import type { Money } from '@tollgate/sdk';
import { attemptsByResult, type Outcome } from '../ledger/outcomes.ts';
import type { LedgerRow } from '../ledger/rows.ts';
import type { ScopePair } from '../ledger/scope-pair.ts';
import { moneyOf, nanoOf } from '../money/nano-usd.ts';
import type { PassRecord } from './pass-record.ts';

/** Options of `recordsFromOutcomes`. */
export interface RecordsFromOutcomesOptions {
  /** `await ledger.outcomes(…)`. */
  readonly outcomes: readonly Outcome[];
  /** `await ledger.rows(…)` of the same scopes. */
  readonly rows: readonly LedgerRow[];
  /** Kind of the scope that names a task. @defaultValue 'task' */
  readonly taskKind?: string;
  /** Kind of the scope that names the class of a task. @defaultValue 'class' */
  readonly classKind?: string;
  /** Kind of the scope that names a policy. @defaultValue 'policy' */
  readonly policyKind?: string;
}

/** The judged runs of one policy on one class of tasks. */
export interface PassGroup {
  /** Id in the class scope, `unclassified` without one. */
  readonly taskClass: string;
  /** Id in the policy scope; without one, the models that were called, sorted and joined with ` + `. */
  readonly policy: string;
  readonly records: readonly PassRecord[];
}

/** What a ledger says about passes. */
export interface LedgerPasses {
  /** In the order of first mention. */
  readonly groups: readonly PassGroup[];
  /** Attempts that no outcome is about: spent, and in no cost-of-pass. Report their verdicts, or say what they are. */
  readonly unjudged: { readonly attempts: number; readonly cost: Money };
  /** Attempts that several outcomes are about, as by result and by task: in several costs. Keep one of the reports. */
  readonly judgedTwice: { readonly attempts: number; readonly cost: Money };
}

/**
 * Turns verdicts that were reported to a ledger into records for `costOfPass`, by class of task and by policy. Each
 * verdict is charged with all its attempts: losers, retries, judges, failed and aborted calls.
 *
 * Scopes that a report leaves out are taken from its attempts, where all of them agree. A task without a task scope is
 * named by its result.
 *
 * @example
 * const { groups } = recordsFromOutcomes({ outcomes: await ledger.outcomes(), rows: await ledger.rows({ kind: 'call' }) });
 * for (const { policy, taskClass, records } of groups) console.log(policy, taskClass, costPerSuccess(records));
 */
export function recordsFromOutcomes(options: RecordsFromOutcomesOptions): LedgerPasses {
  const { outcomes, rows, taskKind = 'task', classKind = 'class', policyKind = 'policy' } = options;
  const calls = rows.filter(({ kind }) => kind === 'call');
  const byResult = attemptsByResult(calls);
  const judged = new Map<LedgerRow, number>();
  const groups = new Map<string, { taskClass: string; policy: string; records: PassRecord[] }>();
  for (const [i, outcome] of outcomes.entries()) {
    const candidates = outcome.resultId === undefined ? calls : (byResult.get(outcome.resultId) ?? []);
    const own = candidates.filter((row) => outcome.scopes.every(({ kind, id }) => idOf(row.scopes, kind) === id));
    for (const row of own) judged.set(row, (judged.get(row) ?? 0) + 1);
    const scopeOf = (kind: string): string | undefined => idOf(outcome.scopes, kind) ?? agreed(own, kind);
    const taskClass = scopeOf(classKind) ?? 'unclassified';
    const policy = scopeOf(policyKind) ?? modelsOf(own);
    const key = JSON.stringify([taskClass, policy]);
    const group = groups.get(key) ?? { taskClass, policy, records: [] };
    groups.set(key, group);
    group.records.push({
      taskId: scopeOf(taskKind) ?? outcome.resultId ?? `outcome ${i}`,
      passed: outcome.passed,
      costNano: nanoOf(outcome.cost),
    });
  }
  return {
    groups: [...groups.values()],
    unjudged: sumOf(calls.filter((row) => !judged.has(row))),
    judgedTwice: sumOf([...judged].filter(([, times]) => times > 1).map(([row]) => row)),
  };
}

function idOf(scopes: readonly ScopePair[], kind: string): string | undefined {
  return scopes.find((scope) => scope.kind === kind)?.id;
}

function agreed(rows: readonly LedgerRow[], kind: string): string | undefined {
  const ids = new Set(rows.map((row) => idOf(row.scopes, kind)));
  return ids.size === 1 ? [...ids][0] : undefined;
}

function modelsOf(rows: readonly LedgerRow[]): string {
  const names = new Set(rows.map(({ model }) => `${model.provider}/${model.modelId}`));
  return names.size === 0 ? 'unknown' : [...names].toSorted().join(' + ');
}

function sumOf(rows: readonly LedgerRow[]): { readonly attempts: number; readonly cost: Money } {
  // What is in flight or expired counts at its hold, as it does in a cap.
  const nano = rows.reduce((total, { cost, hold }) => total + nanoOf(cost ?? hold), 0n);
  return { attempts: rows.length, cost: moneyOf(nano) };
}
