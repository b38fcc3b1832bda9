import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidFileError } from './invalid-file-error.ts';
import { parseTasks } from './parse-tasks.ts';
import type { Task } from './task.ts';

const good = '{"id":"ok","prompt":"2 + 2?","check":{"kind":"number","answer":4}}';
const read = (...lines: string[]): ReturnType<typeof parseTasks> =>
  parseTasks(lines.join('\n'), { source: 'tasks.jsonl' });

describe('parseTasks', () => {
  it('reads every kind of check', () => {
    const tasks: Task[] = [
      { id: 'a', prompt: '?', check: { kind: 'number', answer: '7/3', tolerance: 0.01 } },
      {
        id: 'b',
        prompt: '?',
        check: { kind: 'number', answer: '-1,234.5' },
        verify: { kind: 'exact', answer: 'x', ignoreCase: true },
      },
      { id: 'c', prompt: '?', check: { kind: 'regex', answer: '^a.c$', flags: 'is' }, class: 'text' },
      { id: 'd', prompt: '?', check: { kind: 'choice', answer: 'F', options: 'ABCDEF' } },
      { id: 'e', prompt: '?', check: { kind: 'number', answer: '25%', unit: '%' } },
      { id: 'f', prompt: '?', check: { kind: 'set', answer: '{1, 2}' }, verify: { kind: 'text', answer: 'the moon' } },
      { id: 'g', prompt: '?', check: { kind: 'expression', answer: '2x + 1' } },
    ];
    expect(read(...tasks.map((task) => JSON.stringify(task)))).toEqual({ tasks, problems: [] });
  });

  it('takes a byte order mark, Windows line ends, a last empty line, and fields of other programs', () => {
    expect(
      read(`\uFEFF${good}\r`, '{"id":"b","prompt":"?","check":{"kind":"exact","answer":"x"},"difficulty":3}\r', '', '')
        .tasks,
    ).toEqual([
      { id: 'ok', prompt: '2 + 2?', check: { kind: 'number', answer: 4 } },
      { id: 'b', prompt: '?', check: { kind: 'exact', answer: 'x' } },
    ]);
  });

  it.each([
    [
      '{"id":"a","prompt":"?","check":{"kind":"nmuber","answer":1}}',
      'check.kind must be one of number, exact, regex, choice, set, expression, text, received "nmuber". Did you mean "number"?',
    ],
    [
      '{"id":"a","prompt":"?","check":{"answer":1}}',
      'check.kind must be one of number, exact, regex, choice, set, expression, text, and is missing.',
    ],
    [
      '{"id":"a","prompt":"?","check":{"kind":"number","answer":"four"}}',
      'check: The answer of a check must be a number such as 42, "3/4" or "1,234.5", received "four".',
    ],
    [
      '{"id":"a","prompt":"?","check":{"kind":"number","answer":1,"tolerance":-1}}',
      'check: The tolerance of a check must be a number of 0 or more, received -1.',
    ],
    [
      '{"id":"a","prompt":"?","check":{"kind":"regex","answer":"("}}',
      'check: answer must be a regular expression, received "("',
    ],
    ['{"id":"a","prompt":"?","check":{"kind":"regex","answer":"x","flags":"g"}}', 'check: flags must'],
    [
      '{"id":"a","prompt":"?","check":{"kind":"choice","answer":"F"}}',
      'check: The answer of a check must be one letter out of "ABCDE", received "F".',
    ],
    [
      '{"id":"a","prompt":"?","check":{"kind":"number","answer":1,"unit":"parsec"}}',
      'check: unit must be a known unit such as "cm"',
    ],
    [
      '{"id":"a","prompt":"?","check":{"kind":"expression","answer":"x +"}}',
      'check: The answer of a check must be a formula such as "2x + 1"',
    ],
    [
      '{"id":"a","prompt":"?","check":{"kind":"exact","answer":"x","ignorecase":true}}',
      'check has the unknown field "ignorecase"; remove it.',
    ],
    ['{"id":"a","prompt":"?","check":"x"}', 'check must be an object, received "x".'],
    ['{"id":"a","prompt":"?"}', 'check is missing; it must be an object.'],
    [
      '{"id":"a","prompt":"?","check":{"kind":"exact","answer":"x"},"verify":{"kind":"exact"}}',
      'verify.answer is missing; it must be text.',
    ],
    [
      '{"id":"a","prompt":"?","check":{"kind":"exact","answer":"x"},"verfy":{}}',
      'the field "verfy" is unknown; did you mean "verify"?',
    ],
    ['{"id":7,"prompt":"?","check":{"kind":"exact","answer":"x"}}', 'id must be text, received 7.'],
    [
      '{"id":"a","prompt":"","check":{"kind":"exact","answer":"x"}}',
      'prompt must be text that is not empty, received "".',
    ],
    ['[1, 2]', 'the line must be an object, received [1,2].'],
    ['null', 'the line must be an object, received null.'],
    ['{"id":', 'not JSON: '],
    ['', 'the line is empty; remove it.'],
  ])('explains %s', (line, message) => {
    const error = thrown(() => read(good, line, good.replace('ok', 'last')));
    expect(error.problems).toEqual([{ line: 2, message: expect.stringContaining(message) }]);
    expect(error.message).toContain(`line 2: ${message}`);
    expect(error.code).toBe('invalid-file');
    expect(error.source).toBe('tasks.jsonl');
  });

  it('names both lines of a repeated id', () => {
    expect(() => read(good, good)).toThrow('line 2: the id "ok" is already used in line 1');
  });

  it('reports every problem of every line', () => {
    const error = thrown(() => read('{"id":1,"prompt":2}', good, '{'));
    expect(error.problems.map(({ line }) => line)).toEqual([1, 1, 1, 3]);
    expect(error.message).toMatch(/^tasks\.jsonl has 4 problems:/);
  });

  it('shows the first twenty problems and counts the others', () => {
    const error = thrown(() => read(...Array.from({ length: 25 }, () => '{')));
    expect(error.problems).toHaveLength(25);
    expect(error.message).toContain('and 5 more');
  });

  it('runs the rest when asked to', () => {
    const { tasks, problems } = parseTasks(['{', good, good].join('\n'), { source: 'tasks.jsonl', skipInvalid: true });
    expect(tasks.map(({ id }) => id)).toEqual(['ok']);
    expect(problems.map(({ line }) => line)).toEqual([1, 3]);
  });

  it.each(['', ' \n \n'])('refuses an empty file %j even then', (text) => {
    expect(() => parseTasks(text, { source: 'tasks.jsonl', skipInvalid: true })).toThrow(
      'tasks.jsonl has 1 problem:\n  the file is empty.',
    );
  });

  it('refuses a file of which nothing is left', () => {
    expect(() => parseTasks('{\n{', { source: 'tasks.jsonl', skipInvalid: true })).toThrow(InvalidFileError);
  });

  it('recognises a JSON array and says what to do', () => {
    expect(() => read('[', `${good},`, ']')).toThrow('Write one task a line');
  });

  it('never throws anything but an InvalidFileError', () => {
    const anything = fc.array(fc.oneof(fc.constant(good), fc.json(), fc.string())).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(anything, fc.boolean(), (text, skipInvalid) => {
        try {
          expect(parseTasks(text, { source: 'x', skipInvalid }).tasks.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidFileError);
        }
      }),
    );
  });
});

function thrown(action: () => unknown): InvalidFileError {
  try {
    action();
  } catch (error) {
    if (error instanceof InvalidFileError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
