import { frontierOf, hasRun } from './frontier.ts';
import type { RunReport, StrategyReport } from './run-report.ts';

/** A strategy as a plot shows it. */
export interface PlotEntry {
  readonly strategy: Pick<StrategyReport, 'name' | 'accuracy' | 'accuracyCi95' | 'costPerTaskUsd' | 'costPerTaskCi95'>;
  /** Its number on the page, from 1: in every plot and table. */
  readonly number: number;
  readonly kind: 'frontier' | 'beaten' | 'oracle';
}

/** A strategy as the page of a run shows it. */
export interface PageEntry extends PlotEntry {
  readonly strategy: StrategyReport;
}

/** The strategies in the order of the page: cheapest task first, those that ran nothing last. */
export function pageEntries({ strategies }: RunReport): PageEntry[] {
  const frontier = new Set(frontierOf(strategies));
  const cost = (strategy: StrategyReport): number =>
    hasRun(strategy) ? strategy.costPerTaskUsd : Number.POSITIVE_INFINITY;
  return strategies
    .toSorted((a, b) => (cost(a) === cost(b) ? 0 : cost(a) - cost(b)))
    .map((strategy, i) => ({
      strategy,
      number: i + 1,
      kind: strategy.oracleVerifier === true ? 'oracle' : frontier.has(strategy) ? 'frontier' : 'beaten',
    }));
}
