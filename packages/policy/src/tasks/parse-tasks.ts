import { nearestName } from '@tollgate/sdk';
import type { z } from 'zod';
import { type FileProblem, InvalidFileError } from './invalid-file-error.ts';
import { showValue } from './show-value.ts';
import { checkKinds, type Task, taskSchema } from './task.ts';

/** How a task file is read. */
export interface ParseTasksOptions {
  /** What messages call the file, for example its path. */
  readonly source: string;
  /** Leave out lines that have a problem and give the rest. @defaultValue false */
  readonly skipInvalid?: boolean;
}

/** What a task file holds. */
export interface ParsedTasks {
  readonly tasks: readonly Task[];
  /** What was left out and why; empty unless `skipInvalid` was given. */
  readonly problems: readonly FileProblem[];
}

const taskFields = ['id', 'prompt', 'check', 'verify', 'class'];

/**
 * Reads a task file: JSON Lines, one task a line. Of two tasks with one id the first is kept. Extra fields are ignored,
 * except those that look like a misspelt one.
 *
 * @throws InvalidFileError with every problem and its line, unless `skipInvalid` is given; in any case when no task is left.
 * @example
 * parseTasks('{"id":"a","prompt":"2 + 2?","check":{"kind":"number","answer":4}}', { source: 'tasks.jsonl' }).tasks.length; // 1
 */
export function parseTasks(text: string, { source, skipInvalid = false }: ParseTasksOptions): ParsedTasks {
  const tasks: Task[] = [];
  const problems: FileProblem[] = [];
  const lineOfId = new Map<string, number>();
  for (const [index, content] of text
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split('\n')
    .entries()) {
    const line = index + 1;
    const read = parseTask(content);
    if ('problems' in read) {
      problems.push(...read.problems.map((message) => ({ line, message })));
      continue;
    }
    const { task } = read;
    const first = lineOfId.get(task.id);
    if (first !== undefined) {
      problems.push({
        line,
        message: `the id "${task.id}" is already used in line ${first}; every task needs its own.`,
      });
      continue;
    }
    lineOfId.set(task.id, line);
    tasks.push(task);
  }
  if (text.trim() === '') throw new InvalidFileError(source, [{ message: 'the file is empty.' }], exampleLine);
  if (tasks.length === 0 || (problems.length > 0 && !skipInvalid)) {
    const isArray = text.trimStart().startsWith('[');
    const advice = isArray
      ? 'This looks like a JSON array. Write one task a line, without brackets and commas around it.'
      : exampleLine;
    throw new InvalidFileError(source, problems, advice);
  }
  return { tasks, problems };
}

const exampleLine =
  'A line looks like this: {"id":"a-1","prompt":"Compute 2 + 3.","check":{"kind":"number","answer":5}}';

function parseTask(line: string): { readonly task: Task } | { readonly problems: readonly string[] } {
  if (line.trim() === '') return { problems: ['the line is empty; remove it.'] };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { problems: [`not JSON: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const parsed = taskSchema.safeParse(value);
  const problems = [
    ...misspeltFields(value),
    ...(parsed.error?.issues ?? []).map((issue) => describeIssue(issue, value)),
  ];
  return parsed.success && problems.length === 0 ? { task: parsed.data } : { problems };
}

function misspeltFields(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const absent = taskFields.filter((field) => !Object.hasOwn(value, field));
  return Object.keys(value).flatMap((field) => {
    const meant = taskFields.includes(field) ? undefined : nearestName(field, absent);
    return meant === undefined ? [] : [`the field "${field}" is unknown; did you mean "${meant}"?`];
  });
}

function describeIssue(issue: z.core.$ZodIssue, value: unknown): string {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return `${path} has the unknown field ${issue.keys.map((key) => `"${key}"`).join(', ')}; remove it.`;
  }
  if (issue.code === 'invalid_union' && issue.path.at(-1) === 'kind') {
    const kind = issue.path.reduce<unknown>(
      (part, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key],
      value,
    );
    const meant = typeof kind === 'string' ? nearestName(kind, checkKinds) : undefined;
    const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`;
    const received = kind === undefined ? 'and is missing' : `received ${showValue(kind)}`;
    return `${path} must be one of ${checkKinds.join(', ')}, ${received}.${hint}`;
  }
  if (issue.code === 'custom') return `${path}: ${issue.message}`;
  return `${path === '' ? 'the line' : path} ${issue.message}.`;
}
