import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseOutcomes } from '../outcomes/parse-outcomes.ts';
import { InvalidFileError } from '../tasks/invalid-file-error.ts';
import { importHeliconeCsv } from './import-helicone-csv.ts';
import { importInspect } from './import-inspect.ts';
import { importLmEval } from './import-lm-eval.ts';
import type { ImportedOutcomes, ImportOptions } from './import-options.ts';
import { importPromptfoo } from './import-promptfoo.ts';

const sample = (name: string): string => readFileSync(join(import.meta.dirname, '__fixtures__', name), 'utf8');
const inspect = sample('inspect.json');
const gsm8k = 'samples_gsm8k_2026-01-05T10-00-00.123456.jsonl';
const choices = 'samples_choices_2026-01-05T10-00-00.123456.jsonl';
const promptfoo = sample('promptfoo.json');
const helicone = sample('helicone.csv');

/** The lines as the file has them: read again as a table, with a price for what has tokens only. */
function table({ lines }: ImportedOutcomes): ReturnType<typeof parseOutcomes> {
  const costUsd = 0.001;
  return parseOutcomes(
    lines.map((line) => JSON.stringify({ costUsd, ...line })),
    { source: 'imported.jsonl' },
  );
}

describe('every importer', () => {
  const imports: readonly (readonly [string, () => ImportedOutcomes, number])[] = [
    ['inspect', () => importInspect(inspect, { source: 'inspect.json' }), 6],
    ['lm-eval', () => importLmEval(sample(gsm8k), { source: gsm8k, model: 'llama', costUsd: 0.01 }), 3],
    ['lm-eval, choices', () => importLmEval(sample(choices), { source: choices, model: 'llama', costUsd: 0.01 }), 2],
    ['promptfoo', () => importPromptfoo(promptfoo, { source: 'promptfoo.json' }), 5],
    ['helicone', () => importHeliconeCsv(helicone, { source: 'helicone.csv' }), 4],
  ];

  it.each(imports)('%s: gives lines that are read as a table', (_, run, rows) => {
    const imported = run();
    expect(imported.lines).toHaveLength(rows);
    expect(table(imported).rowCount).toBe(rows);
  });

  it('prices what has a cost neither in dollars nor in tokens by the option, and nothing else', () => {
    const { lines } = importPromptfoo(promptfoo, { source: 'promptfoo.json', costUsd: 7 });
    expect(lines.map(({ costUsd }) => costUsd)).toEqual([0.00004, 0.0009, 7, 0.0009, 0.00004]);
  });

  const options: ImportOptions = { source: 'log' };
  it.each<[string, () => unknown, RegExp]>([
    ['inspect: no JSON', () => importInspect('{', options), /log has 1 problem:\n {2}it is not JSON/],
    ['inspect: another file', () => importInspect('{"results":{}}', options), /"samples" must be a list/],
    ['inspect: compressed', () => importInspect('PK\u0003\u0004', options), /Convert it first: inspect log convert/],
    ['inspect: nothing in it', () => importInspect('{"samples":[]}', options), /it has no samples/],
    [
      'inspect: no model',
      () => importInspect('{"samples":[{"id":1}]}', options),
      /does not say which model.*\nName it: --model/,
    ],
    [
      'inspect: no scores',
      () => importInspect('{"eval":{"model":"m"},"samples":[{"id":1}]}', options),
      /none of its 1 samples says whether the answer is right\.\nScore the log/,
    ],
    ['lm-eval: no model', () => importLmEval(sample(gsm8k), options), /Name it: --model NAME/],
    [
      'lm-eval: no cost',
      () => importLmEval(sample(gsm8k), { ...options, model: 'm' }),
      /3 of 3 samples have neither a cost nor tokens\.\nSay what a sample cost: --cost-usd/,
    ],
    ['lm-eval: another file', () => importLmEval('{"a":1}', options), /"doc_id" and "filtered_resps" are missing/],
    [
      'lm-eval: broken lines',
      () => importLmEval('{"a":1\n[]', options),
      /line 1: not JSON.*\n {2}line 2: the line is not an object/,
    ],
    [
      'lm-eval: unknown filter',
      () => importLmEval(sample(gsm8k), { ...options, filter: 'x' }),
      /there is no filter "x"; there are: strict-match, flexible-extract/,
    ],
    [
      'lm-eval: unknown metric',
      () => importLmEval(sample(gsm8k), { ...options, model: 'm', costUsd: 0, score: 'bleu' }),
      /none of its 3 samples says .*\nName the metric/,
    ],
    ['promptfoo: another file', () => importPromptfoo('{"results":{}}', options), /"results\.results" must be a list/],
    ['helicone: another file', () => importHeliconeCsv('a,b\n1,2', options), /no column "model".* Columns: a, b/],
    [
      'helicone: a quote left open',
      () => importHeliconeCsv('model,"x', options),
      /quoted field that starts at character 7/,
    ],
    [
      'helicone: no tasks',
      () => importHeliconeCsv('model,request_properties\nm,{}', options),
      /1 of 1 requests have neither the property "task" nor a prompt/,
    ],
  ])('%s: says what is wrong', (_, run, message) => {
    expect(run).toThrow(InvalidFileError);
    expect(run).toThrow(message);
  });
});

