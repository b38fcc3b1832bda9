import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { tallyVotes } from '@tollgate/stats';
import { describe, expect, it } from 'vitest';
import type { OutcomeLine } from './outcome-line.ts';
import type { OutcomesTable } from './outcomes-table.ts';
import { parseOutcomes } from './parse-outcomes.ts';

// Recorded outcomes of real models lie beside the repository where they may be had; they are no part of it.
const data = new URL('../../../../../shared/data/', import.meta.url);
const here = existsSync(data);

describe.skipIf(!here)(`logs of real models${here ? '' : ' (SKIPPED: ../shared/data is not there)'}`, () => {
  it('gives the published accuracies of 40 samples each, alone and by majority', () => {
    const questions = readLines<{ q: number; question: string; gold: string; a: string[] }>(
      'esc_last_letters/samples.jsonl.gz',
    );
    const table = parseOutcomes(
      linesOf(
        questions.flatMap(({ q, question, gold, a }) =>
          a.map((answer, sample) => {
            return {
              task: `q${q}`,
              model: 'gpt-3.5',
              sample,
              answer,
              correct: answer === gold,
              prompt: question,
              costUsd: 0.0001,
            };
          }),
        ),
      ),
      { source: 'esc_last_letters' },
    );
    expect(table.rowCount).toBe(500 * 40);
    expect(meanCorrect(table, 'gpt-3.5')).toBeCloseTo(0.799, 2);
    const majorities = table.tasks.filter(({ id }, i) => {
      const { first, count } = table.rowsOf(id, 'gpt-3.5');
      const answers = Array.from({ length: count }, (_, sample) => table.candidate(first + sample, 0).answer);
      return tallyVotes(answers).winner === questions[i]?.gold;
    });
    expect(majorities.length / 500).toBeCloseTo(0.83, 2);
  });

  it('takes grades of 0 and 1, several models, and prices by tokens', () => {
    const models = ['6b_finetuning', '6b_verification', '175b_finetuning', '175b_verification'];
    const questions = readLines<{ i: number } & { [model: string]: [0 | 1, string, number] }>(
      'gsm8k_openai_verifier/answers.jsonl.gz',
    );
    const table = parseOutcomes(
      linesOf(
        questions.flatMap((question) =>
          models.map((model) => {
            const [correct, answer, characters] = question[model] ?? [0, '', 0];
            return {
              task: `q${question.i}`,
              model,
              sample: 0,
              answer,
              correct,
              inputTokens: 100,
              outputTokens: Math.ceil(characters / 4),
              costUsd: 0,
            };
          }),
        ),
      ),
      { source: 'gsm8k_openai_verifier' },
    );
    expect(models.map((model) => meanCorrect(table, model).toFixed(3))).toEqual(['0.217', '0.390', '0.347', '0.563']);
  });
});

function readLines<Line>(file: string): Line[] {
  const text = gunzipSync(readFileSync(new URL(file, data))).toString();
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

function* linesOf(lines: Iterable<OutcomeLine>): Generator<string> {
  for (const line of lines) yield JSON.stringify(line);
}

function meanCorrect(table: OutcomesTable, model: string): number {
  const rows = table.tasks.flatMap(({ id }) => {
    const { first, count } = table.rowsOf(id, model);
    return Array.from({ length: count }, (_, sample) => first + sample);
  });
  return rows.filter((row) => table.gold.correct(row)).length / rows.length;
}
