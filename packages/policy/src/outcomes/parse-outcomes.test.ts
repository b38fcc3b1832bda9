import { perToken } from '@tollgate/budget';
import type { CandidateView } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidFileError } from '../tasks/invalid-file-error.ts';
import type { OutcomeLine } from './outcome-line.ts';
import type { OutcomesOptions } from './outcomes-reader.ts';
import type { OutcomesTable } from './outcomes-table.ts';
import { parseOutcomes } from './parse-outcomes.ts';

type Wrong = { readonly [Field in keyof OutcomeLine]?: unknown } & { readonly [field: string]: unknown };

const line = (change: Wrong = {}): string =>
  JSON.stringify({
    task: 'q1',
    model: 'small',
    sample: 0,
    answer: '42',
    correct: true,
    inputTokens: 100,
    outputTokens: 20,
    costUsd: 0.00034,
    ...change,
  });
const read = (lines: readonly string[], options: Partial<OutcomesOptions> = {}): OutcomesTable =>
  parseOutcomes(lines.join('\n'), { source: 'evals.jsonl', ...options });

describe('parseOutcomes', () => {
  it('keeps what a strategy may see apart from what grades it', () => {
    const table = read([
      line(),
      line({
        sample: 1,
        answer: 7,
        correct: 0,
        finish: 'length',
        signals: { meanLogprob: -0.5, judge: { value: 0.9, costUsd: 0.000001 } },
      }),
    ]);
    const expected: CandidateView[] = [
      { id: '0', from: 2, answer: '42', finish: 'eos' },
      { id: '1', from: 2, answer: '7', finish: 'length', signals: { meanLogprob: -0.5, judge: 0.9 } },
    ];
    expect([table.candidate(0, 2), table.candidate(1, 2)]).toEqual(expected);
    expect([table.gold.correct(0), table.gold.correct(1)]).toEqual([true, false]);
    expect(table.costNanoUsd(0)).toBe(340_000);
    expect(table.tokens(0)).toBe(120);
    expect([
      table.signalCostNanoUsd(0, 'judge'),
      table.signalCostNanoUsd(1, 'judge'),
      table.signalCostNanoUsd(1, 'meanLogprob'),
    ]).toEqual([0, 1000, 0]);
  });

  it.each<[string, Wrong]>([
    ['no answer was found', { answer: null }],
    ['the answer is empty', { answer: '' }],
    ['a budget cut it', { finish: 'budget' }],
    ['it was aborted', { finish: 'aborted' }],
  ])('shows no answer where %s', (_why, change) => {
    expect(read([line(change)]).candidate(0, 0)).not.toHaveProperty('answer');
  });

  it('gives the samples of a task and model in their order, wherever they stand in the file', () => {
    const table = read([
      line({ sample: 5, answer: 'c' }),
      line({ task: 'q2' }),
      line({ sample: 0, answer: 'a' }),
      line({ model: 'big', sample: 9 }),
      line({ sample: 3, answer: 'b' }),
    ]);
    const { first, count } = table.rowsOf('q1', 'small');
    const rows = Array.from({ length: count }, (_, i) => first + i);
    expect(rows.map((row) => table.sample(row))).toEqual([0, 3, 5]);
    expect(rows.map((row) => table.candidate(row, 0).answer)).toEqual(['a', 'b', 'c']);
    expect(table.tasks.map(({ id }) => id)).toEqual(['q1', 'q2']);
    expect(table.models).toEqual(['small', 'big']);
    expect(table.rowsOf('q2', 'big').count).toBe(0);
    expect(table.rowsOf('q3', 'small').count).toBe(0);
    expect(table.rowCount).toBe(5);
  });

  it('knows about tasks what their first line says', () => {
    const about = { class: 'sum', group: 'book-1', prompt: 'Compute 40 + 2.', features: { operators: 1 } };
    expect(read([line(about), line({ sample: 1 })]).tasks).toEqual([{ id: 'q1', ...about }]);
  });

  it('takes null for an optional field that is missing, and leaves fields of other programs alone', () => {
    const table = read([
      line({ reasoningTokens: null, latencyMs: null, signals: null, finish: null, class: null, temperature: 0.7 }),
    ]);
    expect(table.candidate(0, 0)).toEqual({ id: '0', from: 0, answer: '42', finish: 'eos' });
    expect(table.latencyMs(0)).toBeUndefined();
  });

  it('needs no tokens where the cost is there', () => {
    const table = read([line({ inputTokens: undefined, outputTokens: undefined, latencyMs: 12.5 })]);
    expect(table.tokens(0)).toBeUndefined();
    expect(table.latencyMs(0)).toBe(12.5);
  });

  it('rounds what is finer than a nano-dollar up, and nothing else', () => {
    const table = read(
      [0.1, 0.000000001, 0.0000000001, 0.07, 0.0000012345, 123.456789012, 0].map((costUsd, sample) =>
        line({ costUsd, sample }),
      ),
    );
    const costs = Array.from({ length: table.rowCount }, (_, row) => table.costNanoUsd(row));
    expect(costs).toEqual([100_000_000, 1, 1, 70_000_000, 1235, 123_456_789_012, 0]);
  });

  it('prices tokens where a line has no cost; reasoning is a part of the output', () => {
    const prices = { small: perToken({ inputUsdPerMillion: 1, outputUsdPerMillion: 10 }) };
    const table = read([line({ costUsd: undefined, reasoningTokens: 15 }), line({ sample: 1 })], { prices });
    expect(table.costNanoUsd(0)).toBe(100 * 1000 + 20 * 10_000);
    expect(table.costNanoUsd(1)).toBe(340_000);
  });

  it('names every model without a price once', () => {
    const unpriced = (model: string, sample: number): string => line({ model, sample, costUsd: undefined });
    const error = thrown(() => read([unpriced('small', 0), unpriced('small', 1), unpriced('big', 0)]));
    expect(
      error.problems.map(({ line: number, message }) => [number, /the model "(\w+)" has no price/.exec(message)?.[1]]),
    ).toEqual([
      [1, 'small'],
      [3, 'big'],
    ]);
  });

  it.each<[Wrong, string]>([
    [{ task: undefined }, '"task" is missing; it must be text that is not empty.'],
    [{ task: 17 }, '"task" must be text that is not empty, received 17.'],
    [{ sample: -1 }, '"sample" must be a whole number of at least 0, received -1.'],
    [{ sample: 1.5 }, '"sample" must be a whole number of at least 0, received 1.5.'],
    [{ sample: null }, '"sample" must be a whole number of at least 0, received null.'],
    [{ answer: undefined }, '"answer" is missing; it must be text, a number or null.'],
    [{ answer: ['42'] }, '"answer" must be text, a number or null, received ["42"].'],
    [{ correct: 'yes' }, '"correct" must be true or false, received "yes".'],
    [{ correct: 0.5 }, '"correct" must be true or false, received 0.5.'],
    [{ inputTokens: '100' }, '"inputTokens" must be a whole number of at least 0, received "100".'],
    [{ reasoningTokens: 21 }, '"reasoningTokens" (21) must be a part of "outputTokens" (20)'],
    [{ costUsd: -1 }, '"costUsd" must be US dollars from 0 to 1000000, received -1.'],
    [{ costUsd: undefined, outputTokens: undefined }, '"outputTokens" is missing, and so is "costUsd"'],
    [{ latencyMs: -1 }, '"latencyMs" must be milliseconds of at least 0, received -1.'],
    [
      { signals: { judge: 'good' } },
      '"signals" must be an object of numbers or {"value", "costUsd"}, received {"judge":"good"}.',
    ],
    [{ signals: [1] }, '"signals" must be'],
    [{ finish: 'end_turn' }, '"finish" must be one of eos, stop, length, budget, aborted, received "end_turn".'],
    [{ features: { length: '12' } }, '"features" must be an object of numbers'],
    [{ class: 3 }, '"class" must be text that is not empty, received 3.'],
    [{ lattencyMs: 3 }, '"lattencyMs" is unknown; did you mean "latencyMs"?'],
  ])('explains %j', (change, message) => {
    const error = thrown(() => read([line({ sample: 99 }), line(change)]));
    expect(error.problems).toEqual([{ line: 2, message: expect.stringContaining(message) }]);
    expect(error.message).toContain(`evals.jsonl has 1 problem:\n  line 2: ${message}`);
  });

  it.each([
    ['{"task":', 'not JSON: '],
    ['[]', 'the line must be an object, received [].'],
    ['null', 'the line must be an object, received null.'],
    ['', 'the line is empty; remove it.'],
  ])('explains the line %j', (wrong, message) => {
    expect(() => read([line(), wrong, line({ sample: 1 })])).toThrow(`line 2: ${message}`);
  });

  it('explains a cost that reads as infinite', () => {
    expect(() => read([line().replace('0.00034', '1e999')])).toThrow('"costUsd" must be US dollars');
  });

  it('names both lines of a repeated sample', () => {
    const message = 'line 4: sample 0 of task "q1" and model "small" is already in line 1; each occurs once.';
    expect(() => read([line(), line({ model: 'big' }), line({ task: 'q2' }), line()])).toThrow(message);
  });

  it('refuses a task of two classes', () => {
    expect(() => read([line({ class: 'a' }), line({ class: 'b', sample: 1 })])).toThrow(
      'line 2: "class" of task "q1" is "b" here and "a" in an earlier line',
    );
  });

  it('stops after twenty problems', () => {
    const error = thrown(() => read(Array.from({ length: 50 }, () => '{')));
    expect(error.problems).toHaveLength(20);
    expect(error.message).toContain('Reading stopped here; there may be more.');
  });

  it.each(['', '\n \n'])('refuses an empty file %j', (text) => {
    expect(() => parseOutcomes(text, { source: 'evals.jsonl' })).toThrow('the file is empty');
  });

  it('takes lines one by one, a byte order mark, Windows line ends and empty lines at the end', () => {
    const lines = [`\uFEFF${line()}\r`, line({ sample: 1 }), '', ''];
    expect(parseOutcomes(lines, { source: 'evals.jsonl' }).rowCount).toBe(2);
  });

  it('refuses a row that is not there', () => {
    const table = read([line()]);
    expect(() => table.costNanoUsd(1)).toThrow('row must be a whole number from 0 to 0, received 1.');
    expect(() => table.gold.correct(-1)).toThrow(RangeError);
  });

  it('gives back every line that went in, in any order of the file', () => {
    const key = fc.record({
      task: fc.constantFrom('a', 'b', 'c'),
      model: fc.constantFrom('m', 'n'),
      sample: fc.nat(9),
    });
    const facts = fc.record({
      answer: fc.option(fc.string({ minLength: 1 })),
      correct: fc.boolean(),
      nano: fc.nat(1e9),
      logprob: fc.option(fc.integer()),
    });
    const lines = fc.uniqueArray(fc.tuple(key, facts), {
      selector: ([unique]) => JSON.stringify(unique),
      minLength: 1,
    });
    fc.assert(
      fc.property(lines, (entries) => {
        const table = read(
          entries.map(([names, { answer, correct, nano, logprob }]) =>
            line({
              ...names,
              answer,
              correct,
              costUsd: nano / 1e9,
              signals: logprob === null ? undefined : { logprob },
            }),
          ),
        );
        expect(table.rowCount).toBe(entries.length);
        for (const [{ task, model, sample }, { answer, correct, nano, logprob }] of entries) {
          const { first, count } = table.rowsOf(task, model);
          const row =
            Array.from({ length: count }, (_, i) => first + i).find(
              (candidate) => table.sample(candidate) === sample,
            ) ?? -1;
          expect(table.candidate(row, 0).answer).toBe(answer ?? undefined);
          expect(table.candidate(row, 0).signals?.['logprob']).toBe(logprob ?? undefined);
          expect(table.gold.correct(row)).toBe(correct);
          expect(table.costNanoUsd(row)).toBe(nano);
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