describe('importInspect', () => {
  const { lines, notes } = importInspect(inspect, { source: 'inspect.json' });

  it('takes epochs as samples, extracted answers, and the tokens of the model itself', () => {
    expect(lines[0]).toEqual({
      task: '1',
      model: 'openai/gpt-small',
      sample: 0,
      answer: '3',
      correct: true,
      // All but the output: cached tokens of the prompt are in the total only.
      inputTokens: 26,
      outputTokens: 5,
      reasoningTokens: 2,
      latencyMs: 1250,
      finish: 'eos',
      prompt: 'What is 1 + 2?',
      class: 'sums',
    });
    expect(
      lines.map(({ task, sample: number, answer, correct, finish }) => [task, number, answer, correct, finish]),
    ).toEqual([
      ['1', 0, '3', true, 'eos'],
      ['1', 1, '4', false, 'eos'],
      ['2', 0, '4', true, 'eos'],
      ['2', 1, 'about 4', false, 'eos'],
      ['3', 0, null, false, 'length'],
      ['3', 1, null, false, 'eos'],
    ]);
    expect(lines[2]?.prompt).toBe('What is 2 + 2?');
  });

  it('says what it took for granted, what it does not know and what is missing', () => {
    expect(notes).toEqual([
      'There are several scores (match, judge); "match" counts. Choose with --score.',
      'Calls that failed count as wrong, and as free where the log does not say what they cost.',
      '1 samples have a score between 0 and 1; right is 1 or more. Change that with --correct-from.',
      'The log has tokens and no cost of openai/gpt-small: name a price of each under "prices" in the configuration, or give --cost-usd.',
      'Fields that are not known were left out: shard (1).',
    ]);
  });

  it.each([
    [{ correctFrom: 0.5 }, [true, false, true, true, false, false]],
    [{ score: 'judge', correctFrom: 0.5 }, [true, true, true, true, true, false]],
    [{ score: 'judge' }, [false, false, false, false, false, false]],
  ])('%j decides what is right', (options, correct) => {
    const read = importInspect(inspect, { source: 'inspect.json', ...options });
    expect(read.lines.map((line) => line.correct)).toEqual(correct);
  });
});

describe('importLmEval', () => {
  const options = { source: gsm8k, model: 'llama', costUsd: 0.01 };

  it('takes one filter, says so, and names tasks by the file', () => {
    const { lines, notes } = importLmEval(sample(gsm8k), options);
    expect(lines.map(({ task, answer, correct }) => [task, answer, correct])).toEqual([
      ['gsm8k/0', '0', true],
      ['gsm8k/1', '[invalid]', false],
      ['gsm8k/2', '5', false],
    ]);
    expect(lines[0]).toMatchObject({ class: 'gsm8k', prompt: 'Question: How many is 0?\nAnswer:', costUsd: 0.01 });
    expect(notes).toEqual([
      'There are several filters (strict-match, flexible-extract); "strict-match" counts. Choose with --filter.',
    ]);
    const loose = importLmEval(sample(gsm8k), { ...options, filter: 'flexible-extract' });
    expect(loose.lines.map(({ correct }) => correct)).toEqual([true, true, false]);
  });

  it('reads multiple choice with the probability of the choice', () => {
    const { lines, notes } = importLmEval(sample(choices), { ...options, source: 'elsewhere.jsonl' });
    expect(lines.map(({ task, answer, correct }) => [task, answer, correct])).toEqual([
      ['7', '1', true],
      ['8', '0', false],
    ]);
    expect(lines[0]?.signals).toEqual({ choiceProbability: expect.closeTo(1 / (1 + Math.exp(-2)), 12) });
    expect(lines[1]?.signals).toEqual({ choiceProbability: 0.5 });
    expect(notes).toEqual(['There are several metrics (acc, acc_norm); "acc" counts. Choose with --score.']);
    const norm = importLmEval(sample(choices), { ...options, score: 'acc_norm' });
    expect(norm.lines.map(({ correct }) => correct)).toEqual([false, false]);
  });

  it('reads files of older versions: requests as lists, metrics without a list of them', () => {
    const line = {
      doc_id: 3,
      doc: {},
      target: 'x',
      arguments: [['Say x', {}]],
      resps: [['x', 'y']],
      filtered_resps: [['x', 'y']],
      acc: true,
    };
    const { lines, notes } = importLmEval(JSON.stringify(line), { ...options, source: 'old.jsonl' });
    expect(lines).toEqual([
      { task: '3', model: 'llama', sample: 0, answer: 'x', correct: true, costUsd: 0.01, prompt: 'Say x' },
    ]);
    expect(notes).toEqual(['Several answers of a document share one verdict; the first of them counts.']);
  });
});

