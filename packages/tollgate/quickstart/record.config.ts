/**
 * How `recording.jsonl.gz` was made, and how it is made again (weights in the folder TOLLGATE_MODELS):
 *
 *   tollgate tasks arithmetic --atoms integers --steps 1..4 --count 120 --seed 7 --out tasks.jsonl
 *   tollgate solve tasks.jsonl --config record.config.ts --record recording.jsonl --budget 1 --concurrency 1 --seed 7 \
 *     --strategy vote:qwen-0.5b:12 --strategy vote:qwen-1.5b:6 --strategy vote:smol-135m:12
 *   gzip -9 recording.jsonl
 */
import { join } from 'node:path';
import { hardware } from '@tollgate/budget';
import { defineConfig } from '@tollgate/policy';
import type { Model } from '@tollgate/sdk';
import { llamaCpp } from '@tollgate/sdk/llama-cpp';

/** A machine of two cores by the hour, and its power. */
const pricing = hardware({ usdPerHour: 0.12, watts: 65, usdPerKwh: 0.3 });

export default defineConfig({
  models: {
    'smol-135m': () => load('smollm2-135m.gguf', { modelId: 'smollm2-135m-instruct', parallelSamples: 12 }),
    'qwen-0.5b': () => load('qwen2.5-coder-0.5b.gguf', { modelId: 'qwen2.5-coder-0.5b-instruct', parallelSamples: 12 }),
    'qwen-1.5b': () => load('qwen2.5-coder-1.5b.gguf', { modelId: 'qwen2.5-coder-1.5b-instruct', parallelSamples: 6 }),
  },
  defaults: {
    system: 'Compute the expression, one operation per line, then "Answer: N".',
    examples: [
      { user: 'Compute 8 + 5.', assistant: '8 + 5 = 13\nAnswer: 13' },
      { user: 'Compute 2 + 3 * 4 - 5.', assistant: '3 * 4 = 12\n2 + 12 = 14\n14 - 5 = 9\nAnswer: 9' },
      { user: 'Compute 15 - 6 + 4 + 10.', assistant: '15 - 6 = 9\n9 + 4 = 13\n13 + 10 = 23\nAnswer: 23' },
    ],
    temperature: 0.7,
    maxOutputTokens: 80,
    logprobs: true,
  },
});

/** One thread: the other core stays free, so that what else runs does not show in the measured time. */
function load(file: string, model: { readonly modelId: string; readonly parallelSamples: number }): Promise<Model> {
  const modelPath = join(process.env['TOLLGATE_MODELS'] ?? '.', file);
  return llamaCpp({ ...model, modelPath, pricing, contextTokens: 512, threads: 1 });
}
