import { costOfPass, type PassRecord } from '@tollgate/budget';
import type { Random } from '@tollgate/stats';
import type { StrategyReport } from '../report/run-report.ts';

/** The figures of a strategy that carry an interval. */
export type ReportFigures = Pick<
  StrategyReport,
  'accuracy' | 'accuracyCi95' | 'costOfPassUsd' | 'costOfPassCi95' | 'costPerTaskUsd' | 'costPerTaskCi95'
>;

/** Accuracy, cost and cost-of-pass with 95 % intervals over tasks. All zeros where nothing ran. */
export function reportFigures(records: readonly PassRecord[], random: Random): ReportFigures {
  if (records.length === 0) {
    return {
      accuracy: 0,
      accuracyCi95: [0, 1],
      costOfPassUsd: null,
      costOfPassCi95: null,
      costPerTaskUsd: 0,
      costPerTaskCi95: [0, 0],
    };
  }
  const figures = costOfPass(records, { random });
  const [lower, upper] = figures.costOfPassCi95;
  return {
    accuracy: figures.accuracy,
    accuracyCi95: figures.accuracyCi95,
    costOfPassUsd: figures.costOfPassUsd,
    costOfPassCi95: figures.costOfPassUsd === null || lower === null ? null : [lower, upper],
    costPerTaskUsd: figures.costUsd / figures.runs,
    costPerTaskCi95: [figures.costUsdCi95[0] / figures.runs, figures.costUsdCi95[1] / figures.runs],
  };
}
