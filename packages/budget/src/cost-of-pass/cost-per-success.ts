import { moneyOf } from '../money/nano-usd.ts';
import { type PassRecord, sumByTask } from './pass-record.ts';

/**
 * US dollars per pass, the aggregate ratio: all costs, those of failures included, over all passes. Null, for infinite,
 * where nothing passed or nothing was run.
 *
 * How the bill of one policy is read. Not the mean of the problems' own prices, and not `frontierCostOfPass`.
 *
 * @throws InvalidOptionError when a cost is negative.
 * @example
 * costPerSuccess([{ taskId: 'a', costUsd: 0.01, passed: true }, { taskId: 'b', costUsd: 0.02, passed: false }]); // 0.03
 */
export function costPerSuccess(records: readonly PassRecord[]): number | null {
  let costNano = 0n;
  let passes = 0;
  for (const task of sumByTask(records).values()) {
    costNano += task.costNano;
    passes += task.passes;
  }
  return passes === 0 ? null : moneyOf(costNano).usd / passes;
}
