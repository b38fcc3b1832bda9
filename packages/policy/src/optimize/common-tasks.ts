import { InvalidOptionError } from '@tollgate/sdk';
import type { OutcomesTable, OutcomeTask } from '../outcomes/outcomes-table.ts';

/** Tasks on which every model can be compared. */
export interface CommonTasks {
  readonly tasks: readonly OutcomeTask[];
  /** Samples that each of them has, by model. */
  readonly depth: ReadonlyMap<string, number>;
  /** Models that half of the tasks lack. */
  readonly lacking: readonly string[];
}

const fewestTasks = 20;

/**
 * Tasks that have samples of every model, and how many of each all of them have. Up to one task in twenty is left out, so
 * that a few short ones do not rule the rest; a model that half of the tasks lack is left out itself.
 *
 * @throws InvalidOptionError when fewer than 20 tasks are left.
 */
export function commonTasks(table: OutcomesTable): CommonTasks {
  const depth = new Map<string, number>();
  const lacking = table.models.filter(
    (model) => table.tasks.filter(({ id }) => table.rowsOf(id, model).count === 0).length > table.tasks.length / 2,
  );
  let { tasks } = table;
  for (const model of table.models.filter((one) => !lacking.includes(one))) {
    const counts = tasks.map(({ id }) => table.rowsOf(id, model).count).toSorted((a, b) => a - b);
    const common = Math.max(1, counts[Math.floor(counts.length / 20)] ?? 0);
    depth.set(model, common);
    tasks = tasks.filter(({ id }) => table.rowsOf(id, model).count >= common);
  }
  if (depth.size === 0 || tasks.length < fewestTasks) {
    const compared = depth.size === 0 ? table.models : [...depth.keys()];
    throw new InvalidOptionError(
      'table',
      `${table.source}: ${depth.size === 0 ? 'no' : `only ${tasks.length}`} tasks have samples of every model (${compared.join(', ')}); ${fewestTasks} are needed. Log more, or leave models out.`,
    );
  }
  return { tasks, depth, lacking };
}
