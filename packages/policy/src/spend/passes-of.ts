import {
  costOfPass,
  type Ledger,
  type LedgerRow,
  moneyOf,
  nanoOf,
  type PassRecord,
  recordsFromOutcomes,
} from '@tollgate/budget';
import { createRandom, paretoFront } from '@tollgate/stats';
import type { PolicyPasses, SpendPasses } from './spend-figures.ts';

type Outcome = Awaited<ReturnType<Ledger['outcomes']>>[number];

/** What verdicts are about. */
export interface PassesInput {
  /** Verdicts that were given in the time of the report. */
  readonly outcomes: readonly Outcome[];
  /** Every attempt in the scopes of the report, whenever it was: a verdict is charged with all of its attempts. */
  readonly rows: readonly LedgerRow[];
  /** Attempts in the time of the report. */
  readonly shown: readonly LedgerRow[];
  /** Every verdict. */
  readonly allOutcomes: readonly Outcome[];
}

/** Accuracy, cost and cost-of-pass of every policy, by the verdicts that were reported; undefined without one. */
export function passesOf({ outcomes, rows, shown, allOutcomes }: PassesInput): SpendPasses | undefined {
  if (outcomes.length === 0) return undefined;
  const policyKind = policyKindOf(rows, outcomes);
  const { groups } = recordsFromOutcomes({ outcomes, rows, policyKind });
  const { unjudged, judgedTwice } = recordsFromOutcomes({ outcomes: allOutcomes, rows: shown, policyKind });
  const byPolicy = Map.groupBy(groups, ({ policy }) => policy);
  const policies = [...byPolicy].map(([policy, own]) =>
    figuresOf(
      { policy },
      own.flatMap(({ records }) => records),
    ),
  );
  const classes = new Set(groups.map(({ taskClass }) => taskClass));
  const classified = classes.size > 1 || !classes.has('unclassified');
  const failed = outcomes.filter(({ passed }) => !passed);
  return {
    policyKind,
    sources: [...new Set(outcomes.map(({ source }) => source))].toSorted(),
    policies: withFrontier(policies),
    byClass: classified
      ? [...classes].flatMap((name) =>
          withFrontier(
            groups
              .filter(({ taskClass }) => taskClass === name)
              .map(({ policy, taskClass, records }) => figuresOf({ policy, taskClass }, records)),
          ),
        )
      : [],
    failed: { runs: failed.length, cost: moneyOf(failed.reduce((sum, { cost }) => sum + nanoOf(cost), 0n)) },
    unjudged,
    judgedTwice,
  };
}

/** `strategy`, as `tollgate solve` calls it, where nothing names a policy. */
function policyKindOf(rows: readonly LedgerRow[], outcomes: readonly Outcome[]): string {
  const kinds = new Set([...rows, ...outcomes].flatMap(({ scopes }) => scopes.map(({ kind }) => kind)));
  return !kinds.has('policy') && kinds.has('strategy') ? 'strategy' : 'policy';
}

function figuresOf(
  names: Pick<PolicyPasses, 'policy' | 'taskClass'>,
  records: readonly PassRecord[],
): Omit<PolicyPasses, 'onFrontier'> {
  // The same ledger gives the same intervals.
  const { costUsdCi95, ...figures } = costOfPass(records, { random: createRandom(1) });
  return {
    ...names,
    ...figures,
    costPerRunUsd: figures.costUsd / figures.runs,
    costPerRunCi95: [costUsdCi95[0] / figures.runs, costUsdCi95[1] / figures.runs],
  };
}

function withFrontier(policies: readonly Omit<PolicyPasses, 'onFrontier'>[]): PolicyPasses[] {
  const front = new Set(
    paretoFront(policies, { cost: ({ costPerRunUsd }) => costPerRunUsd, value: ({ accuracy }) => accuracy }),
  );
  return policies
    .map((policy, i) => ({ ...policy, onFrontier: front.has(i) }))
    .toSorted((a, b) => a.costPerRunUsd - b.costPerRunUsd);
}
