import type { LedgerRow, LedgerTotals } from '@tollgate/budget';
import { createRandom } from '@tollgate/stats';
import type { StrategySpec } from '../config/short-form.ts';
import type { ModelReport, RunReport, StrategyReport } from '../report/run-report.ts';
import type { ModelPool, PoolEntry } from './model-pool.ts';
import { reportFigures } from './report-figures.ts';
import { isFinal, type ResultLine } from './result-line.ts';

/** What a summary is made from. */
export interface SummariseOptions {
  readonly tasks: readonly { readonly id: string }[];
  readonly strategies: readonly Pick<StrategySpec, 'name' | 'oracle'>[];
  readonly pool: Pick<ModelPool, 'opened'>;
  readonly lines: readonly ResultLine[];
  readonly rows: readonly LedgerRow[];
  readonly totals: LedgerTotals;
  readonly budgetUsd: number;
  readonly wallSeconds: number;
  readonly notes?: readonly string[];
}

/**
 * The report of a run. Outcomes come from the result lines, money from the ledger's rows, so that what was paid for
 * without a result (an abort, a crash) is counted too.
 */
export function summarise(options: SummariseOptions): RunReport {
  const names = new Map(options.pool.opened().map((entry) => [refKey(entry), entry.name]));
  const nameOf = (row: LedgerRow): string => names.get(refKey(row.model)) ?? row.model.modelId;
  const rowsOf = groupBy(options.rows, (row) => scopeOf(row, 'strategy'));
  const linesOf = groupBy(options.lines.filter(isFinal), (line) => line.strategy);
  const strategies = options.strategies.map((strategy) =>
    strategyReport(strategy, {
      lines: linesOf.get(strategy.name) ?? [],
      rows: rowsOf.get(strategy.name) ?? [],
      nameOf,
    }),
  );
  return {
    tasks: options.tasks.length,
    models: options.pool.opened().map((entry) => modelReport(entry, options.rows)),
    strategies,
    ledger: {
      capUsd: options.budgetUsd,
      spentUsd: options.totals.settled.usd,
      heldUsd: options.totals.held.usd,
      rows: options.totals.rows,
    },
    notes: [...(options.notes ?? []), ...notesOn(options, strategies)],
  };
}

function strategyReport(
  strategy: Pick<StrategySpec, 'name' | 'oracle'>,
  run: {
    readonly lines: readonly ResultLine[];
    readonly rows: readonly LedgerRow[];
    readonly nameOf: (row: LedgerRow) => string;
  },
): StrategyReport {
  const costs = new Map<string, bigint>();
  const spendByModel: Record<string, number> = {};
  let tokens = 0;
  let totalNano = 0n;
  for (const row of run.rows) {
    const nano = BigInt(row.cost?.nanoUsd ?? '0');
    const task = scopeOf(row, 'task');
    costs.set(task, (costs.get(task) ?? 0n) + nano);
    totalNano += nano;
    tokens += tokensOf(row);
    const model = run.nameOf(row);
    spendByModel[model] = (spendByModel[model] ?? 0) + Number(nano) / 1e9;
  }
  const passed = new Map(run.lines.map((line) => [line.task, line.passed]));
  const records = [...new Set([...passed.keys(), ...costs.keys()])].map((taskId) => ({
    taskId,
    costNano: costs.get(taskId) ?? 0n,
    passed: passed.get(taskId) ?? false,
  }));
  const abstained = run.lines.filter((line) => line.answer === undefined && line.text === undefined).length;
  return {
    name: strategy.name,
    ...reportFigures(records, createRandom(`report ${strategy.name}`)),
    costUsd: Number(totalNano) / 1e9,
    attempts: run.rows.length,
    tokens,
    wallSeconds: run.lines.reduce((sum, line) => sum + line.wallMs, 0) / 1000,
    ...(strategy.oracle && { oracleVerifier: true }),
    abstained,
    answered: run.lines.length - abstained,
    spendByModel,
  };
}

function modelReport(entry: PoolEntry, rows: readonly LedgerRow[]): ModelReport {
  const own = rows.filter((row) => refKey(row.model) === refKey(entry));
  return {
    ...entry,
    attempts: own.length,
    tokens: own.reduce((sum, row) => sum + tokensOf(row), 0),
    costUsd: Number(own.reduce((sum, row) => sum + BigInt(row.cost?.nanoUsd ?? '0'), 0n)) / 1e9,
  };
}

function notesOn(options: SummariseOptions, strategies: readonly StrategyReport[]): readonly string[] {
  const notes: string[] = [];
  for (const strategy of strategies) {
    const ran = strategy.answered + strategy.abstained;
    if (ran < options.tasks.length) notes.push(`${strategy.name} ran ${ran} of ${options.tasks.length} tasks.`);
  }
  const expired = options.rows.filter((row) => row.status === 'expired' || row.status === 'held');
  if (expired.length > 0) {
    notes.push(
      `${expired.length} attempts were never settled (a crash, or still in flight): they count as held at their upper bound.`,
    );
  }
  const overruns = options.rows.filter((row) => row.overrun !== undefined);
  for (const { attemptId, overrun } of overruns.slice(0, 5)) {
    notes.push(`Attempt ${attemptId} cost $${overrun?.amount.usd} more than its hold: ${overrun?.assumption}.`);
  }
  return notes;
}

function tokensOf({ usage }: LedgerRow): number {
  if (usage === undefined) return 0;
  const { inputUncached = 0, cacheRead = 0, cacheWrite, outputText = 0, outputReasoning = 0 } = usage;
  return inputUncached + cacheRead + (cacheWrite?.total ?? 0) + outputText + outputReasoning;
}

function scopeOf(row: LedgerRow, kind: string): string {
  return row.scopes.find((scope) => scope.kind === kind)?.id ?? '';
}

function refKey(model: { readonly provider: string; readonly modelId: string }): string {
  return `${model.provider}/${model.modelId}`;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
