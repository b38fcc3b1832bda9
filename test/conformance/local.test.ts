import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { llamaCpp } from '@tollgate/sdk/llama-cpp';
import { onnx } from '@tollgate/sdk/onnx';
import { type ConformanceModel, describeModel } from '@tollgate/sdk/testing';
import { describe, it } from 'vitest';
import { type BigramModel, EOS, writeKnownAnswerGguf } from '@tollgate/sdk/known-answer';
import { writeKnownAnswerOnnx } from '@tollgate/sdk/known-answer';
import { temporaryFolder } from '../support/temporary-folder.ts';

const bigram: BigramModel = {
  vocabulary: ['a', 'b', 'c', ' the', '\n', '<0xF0>', '<0x9F>', '<0x98>', '<0x80>'],
  probabilities: {
    '<s>': { a: 1 },
    a: { a: 0.1, b: 0.6, c: 0.2, '<0xF0>': 0.1 },
    b: { a: 0.4, c: 0.3, ' the': 0.29, [EOS]: 0.01 },
    c: { a: 0.7, b: 0.3 },
    ' the': { a: 1 },
    '<0xF0>': { '<0x9F>': 1 },
    '<0x9F>': { '<0x98>': 1 },
    '<0x98>': { '<0x80>': 1 },
    '<0x80>': { a: 1 },
  },
};
const folder = temporaryFolder('conformance');
const knownGguf = join(folder, 'bigram.gguf');
const knownOnnx = join(folder, 'bigram');
writeKnownAnswerGguf(knownGguf, bigram);
writeKnownAnswerOnnx(knownOnnx, bigram);

/** Engines in this process. They say what they like. Add one here, and its rules are checked. */
const engines: Readonly<
  Record<string, { readonly prompt: string; readonly make: () => Promise<ConformanceModel['model']> }>
> = {
  'llama.cpp, a model whose answers are known': {
    prompt: 'a',
    make: () => llamaCpp({ modelPath: knownGguf, threads: 1, parallelSamples: 4, contextTokens: 256 }),
  },
  'ONNX, a model whose answers are known': {
    prompt: 'a',
    make: () => onnx({ modelPath: knownOnnx, threads: 1, parallelSamples: 4, contextTokens: 256 }),
  },
};

for (const [name, { prompt, make }] of Object.entries(engines)) {
  await describeModel(name, async () => ({ model: await make(), scripted: false }), {
    describe,
    it,
    prompt,
    reuse: true,
  });
}

const weights = join(process.env['TOLLGATE_MODELS'] ?? '', 'smollm2-135m.gguf');
if (process.env['TOLLGATE_MODELS'] !== undefined && existsSync(weights)) {
  await describeModel(
    'llama.cpp, real weights',
    async () => ({
      model: await llamaCpp({ modelPath: weights, threads: 1, parallelSamples: 4, contextTokens: 512 }),
      scripted: false,
    }),
    { describe, it, reuse: true },
  );
} else {
  describe.skip('llama.cpp, real weights (TOLLGATE_MODELS names no folder with smollm2-135m.gguf)', () => {
    it('keep the rules', () => undefined);
  });
}
