import { hasRun } from './frontier.ts';
import type { StrategyReport } from './run-report.ts';

/** For how many tasks costs are shown: one, or a thousand where one costs too little to read. */
export interface CostUnit {
  readonly tasks: 1 | 1000;
  /** `task` or `1,000 tasks`. */
  readonly perTasks: string;
  /** `cost-of-pass`, for as many passes. */
  readonly costOfPass: string;
}

const one: CostUnit = { tasks: 1, perTasks: 'task', costOfPass: 'cost-of-pass' };
const thousand: CostUnit = { tasks: 1000, perTasks: '1,000 tasks', costOfPass: 'cost-of-pass × 1,000' };

/** One unit for a whole report: a thousand tasks where none costs a cent. */
export function costUnitOf(strategies: readonly StrategyReport[]): CostUnit {
  return costUnitFor(strategies.filter(hasRun).map(({ costPerTaskUsd }) => costPerTaskUsd));
}

/** The unit for costs of one task, in US dollars. */
export function costUnitFor(costsPerTaskUsd: readonly number[]): CostUnit {
  const highest = Math.max(0, ...costsPerTaskUsd);
  return highest > 0 && highest < 0.01 ? thousand : one;
}
