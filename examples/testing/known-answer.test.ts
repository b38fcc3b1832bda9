import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateText } from '@tollgate/sdk';
import { writeKnownAnswerGguf } from '@tollgate/sdk/known-answer';
import { llamaCpp } from '@tollgate/sdk/llama-cpp';
import { expect, it } from 'vitest';

it('gives the probabilities that were written into the weights', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'known-answer-'));
  const modelPath = join(folder, 'coin.gguf');
  writeKnownAnswerGguf(modelPath, {
    vocabulary: ['?', 'heads', 'tails'],
    probabilities: { '<s>': { '?': 1 }, '?': { heads: 0.75, tails: 0.25 }, heads: { '</s>': 1 }, tails: { '</s>': 1 } },
  });
  const model = await llamaCpp({ modelPath, threads: 1, contextTokens: 64, parallelSamples: 1 });
  const { text, candidates } = await generateText(model, '?', { temperature: 0, logprobs: { top: 0 } });
  expect(text).toBe('heads');
  expect(candidates[0]?.logprobs?.[0]?.logprob).toBeCloseTo(Math.log(0.75), 4);
  await model.close?.();
  rmSync(folder, { recursive: true });
});
