import { paretoFront } from '@tollgate/stats';
import type { StrategyReport } from './run-report.ts';

/**
 * The strategies that no other one beats: none is at least as accurate for at most the same money a task, and better in
 * one of the two. Cheapest first. Oracle strategies take no part, for they cannot be deployed; nor do those that ran nothing.
 */
export function frontierOf(strategies: readonly StrategyReport[]): readonly StrategyReport[] {
  const deployable = strategies.filter((strategy) => hasRun(strategy) && strategy.oracleVerifier !== true);
  const front = paretoFront(deployable, {
    cost: (strategy) => strategy.costPerTaskUsd,
    value: (strategy) => strategy.accuracy,
  });
  return front.flatMap((index) => deployable[index] ?? []);
}

/** Whether there is anything to show: a run that was stopped early may not have reached every strategy. */
export function hasRun({ answered, abstained }: StrategyReport): boolean {
  return answered + abstained > 0;
}
