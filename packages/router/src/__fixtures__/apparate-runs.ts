import type { ShadowedRun } from '../thresholds/replay-thresholds.ts';

const first = [0.99, 0.95, 0.9, 0.8, 0.6, 0.97, 0.7, 0.92, 0.55, 0.85];
const firstAgrees = 'TTTFFTFTFT';
const second = [0.99, 0.97, 0.95, 0.93, 0.8, 0.99, 0.9, 0.96, 0.7, 0.94];
const secondAgrees = 'TTTTTTTTFT';

/** Ten requests through two early exits and the whole model, by which threshold tuners are compared. */
export const apparateRuns: readonly ShadowedRun[] = first.map((confidence, i) => ({
  confidences: [confidence, second[i]],
  agrees: [firstAgrees[i] === 'T', secondAgrees[i] === 'T'],
}));

/** Latencies of leaving at the first exit, at the second, and at the end: 2 and 5 and 10, and 0.1 for each exit on the way. */
export const apparateCosts: readonly number[] = [2.1, 5.2, 10.2];

/** Latency saved beside the model without exits, in percent. */
export function apparateImprovement(cost: number): number {
  return 100 * (1 - cost / 10);
}
