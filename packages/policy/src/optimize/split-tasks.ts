import { createRandom } from '@tollgate/stats';
import type { OutcomeTask } from '../outcomes/outcomes-table.ts';

/** Two halves of the tasks, whole groups together, by a seeded shuffle. */
export function splitTasks(
  tasks: readonly OutcomeTask[],
  seed: number,
): readonly [readonly OutcomeTask[], readonly OutcomeTask[]] {
  const groups = new Map<string, OutcomeTask[]>();
  for (const task of tasks) {
    // A task without a group is a group of its own.
    const key = task.group === undefined ? `task ${task.id}` : `group ${task.group}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [task]);
    else group.push(task);
  }
  const random = createRandom(`${seed}/split`);
  const order = [...groups.values()]
    .map((group) => ({ group, place: random.next() }))
    .toSorted((a, b) => a.place - b.place);
  const halves: [OutcomeTask[], OutcomeTask[]] = [[], []];
  for (const { group } of order) halves[halves[0].length <= halves[1].length ? 0 : 1].push(...group);
  return halves;
}
