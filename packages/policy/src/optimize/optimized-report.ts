import type { RunReport, StrategyReport } from '../report/run-report.ts';
import type { HeldOutFigures } from './held-out-figures.ts';
import type { OptimizedPolicy } from './optimize-policy.ts';

/** An optimisation as a report of a run, for the page: the chosen policy, what it is compared with, and the frontier. */
export function optimizedReport(optimized: OptimizedPolicy, source: string): RunReport {
  const { heldOut, baselines, frontier, oracle, searched, notes } = optimized;
  const tasks = searched.heldOutTasks;
  const shown = new Map<string, Figures>();
  for (const figures of [heldOut, ...baselines, ...frontier])
    if (!shown.has(figures.name)) shown.set(figures.name, figures);
  const strategies = [...shown.values()].map((figures) =>
    strategyReport(figures, tasks, figures.name === heldOut.name),
  );
  const spent = strategies.reduce((sum, { costUsd }) => sum + costUsd, 0);
  return {
    tasks,
    models: [],
    strategies,
    ledger: {
      capUsd: null,
      spentUsd: spent,
      heldUsd: 0,
      rows: strategies.reduce((sum, { attempts }) => sum + attempts, 0),
    },
    notes: [
      `Replayed from ${source}: ${searched.candidates} policies were searched on ${searched.tasks} tasks; every figure is of ${tasks} other tasks, that nothing was chosen on.`,
      `Knowing beforehand whose one answer is right would give ${(100 * oracle.accuracy).toFixed(1)} % at $${Number(oracle.usdPerTask.toPrecision(3))} a task: a bound for asking one model once, not a policy.`,
      ...baselines.map(
        ({ role, name, accuracyDifference, accuracyDifferenceCi95: [lower, upper] }) =>
          `Against the ${role}, ${name}: accuracy ${signed(100 * accuracyDifference)} points [${signed(100 * lower)}, ${signed(100 * upper)}].`,
      ),
      ...notes,
    ],
  };
}

type Figures = Omit<HeldOutFigures, 'expression'>;

function strategyReport(figures: Figures, tasks: number, isChosen: boolean): StrategyReport {
  const { name, accuracy, accuracyCi95, usdPerTask, usdPerTaskCi95, costOfPassUsd, callsPerTask, usdByModel } = figures;
  const [low, high] = accuracyCi95;
  return {
    name: isChosen ? `${name} (chosen)` : name,
    accuracy,
    accuracyCi95,
    costUsd: usdPerTask * tasks,
    costOfPassUsd,
    costOfPassCi95:
      costOfPassUsd === null
        ? null
        : [usdPerTaskCi95[0] / Math.max(high, 1e-9), low > 0 ? usdPerTaskCi95[1] / low : null],
    costPerTaskUsd: usdPerTask,
    costPerTaskCi95: usdPerTaskCi95,
    attempts: Math.round(callsPerTask * tasks),
    tokens: 0,
    abstained: 0,
    answered: tasks,
    spendByModel: Object.fromEntries(Object.entries(usdByModel).map(([model, usd]) => [model, usd * tasks])),
  };
}

function signed(value: number): string {
  return `${value >= 0 ? '+' : ''}${value.toFixed(1)}`;
}
