import { learnAnswer, type MultiplexerState, priorMultiplexer, promptFeatures } from '@tollgate/router';
import { meanUsd } from '../outcomes/mean-usd.ts';
import type { OutcomesTable, OutcomeTask } from '../outcomes/outcomes-table.ts';

/**
 * What some tasks teach about who passes what, of one sample a model and task; undefined where tasks have neither prompts
 * nor features.
 */
export function learnMultiplexer(
  table: OutcomesTable,
  { tasks, models }: { readonly tasks: readonly OutcomeTask[]; readonly models: readonly string[] },
): MultiplexerState | undefined {
  const known = tasks.map(featuresOf).find((features) => features !== undefined);
  if (known === undefined) return undefined;
  let state = priorMultiplexer({
    features: Object.keys(known),
    usdPerAnswer: models.map((model) => meanUsd(table, tasks, model)),
  });
  for (const task of tasks) {
    const features = featuresOf(task) ?? {};
    for (const [model, name] of models.entries()) {
      const { first, count } = table.rowsOf(task.id, name);
      if (count === 0) continue;
      const passed = table.gold.correct(first);
      state = learnAnswer(state, { features, model, passed, usd: table.costNanoUsd(first) / 1e9 });
    }
  }
  return state;
}

function featuresOf({ features, prompt }: OutcomeTask): { readonly [name: string]: number } | undefined {
  return features ?? (prompt === undefined ? undefined : promptFeatures(prompt));
}
