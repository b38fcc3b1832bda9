import { createRandom } from '@tollgate/stats';
import type { OutcomeLine } from '../../outcomes/outcome-line.ts';
import type { OutcomesTable } from '../../outcomes/outcomes-table.ts';
import { parseOutcomes } from '../../outcomes/parse-outcomes.ts';

/** A table of these lines. */
export function tableOf(lines: readonly OutcomeLine[], source = 'logs.jsonl'): OutcomesTable {
  return parseOutcomes(
    lines.map((line) => JSON.stringify(line)),
    { source },
  );
}

/** Lines of `samples` samples of each model for each task, made by a rule. */
export function linesOf(
  shape: { readonly tasks: number; readonly models: readonly string[]; readonly samples: number },
  rule: (at: {
    readonly task: number;
    readonly model: string;
    readonly sample: number;
  }) => Omit<OutcomeLine, 'task' | 'model' | 'sample'>,
): readonly OutcomeLine[] {
  return Array.from({ length: shape.tasks }, (_, task) =>
    shape.models.flatMap((model) =>
      Array.from({ length: shape.samples }, (__, sample) => ({
        task: `t${task}`,
        model,
        sample,
        ...rule({ task, model, sample }),
      })),
    ),
  ).flat();
}

/** Logs as they are: models of different strength, answers that agree more when they are right, a signal that half knows. */
export function noisyTable(
  shape: { readonly tasks?: number; readonly models?: readonly string[]; readonly samples?: number } = {},
  seed = 1,
): OutcomesTable {
  const { tasks = 40, models = ['small', 'middle', 'big'], samples = 5 } = shape;
  const random = createRandom(seed);
  const difficulty = Array.from({ length: tasks }, () => random.next());
  return tableOf(
    linesOf({ tasks, models, samples }, ({ task, model }) => {
      const rank = models.indexOf(model);
      const chance = 0.5 + 0.2 * rank + 0.4 * (0.5 - (difficulty[task] ?? 0));
      const correct = random.next() < chance;
      return {
        answer: correct ? 'right' : `wrong ${random.int(3)}`,
        correct,
        costUsd: 0.001 * 5 ** rank,
        signals: { sure: (correct ? 0.5 : 0.2) + 0.4 * random.next() },
        prompt: `Task ${task}: what is ${random.int(100)} + ${random.int(100)}?`,
      };
    }),
  );
}
