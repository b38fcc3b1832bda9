/**
 * The yes/no scores of a local model for the recorded programs, a line for each problem:
 *
 *   TOLLGATE_MODELS=FOLDER node --conditions=@tollgate/source packages/bench/src/code-evidence/record-scores.ts \
 *     [--tasks ../shared/data/tasks/humaneval.jsonl.gz] [--judge qwen2.5-coder-0.5b]
 *
 * A second start goes on where the first one ended.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { rootContext, textOf } from '@tollgate/sdk';
import { llamaCpp } from '@tollgate/sdk/llama-cpp';
import { yesNo } from '@tollgate/verifier';
import { programRequest } from './program-request.ts';
import { recordedPrograms } from './recorded-programs.ts';
import { yesNoFile, type YesNoLine, yesNoScores } from './yes-no-scores.ts';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '../shared/data/tasks/humaneval.jsonl.gz' },
    judge: { type: 'string', default: 'qwen2.5-coder-0.5b' },
  },
});
const model = await llamaCpp({
  modelPath: join(process.env['TOLLGATE_MODELS'] ?? '.', `${values.judge}.gguf`),
  parallelSamples: 1,
  contextTokens: 2048,
  threads: 1,
});
const scorer = yesNo(model, { question: 'Is the proposed answer a correct implementation of the function?' });
const done = yesNoScores(values.judge);
const all = await recordedPrograms('qwen2.5-coder-0.5b', values.tasks);
for (const [i, { problem, candidates }] of all.entries()) {
  if (done.has(problem.task_id)) continue;
  // The question alone: an example of how to answer it says nothing about what is right.
  const messages = programRequest(problem).messages.slice(-1);
  const context = rootContext({ seed: problem.task_id });
  const judged = new Map<string, { readonly score: number | null; readonly seconds: number }>();
  for (const candidate of candidates) {
    const text = textOf(candidate);
    if (judged.has(text)) continue;
    const { verdicts, charges } = await scorer.score({ request: { messages }, candidates: [candidate], context });
    const seconds = charges.reduce((sum, { usage }) => sum + (usage.engineSeconds ?? 0), 0);
    judged.set(text, { score: rounded(verdicts[0]?.score), seconds: rounded(seconds) ?? 0 });
  }
  const verdicts = candidates.map((candidate) => judged.get(textOf(candidate)));
  const line: YesNoLine = {
    task: problem.task_id,
    scores: verdicts.map((verdict) => verdict?.score ?? null),
    seconds: verdicts.map((verdict) => verdict?.seconds ?? 0),
  };
  appendFileSync(yesNoFile(values.judge), `${JSON.stringify(line)}\n`);
  console.error(`${i + 1}/${all.length} ${problem.task_id}: ${judged.size} different answers`);
}
await model.close?.();

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 1e4) / 1e4;
}
