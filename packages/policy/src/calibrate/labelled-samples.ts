import type { LabelledSample } from '@tollgate/router';
import type { OutcomesTable } from '../outcomes/outcomes-table.ts';

/** The first samples of a task and a model with their labels, in the order of the table. */
export function labelledSamples(
  table: OutcomesTable,
  of: { readonly task: string; readonly model: string; readonly most?: number },
): readonly LabelledSample[] {
  const { first, count } = table.rowsOf(of.task, of.model);
  return Array.from({ length: Math.min(count, of.most ?? count) }, (_, i) => {
    const { answer } = table.candidate(first + i, 0);
    return {
      correct: table.gold.correct(first + i),
      usd: table.costNanoUsd(first + i) / 1e9,
      ...(answer !== undefined && { answer }),
    };
  });
}
