import { InvalidOptionError } from '@tollgate/sdk';
import { nanoFromUsd } from '../money/nano-usd.ts';

/** One run of one task. Everything that was charged for it is its cost: losers, retries, judges, failed calls. */
export type PassRecord = {
  readonly taskId: string;
  readonly passed: boolean;
} & (
  | { readonly costNano: bigint }
  | {
      /** US dollars. Range [0, ∞). */
      readonly costUsd: number;
    }
);

/** The runs of one task, added up. */
export interface TaskSums {
  runs: number;
  passes: number;
  costNano: bigint;
}

/** Sums by task, in the order of first mention. @throws InvalidOptionError when a cost is not an amount ≥ 0. */
export function sumByTask(records: Iterable<PassRecord>): ReadonlyMap<string, Readonly<TaskSums>> {
  const tasks = new Map<string, TaskSums>();
  for (const record of records) {
    const costNano = 'costNano' in record ? record.costNano : nanoFromUsd(record.costUsd, 'costUsd');
    if (costNano < 0n) throw new InvalidOptionError('costNano', `costNano must be at least 0, received ${costNano}.`);
    let task = tasks.get(record.taskId);
    if (task === undefined) tasks.set(record.taskId, (task = { runs: 0, passes: 0, costNano: 0n }));
    task.runs += 1;
    task.passes += record.passed ? 1 : 0;
    task.costNano += costNano;
  }
  return tasks;
}
