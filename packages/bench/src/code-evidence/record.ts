/**
 * Programs for 64 problems of HumanEval, written by a local model and kept as a cassette:
 *
 *   TOLLGATE_MODELS=FOLDER node --conditions=@tollgate/source packages/bench/src/code-evidence/record.ts \
 *     [--tasks ../shared/data/tasks/humaneval.jsonl.gz] [--model qwen2.5-coder-0.5b] [--samples 10]
 *   gzip -9 packages/bench/recordings/humaneval-qwen2.5-coder-0.5b.jsonl
 *
 * A second start goes on where the first one ended. The cassette holds what the model wrote and hashes of what it was
 * asked; the problems come from the file of tasks again.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hardware } from '@tollgate/budget';
import { withCassette } from '@tollgate/sdk/cassettes';
import { llamaCpp } from '@tollgate/sdk/llama-cpp';
import { readHumanEval } from './human-eval.ts';
import { machine } from './machine.ts';
import { instruction, programRequest } from './program-request.ts';
import { recordings } from './recorded-programs.ts';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '../shared/data/tasks/humaneval.jsonl.gz' },
    model: { type: 'string', default: 'qwen2.5-coder-0.5b' },
    samples: { type: 'string', default: '10' },
  },
});
const samples = Number(values.samples);
const problems = readHumanEval(values.tasks, 64);
const engine = await llamaCpp({
  modelPath: join(process.env['TOLLGATE_MODELS'] ?? '.', `${values.model}.gguf`),
  modelId: `${values.model}-instruct`,
  pricing: hardware(machine),
  parallelSamples: samples,
  contextTokens: 1280,
  threads: 1,
});
const file = join(recordings, `humaneval-${values.model}.jsonl`);
const model = await withCassette(engine, { file });
assert(instruction.length >= 200);
let tokens = 0;
let seconds = 0;
for (const [i, problem] of problems.entries()) {
  const { candidates, charges } = await model.generate({ ...programRequest(problem), samples, seed: i });
  assert.equal(candidates.length, samples);
  for (const { usage } of charges) {
    tokens += usage.outputText ?? 0;
    seconds += usage.engineSeconds ?? 0;
  }
  const cut = candidates.filter(({ finish }) => finish.by === 'length').length;
  console.error(
    `${i + 1}/${problems.length} ${problem.task_id}: ${cut} cut; ${tokens} tokens in ${seconds.toFixed(0)} s so far`,
  );
}
await model.close?.();
