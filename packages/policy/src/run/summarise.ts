import { formatUsd, type LedgerRow, type LedgerTotals, nanoOf } from '@tollgate/budget';
import { createRandom } from '@tollgate/stats';
import type { StrategySpec } from '../config/short-form.ts';
import type { ModelReport, RunReport, StrategyReport } from '../report/run-report.ts';
import type { ModelPool, PoolEntry } from './model-pool.ts';
import { reportFigures } from './report-figures.ts';
import type { ResultLine } from './result-line.ts';

/** What a summary is made from. */
export interface SummariseOptions {
  readonly tasks: readonly { readonly id: string }[];
  readonly strategies: readonly Pick<StrategySpec, 'name' | 'models' | 'oracle'>[];
  readonly pool: Pick<ModelPool, 'names' | 'known'>;
  readonly lines: readonly ResultLine[];
  readonly rows: readonly LedgerRow[];
  readonly totals: LedgerTotals;
  readonly budgetUsd: number;
  /** Seconds from a strategy's first task to its last, in this run. */
  readonly wallSeconds: ReadonlyMap<string, number>;
}

/**
 * The report of a run. Outcomes come from the result lines, money from the ledger's rows, so that what was paid for
 * without a result (an abort, a crash) is counted too: in what a strategy cost, not in its figures per task. A task whose
 * call failed counts as not passed. Strategies that only an earlier run of the same id asked come last:
 * their money is part of what was spent.
 */
export function summarise(options: SummariseOptions): RunReport {
  const rowsOf = groupBy(options.rows, (row) => scopeOf(row, 'strategy'));
  const linesOf = groupBy(lastLines(options.lines), (line) => line.strategy);
  const named = new Set(options.strategies.map(({ name }) => name));
  const before = [...new Set([...linesOf.keys(), ...rowsOf.keys()])].filter((name) => !named.has(name));
  const strategies = [
    ...options.strategies,
    ...before.map((name) => ({ name, oracle: linesOf.get(name)?.some(({ oracle }) => oracle === true) ?? false })),
  ].map((strategy) =>
    strategyReport(strategy, {
      lines: linesOf.get(strategy.name) ?? [],
      rows: rowsOf.get(strategy.name) ?? [],
      wallSeconds: options.wallSeconds.get(strategy.name),
    }),
  );
  return {
    tasks: options.tasks.length,
    models: modelReports(options),
    strategies,
    ledger: {
      capUsd: options.budgetUsd,
      spentUsd: options.totals.settled.usd,
      heldUsd: options.totals.held.usd,
      rows: options.totals.rows,
    },
    notes: notesOn(options, strategies, linesOf),
  };
}

/** The last word on every task that was not cut off before it had one. */
function lastLines(lines: readonly ResultLine[]): readonly ResultLine[] {
  const last = new Map<string, ResultLine>();
  for (const line of lines) if (line.status !== 'aborted') last.set(`${line.strategy}\u0000${line.task}`, line);
  return [...last.values()];
}

function strategyReport(
  strategy: Pick<StrategySpec, 'name' | 'oracle'>,
  run: {
    readonly lines: readonly ResultLine[];
    readonly rows: readonly LedgerRow[];
    readonly wallSeconds: number | undefined;
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
    const model = modelOf(row);
    spendByModel[model] = (spendByModel[model] ?? 0) + Number(nano) / 1e9;
  }
  const records = run.lines.map(({ task, passed }) => ({ taskId: task, costNano: costs.get(task) ?? 0n, passed }));
  const abstained = run.lines.filter((line) => line.answer === undefined && line.text === undefined).length;
  return {
    name: strategy.name,
    ...reportFigures(records, createRandom(`report ${strategy.name}`)),
    costUsd: Number(totalNano) / 1e9,
    attempts: run.rows.filter(isCharged).length,
    tokens,
    ...(run.wallSeconds !== undefined && { wallSeconds: run.wallSeconds }),
    ...(strategy.oracle && { oracleVerifier: true }),
    abstained,
    answered: run.lines.length - abstained,
    spendByModel,
  };
}

/** The models that strategies touch, and those of earlier runs, in the order of the pool. */
function modelReports({ strategies, pool, rows }: SummariseOptions): readonly ModelReport[] {
  const rowsOf = groupBy(rows, modelOf);
  const touched = new Set([...strategies.flatMap(({ models }) => models), ...rowsOf.keys()]);
  const known = new Map(pool.known().map((entry) => [entry.name, entry]));
  return [...new Set([...pool.names, ...touched])].flatMap((name) => {
    const own = rowsOf.get(name) ?? [];
    const entry = known.get(name) ?? (own[0] === undefined ? undefined : { name, ...own[0].model });
    return entry !== undefined && touched.has(name) ? [modelReport(entry, own)] : [];
  });
}

function modelReport(entry: PoolEntry, rows: readonly LedgerRow[]): ModelReport {
  return {
    ...entry,
    attempts: rows.filter(isCharged).length,
    tokens: rows.reduce((sum, row) => sum + tokensOf(row), 0),
    costUsd: Number(rows.reduce((sum, row) => sum + BigInt(row.cost?.nanoUsd ?? '0'), 0n)) / 1e9,
  };
}

function notesOn(
  options: SummariseOptions,
  strategies: readonly StrategyReport[],
  linesOf: ReadonlyMap<string, readonly ResultLine[]>,
): readonly string[] {
  const notes: string[] = [];
  for (const { name } of strategies) {
    const lines = linesOf.get(name) ?? [];
    const failed = lines.filter((line) => line.status === 'failed');
    const tasks = options.tasks.length;
    if (lines.length < tasks) notes.push(`${name} ran ${lines.length} of ${tasks} tasks.`);
    const [first] = failed;
    if (first !== undefined) {
      notes.push(
        `${name}: calls failed in ${failed.length} of ${tasks} tasks, which count as not passed and are tried again on resume. The first: ${first.reason}`,
      );
    }
  }
  const expired = options.rows.filter((row) => row.status === 'expired' || row.status === 'held');
  if (expired.length > 0) {
    notes.push(
      `${expired.length} attempts were never settled (a crash, or still in flight): they count as held at their upper bound.`,
    );
  }
  const overruns = options.rows.filter((row) => row.overrun !== undefined);
  for (const { attemptId, overrun } of overruns.slice(0, 5)) {
    if (overrun === undefined) continue;
    const amount = formatUsd(nanoOf(overrun.amount));
    notes.push(`Attempt ${attemptId} cost ${amount} more than its hold: ${overrun.assumption}.`);
  }
  if (overruns.length > 5) notes.push(`${overruns.length - 5} more attempts cost more than their hold.`);
  return notes;
}

/** An attempt that was refused or never sent was given back and is no attempt on the wire. */
function isCharged({ status }: LedgerRow): boolean {
  return status !== 'released';
}

function tokensOf({ usage }: LedgerRow): number {
  if (usage === undefined) return 0;
  const { inputUncached = 0, cacheRead = 0, cacheWrite, outputText = 0, outputReasoning = 0 } = usage;
  return inputUncached + cacheRead + (cacheWrite?.total ?? 0) + outputText + outputReasoning;
}

function scopeOf(row: LedgerRow, kind: string): string {
  return row.scopes.find((scope) => scope.kind === kind)?.id ?? '';
}

/** As the pool calls it; a scorer's own model, which no pool names, by its model id. */
function modelOf(row: LedgerRow): string {
  return scopeOf(row, 'model') || row.model.modelId;
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
