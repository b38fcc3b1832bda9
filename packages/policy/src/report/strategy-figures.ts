import type { CostUnit } from './cost-unit.ts';
import { hasRun } from './frontier.ts';
import type { RunReport } from './run-report.ts';
import { intervalDecimals, showCount, showPercent } from './show-number.ts';
import { usdColumn } from './usd-column.ts';

/** What stands for a figure that there is not. */
export const noFigure = '–';

/** A figure with its interval, as text: `84.2`, `78`, `90`. */
export interface EstimateText {
  readonly value: string;
  readonly ends?: readonly [lower: string, upper: string];
}

/** The figures of one strategy as text, in US dollars without the sign; decimals are the same for all strategies. */
export interface StrategyFigures {
  /** In percent. */
  readonly passed: EstimateText;
  readonly costOfTasks: EstimateText;
  readonly costOfPasses: EstimateText;
  readonly cost: string;
  readonly attempts: string;
  readonly tokens: string;
  readonly abstained: string;
  readonly seconds: string;
}

/** The figures of every strategy, for tables in text and in HTML. Costs of tasks and passes are for as many as `unit` says. */
export function strategyFigures({ strategies, tasks }: RunReport, unit: CostUnit): StrategyFigures[] {
  const ran = strategies.filter(hasRun);
  const perTasks = usdColumn(ran.map(({ costPerTaskUsd }) => costPerTaskUsd * unit.tasks));
  const perPasses = usdColumn(ran.map(({ costOfPassUsd }) => (costOfPassUsd ?? 0) * unit.tasks));
  const total = usdColumn(strategies.map(({ costUsd }) => costUsd));
  const endDecimals = intervalDecimals(tasks);
  return strategies.map((strategy) => {
    const { accuracyCi95, costPerTaskCi95, costOfPassUsd, costOfPassCi95 } = strategy;
    const known = hasRun(strategy);
    return {
      passed: known
        ? {
            value: showPercent(strategy.accuracy),
            ends: bothEnds(accuracyCi95, (share) => showPercent(share, endDecimals)),
          }
        : { value: noFigure },
      costOfTasks: known
        ? {
            value: perTasks(strategy.costPerTaskUsd * unit.tasks),
            ends: bothEnds(costPerTaskCi95, (usd) => perTasks(usd * unit.tasks)),
          }
        : { value: noFigure },
      costOfPasses:
        known && costOfPassUsd !== null
          ? {
              value: perPasses(costOfPassUsd * unit.tasks),
              ...(costOfPassCi95 !== null && { ends: bothEnds(costOfPassCi95, (usd) => perPasses(usd * unit.tasks)) }),
            }
          : { value: noFigure },
      cost: total(strategy.costUsd),
      attempts: showCount(strategy.attempts),
      tokens: showCount(strategy.tokens),
      abstained: showCount(strategy.abstained),
      seconds: strategy.wallSeconds?.toFixed(2) ?? noFigure,
    };
  });
}

/** The ends of an interval as text. Null is infinite. */
export function bothEnds(
  [lower, upper]: readonly [number, number | null],
  show: (end: number) => string,
): readonly [lower: string, upper: string] {
  return [show(lower), upper === null ? '∞' : show(upper)];
}
