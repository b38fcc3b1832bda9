import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { perToken } from '@tollgate/budget';
import { openCassette } from '@tollgate/sdk/cassettes';
import { scriptedModel } from '@tollgate/sdk/testing';

const samplesEach = 6;

/** What `small` and `big` say to the four tasks, sample by sample. */
const answers = {
  small: [
    [2, 2, 2, 2, 2, 2],
    [4, 4, 5, 4, 4, 4],
    [7, 6, 8, 6, 9, 6],
    [0, 0, 0, 0, 0, 0],
  ],
  big: [
    [2, 2, 2, 2, 2, 2],
    [4, 4, 4, 4, 4, 4],
    [6, 6, 6, 6, 6, 6],
    [9, 9, 9, 9, 9, 9],
  ],
} as const;

/** US dollars of one sample: 20 tokens of prompt and 5 of answer. */
export const sampleUsd = { small: 0.000025, big: 0.00025 } as const;

/** Prices by model: a dollar a million tokens, and ten. */
export const prices = {
  small: perToken({ inputUsdPerMillion: 1, outputUsdPerMillion: 1 }),
  big: perToken({ inputUsdPerMillion: 10, outputUsdPerMillion: 10 }),
} as const;

/**
 * Four sums, `2 · n` for n from 1 to 4. Small is right on the first two (with one slip in the second), wavers on the third
 * (its second sample is right) and is surely wrong on the last; big is right on the first three.
 */
export const exampleTasks = [1, 2, 3, 4].map((n) => ({
  id: `double-${n}`,
  prompt: `What is 2 times ${n}?`,
  check: { kind: 'number', answer: 2 * n },
}));

/** Writes `tasks.jsonl`. */
export function writeTasks(folder: string, name = 'tasks.jsonl', tasks: readonly object[] = exampleTasks): void {
  writeFileSync(join(folder, name), tasks.map((task) => `${JSON.stringify(task)}\n`).join(''));
}

/** Writes `recording.jsonl`: every answer of both models, recorded as `solve --record` does. */
export async function writeRecording(folder: string): Promise<void> {
  const defaults = { system: 'Answer with a number.', maxOutputTokens: 50 };
  const cassette = await openCassette(join(folder, 'recording.jsonl'), { mode: 'record', defaults });
  for (const name of ['small', 'big'] as const) {
    const steps = answers[name].flatMap((texts) =>
      texts.map((answer) => ({ text: `The answer is ${answer}.`, usage: { inputUncached: 20, outputText: 5 } })),
    );
    const model = scriptedModel(steps, { provider: 'scripted', modelId: `${name}-1`, pricing: prices[name] });
    const recording = cassette.record(name, model);
    for (const { prompt } of exampleTasks) {
      await recording.generate({
        messages: [
          { role: 'system', content: defaults.system },
          { role: 'user', content: prompt },
        ],
        maxOutputTokens: defaults.maxOutputTokens,
        samples: samplesEach,
      });
    }
    model.assertDone();
  }
  await cassette.close();
}

/** The same answers as a table of outcomes, one line a sample. */
export function outcomeLines(): readonly string[] {
  return exampleTasks.flatMap(({ id, check }, task) =>
    (['small', 'big'] as const).flatMap((model) =>
      (answers[model][task] ?? []).map((answer, sample) =>
        JSON.stringify({
          task: id,
          model,
          sample,
          answer: String(answer),
          correct: answer === check.answer,
          inputTokens: 20,
          outputTokens: 5,
          costUsd: sampleUsd[model],
        }),
      ),
    ),
  );
}
