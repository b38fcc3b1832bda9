import { appendFileSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { type JsonObject, TollgateError } from '@tollgate/sdk';
import { defaultsAsJson, type RequestDefaults } from '../config/config.ts';
import { taskHash } from '../tasks/task-hash.ts';
import type { Task } from '../tasks/task.ts';
import type { ResultLine, RunHeader } from './result-line.ts';

/** Results on disk: written line by line as they come, so that a crash loses at most the task in flight. */
export interface ResultsFile {
  readonly header: RunHeader;
  /** Lines of earlier runs into this file. */
  readonly earlier: readonly ResultLine[];
  /** What was mended on opening, for people. */
  readonly notes: readonly string[];
  /** Appends a line. Throws where the disk is full or the file cannot be written. */
  append(line: ResultLine): void;
}

/**
 * Opens a results file to go on with, or starts one.
 *
 * A last line that was cut by a crash is removed, and its task runs again.
 *
 * @throws TollgateError `invalid-file`, with the line number, for a file that holds something else or was made from other
 * tasks or with other request defaults: results of different questions must not be mixed.
 */
export function openResultsFile(path: string, tasks: readonly Task[], defaults: RequestDefaults = {}): ResultsFile {
  const text = readIfThere(path);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const notes: string[] = [];
  if (whole.length < text.length) {
    truncateSync(path, Buffer.byteLength(whole));
    notes.push(`The last line of ${path} was cut off in the middle of writing; its task runs again.`);
  }
  const write = (value: RunHeader | ResultLine): void => {
    try {
      appendFileSync(path, `${JSON.stringify(value)}\n`);
    } catch (cause) {
      throw new TollgateError(
        'invalid-file',
        `A result could not be written to ${path}: ${cause instanceof Error ? cause.message : String(cause)}. What ran is in the summary; free some space or name another file, and run again to go on.`,
        { cause },
      );
    }
  };
  const lines = whole.split('\n').slice(0, -1);
  if (lines.length === 0) {
    const header: RunHeader = {
      kind: 'run',
      version: 1,
      runId: `run-${crypto.randomUUID()}`,
      defaults: defaultsAsJson(defaults),
    };
    write(header);
    return { header, earlier: [], notes, append: write };
  }
  const header = parseHeader(path, lines[0] as string);
  const earlier = lines.slice(1).map((line, i) => parseResult(path, line, i + 2));
  checkDefaults(path, header, defaultsAsJson(defaults));
  checkTasks(path, tasks, earlier);
  return { header, earlier, notes, append: write };
}

function readIfThere(path: string): string {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return '';
  if (status.isFile()) return readFileSync(path, 'utf8');
  throw new TollgateError(
    'invalid-file',
    `${path} is not a file, and results are read back to go on with them. Name a file.`,
  );
}

function checkDefaults(path: string, { defaults: before = {} }: RunHeader, now: JsonObject): void {
  if (isDeepStrictEqual(before, now)) return;
  throw new TollgateError(
    'invalid-file',
    `${path} holds results of the defaults ${JSON.stringify(before)}, and this run has ${JSON.stringify(now)}. Results of different requests are not mixed: use the same configuration, or another --out.`,
  );
}

/** A tasks file may grow; what was answered must be what is asked now. */
function checkTasks(path: string, tasks: readonly Task[], earlier: readonly ResultLine[]): void {
  const hashes = new Map(tasks.map((task) => [task.id, taskHash(task)]));
  for (const line of earlier) {
    const hash = hashes.get(line.task);
    if (hash === line.taskHash) continue;
    throw new TollgateError(
      'invalid-file',
      `${path} has a result for task "${line.task}", which ${hash === undefined ? 'is not among the tasks now' : 'reads differently now'}. Results of different questions are not mixed: use another --out, or the task file it was made from.`,
    );
  }
}

function parseHeader(path: string, line: string): RunHeader {
  const header = parseLine(path, line, 1) as Partial<RunHeader>;
  if (header.kind === 'run' && header.version === 1 && typeof header.runId === 'string') return header as RunHeader;
  throw new TollgateError(
    'invalid-file',
    `${path} line 1: this is not a results file of this version. Name another --out; nothing was changed in it.`,
  );
}

function parseResult(path: string, line: string, number: number): ResultLine {
  const result = parseLine(path, line, number) as Partial<ResultLine>;
  const whole =
    result.kind === 'result' &&
    typeof result.strategy === 'string' &&
    typeof result.task === 'string' &&
    typeof result.passed === 'boolean' &&
    typeof result.costUsd === 'number';
  if (whole) return result as ResultLine;
  throw new TollgateError(
    'invalid-file',
    `${path} line ${number}: this is not a result. Remove the line to run its task again.`,
  );
}

function parseLine(path: string, line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new TollgateError(
      'invalid-file',
      `${path} line ${number} is not JSON. Remove the line to run its task again.`,
      { cause },
    );
  }
}
