import { fnv1a } from './fnv-1a.ts';
import type { Task } from './task.ts';

/**
 * A short name for the content of a task: 16 hexadecimal digits, the same on every machine and for every order of fields.
 * Tells whether a task has changed since results were written.
 *
 * @example
 * taskHash(task) === taskHash(JSON.parse(JSON.stringify(task))); // true
 */
export function taskHash(task: Task): string {
  return fnv1a(JSON.stringify(task, sortedFields));
}

function sortedFields(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
