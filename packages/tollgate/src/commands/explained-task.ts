import type { Task, TracedTask } from '@tollgate/policy';
import { InvalidOptionError, nearestName } from '@tollgate/sdk';

/** Keeps the traces of the one task that was asked about. @throws InvalidOptionError when there is no such task. */
export function explainedTask(
  id: string | undefined,
  tasks: readonly Task[],
): { readonly all: readonly TracedTask[]; add(traced: TracedTask): void } {
  if (id !== undefined && !tasks.some((task) => task.id === id)) {
    const near = nearestName(
      id,
      tasks.map((task) => task.id),
    );
    throw new InvalidOptionError(
      'explain',
      `There is no task "${id}".${near === undefined ? '' : ` Did you mean "${near}"?`}`,
    );
  }
  const all: TracedTask[] = [];
  return { all, add: (traced) => void (traced.task === id && all.push(traced)) };
}
