import type { OutcomesTable, OutcomeTask } from './outcomes-table.ts';

/** What a sample of a model costs on average over some tasks, in US dollars; 0 where there is none. */
export function meanUsd(table: OutcomesTable, tasks: readonly OutcomeTask[], model: string): number {
  let nano = 0;
  let samples = 0;
  for (const { id } of tasks) {
    const { first, count } = table.rowsOf(id, model);
    for (let row = first; row < first + count; row += 1) nano += table.costNanoUsd(row);
    samples += count;
  }
  return nano / 1e9 / Math.max(1, samples);
}