describe('importPromptfoo', () => {
  it('takes providers as models, repetitions as samples, and what promptfoo charged', () => {
    const { lines, notes } = importPromptfoo(promptfoo, { source: 'promptfoo.json' });
    expect(lines[0]).toEqual({
      task: 'test 0',
      model: 'openai:small',
      sample: 0,
      answer: 'Paris',
      correct: true,
      inputTokens: 20,
      outputTokens: 10,
      reasoningTokens: 4,
      costUsd: 0.00004,
      latencyMs: 420,
      prompt: 'Capital of land 0?',
    });
    expect(
      lines.map(({ task, model, sample: number, answer, correct, costUsd }) => [
        task,
        model,
        number,
        answer,
        correct,
        costUsd,
      ]),
    ).toEqual([
      ['test 0', 'openai:small', 0, 'Paris', true, 0.00004],
      ['test 0', 'big', 0, '{"city":"Paris"}', true, 0.0009],
      ['test 1', 'openai:small', 0, null, false, 0],
      ['test 1', 'big', 0, 'Oslo', false, 0.0009],
      ['test 0', 'openai:small', 1, 'Lyon', false, 0.00004],
    ]);
    expect(notes).toEqual([
      'Calls that failed count as wrong, and as free where the log does not say what they cost.',
      'Fields that are not known were left out: reviewer (1).',
    ]);
  });

  it('grades by a named score', () => {
    const { lines, notes } = importPromptfoo(promptfoo, { source: 'p', score: 'style', correctFrom: 0.5 });
    expect(lines.map(({ correct }) => correct)).toEqual([true, true, false, false, false]);
    expect(notes).toContain(
      '3 samples have a score between 0 and 1; right is 0.5 or more. Change that with --correct-from.',
    );
  });

  it('reads JSON Lines, and each prompt as a model of its own', () => {
    const { results } = (JSON.parse(promptfoo) as { results: { results: object[] } }).results;
    const lines = results.map((result, i) => JSON.stringify({ ...result, promptIdx: i % 2 })).join('\n');
    const read = importPromptfoo(`${lines}\n`, { source: 'p.jsonl' });
    expect(new Set(read.lines.map(({ model }) => model))).toEqual(
      new Set(['openai:small (prompt 1)', 'big (prompt 2)']),
    );
    expect(read.notes).toContainEqual(expect.stringContaining('There are 2 prompts'));
    expect(importPromptfoo(JSON.stringify(results[0]), { source: 'one' }).lines).toHaveLength(1);
  });
});

describe('importHeliconeCsv', () => {
  it('takes tasks and verdicts from properties, and prompts where there are none', () => {
    const { lines, notes } = importHeliconeCsv(helicone, { source: 'helicone.csv' });
    expect(lines[0]).toEqual({
      task: 'sum-1',
      model: 'gpt-small',
      sample: 0,
      answer: '4',
      correct: true,
      inputTokens: 12,
      outputTokens: 3,
      costUsd: 0.00001,
      latencyMs: 310,
      prompt: 'Be brief.\n2, "plus"\n2?',
    });
    expect(
      lines.map(({ task, model, sample: number, answer, correct }) => [task, model, number, answer, correct]),
    ).toEqual([
      ['sum-1', 'gpt-small', 0, '4', true],
      ['sum-1', 'gpt-small', 1, '5', false],
      ['sum-1', 'gpt-big', 0, '4', true],
      [expect.stringMatching(/^prompt [0-9a-f]{16}$/), 'gpt-small', 0, null, false],
    ]);
    expect(notes).toEqual([
      'Calls that failed count as wrong, and as free where the log does not say what they cost.',
      expect.stringMatching(/^1 of 6 requests have neither the property "task" nor a prompt.* They were left out\./),
      expect.stringMatching(
        /^1 of 5 samples were left out: nothing says whether they are right\. Set the property "correct"/,
      ),
      'Fields that are not known were left out: region (6).',
    ]);
  });
});
