import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TollgateError } from '@tollgate/sdk';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Task } from '../tasks/task.ts';
import { taskHash } from '../tasks/task-hash.ts';
import type { ResultLine } from './result-line.ts';
import { openResultsFile } from './results-file.ts';

const tasks: readonly Task[] = ['a', 'b', 'ç'].map((id) => ({
  id,
  prompt: `Ask ${id}.`,
  check: { kind: 'exact', answer: id },
}));

const lineOf = (task: Task | undefined, change: Partial<ResultLine> = {}): ResultLine => ({
  kind: 'result',
  strategy: 'single:small',
  task: task?.id ?? '',
  taskHash: task === undefined ? '' : taskHash(task),
  status: 'accepted',
  passed: true,
  answer: task?.id ?? '',
  reason: 'ünique',
  costUsd: 0.1,
  attempts: 1,
  outputTokens: 5,
  wallMs: 12,
  ...change,
});

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-results-'));
  path = join(folder, 'out.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function refusal(from: readonly Task[] = tasks): TollgateError {
  try {
    openResultsFile(path, from);
  } catch (error) {
    if (TollgateError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('the file was taken');
}

/** A file with a header and one line for each task, as a finished run leaves it. */
function wholeFile(): string {
  const file = openResultsFile(path, tasks);
  for (const task of tasks) file.append(lineOf(task));
  return readFileSync(path, 'utf8');
}

describe('openResultsFile', () => {
  it('goes on with the same request defaults only, in whatever order they are named', () => {
    openResultsFile(path, tasks, { temperature: 0.7, stop: ['x'] }).append(lineOf(tasks[0]));
    const before = readFileSync(path, 'utf8');
    expect(openResultsFile(path, tasks, { stop: ['x'], temperature: 0.7 }).earlier).toHaveLength(1);
    expect(() => openResultsFile(path, tasks, { temperature: 0.2 })).toThrow(
      'holds results of the defaults {"temperature":0.7,"stop":["x"]}, and this run has {"temperature":0.2}.',
    );
    expect(() => openResultsFile(path, tasks)).toThrow('and this run has {}.');
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it('starts a file, and goes on with it under the same run', () => {
    const first = openResultsFile(path, tasks);
    expect(first).toMatchObject({
      header: { kind: 'run', version: 1, runId: expect.stringMatching(/^run-[0-9a-f-]{36}$/) },
      earlier: [],
      notes: [],
    });
    first.append(lineOf(tasks[0]));
    first.append(lineOf(tasks[2], { passed: false }));
    const second = openResultsFile(path, tasks);
    expect(second.header).toEqual(first.header);
    expect(second.earlier).toEqual([lineOf(tasks[0]), lineOf(tasks[2], { passed: false })]);
    expect(second.notes).toEqual([]);
  });

  it('writes each line at once', () => {
    const file = openResultsFile(path, tasks);
    file.append(lineOf(tasks[0]));
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3);
  });

  it('loses no more than the line that was being written, wherever a crash cut the file', () => {
    const whole = Buffer.from(wholeFile());
    const header = whole.indexOf(10) + 1;
    fc.assert(
      fc.property(fc.integer({ min: header, max: whole.length }), (cut) => {
        writeFileSync(path, whole.subarray(0, cut));
        const complete = whole.subarray(0, cut).toString('latin1').split('\n').length - 2;
        const torn = cut > 0 && whole[cut - 1] !== 10;
        const file = openResultsFile(path, tasks);
        expect(file.earlier).toEqual(tasks.slice(0, complete).map((task) => lineOf(task)));
        expect(file.notes).toEqual(
          torn ? [`The last line of ${path} was cut off in the middle of writing; its task runs again.`] : [],
        );
        for (const task of tasks.slice(complete)) file.append(lineOf(task));
        expect(readFileSync(path).equals(whole)).toBe(true);
      }),
      { seed: 3, numRuns: 60 },
    );
  });

  it('starts anew where not even the first line is whole', () => {
    writeFileSync(path, '{"kind":"run","vers');
    const file = openResultsFile(path, tasks);
    expect(file.notes).toHaveLength(1);
    expect(openResultsFile(path, tasks).header).toEqual(file.header);
  });

  it('takes a task file that has grown, and refuses one whose answered tasks read differently or are gone', () => {
    const text = wholeFile();
    const more = [...tasks, { id: 'd', prompt: 'Ask d.', check: { kind: 'exact', answer: 'd' } } as const];
    expect(openResultsFile(path, more).earlier).toHaveLength(3);
    const changed = tasks.map((task) => (task.id === 'b' ? { ...task, prompt: 'Ask something else.' } : task));
    expect(refusal(changed).message).toBe(
      `${path} has a result for task "b", which reads differently now. Results of different questions are not mixed: use another --out, or the task file it was made from.`,
    );
    expect(refusal(tasks.slice(1)).message).toContain('a result for task "a", which is not among the tasks now');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it.each([
    ['hello\n', /line 1 is not JSON/],
    [
      '{"id":"a","prompt":"a task file"}\n',
      /line 1: this is not a results file of this version\. Name another --out; nothing was changed in it\./,
    ],
    ['{"kind":"run","version":2,"runId":"r"}\n', /line 1: this is not a results file/],
  ])('refuses %j and leaves it alone', (text, message) => {
    writeFileSync(path, text);
    expect(refusal()).toMatchObject({ code: 'invalid-file', message: expect.stringMatching(message) });
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it.each([
    ['{"kind":"result","task":"a"}\n', /line 3: this is not a result\. Remove the line to run its task again\./],
    ['nonsense\n', /line 3 is not JSON\. Remove the line/],
    ['\n', /line 3 is not JSON/],
  ])('names the line of %j', (text, message) => {
    openResultsFile(path, tasks).append(lineOf(tasks[0]));
    appendFileSync(path, text);
    expect(refusal().message).toMatch(message);
  });

  it('says what to do where a line cannot be written', () => {
    const file = openResultsFile(path, tasks);
    rmSync(folder, { recursive: true });
    expect(() => file.append(lineOf(tasks[0]))).toThrow(
      /^A result could not be written to .*ENOENT.* What ran is in the summary; free some space/,
    );
    expect(() => openResultsFile(path, tasks)).toThrow(/could not be written/);
    expect(existsSync(path)).toBe(false);
  });

  it('refuses what is no file', () => {
    path = folder;
    expect(refusal().message).toBe(
      `${folder} is not a file, and results are read back to go on with them. Name a file.`,
    );
  });
});
