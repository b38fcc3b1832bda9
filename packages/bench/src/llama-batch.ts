/**
 * Tokens per second of the llama.cpp adapter: 8 samples as a batch, 8 one after the other, and the engine's own batch
 * loop on the same prompt with the same sampling, interleaved round by round.
 *
 *   node --conditions=@tollgate/source packages/bench/src/llama-batch.ts MODEL.gguf [ROUNDS]
 */
import assert from 'node:assert/strict';
import { generateText, type Model } from '@tollgate/sdk';
import { llamaCpp } from '@tollgate/sdk/llama-cpp';
import { getLlama, LlamaLogLevel, resolveChatWrapper } from 'node-llama-cpp';
import { median } from './median.ts';

const [modelPath, roundsText = '5'] = process.argv.slice(2);
if (modelPath === undefined) throw new Error('Name a GGUF file: llama-batch.ts MODEL.gguf [ROUNDS]');

const samples = 8;
const tokens = 48;
const prompt = 'Write a long story about a lighthouse keeper.';
const sampling = { temperature: 0.8, topK: 40, topP: 0.95 };

const model = await llamaCpp({ modelPath, parallelSamples: samples, contextTokens: 512 });
const own = await engineLoop(modelPath);
const rates = { batched: [] as number[], sequential: [] as number[], engine: [] as number[] };
await adapterRound(model, samples);
for (let round = 0; round < Number(roundsText); round += 1) {
  rates.batched.push(await adapterRound(model, samples));
  rates.engine.push(await own.round());
  rates.sequential.push(await adapterRound(model, 1));
}
const [batched, sequential, engine] = [median(rates.batched), median(rates.sequential), median(rates.engine)];
console.log(`8 samples batched      ${batched.toFixed(1)} tokens/s`);
console.log(
  `8 samples sequential   ${sequential.toFixed(1)} tokens/s   batched is ${(batched / sequential).toFixed(2)} x`,
);
console.log(
  `engine's own loop      ${engine.toFixed(1)} tokens/s   the adapter has ${(batched / engine).toFixed(2)} x`,
);
await model.close?.();
await own.close();

/** One round of the adapter: 8 samples, `together` at a time. */
async function adapterRound(subject: Model, together: number): Promise<number> {
  const started = performance.now();
  let made = 0;
  for (let done = 0; done < samples; done += together) {
    const { candidates } = await generateText(subject, prompt, {
      samples: together,
      maxOutputTokens: tokens,
      seed: done,
      ...sampling,
    });
    assert.equal(candidates.length, together);
    for (const candidate of candidates) made += candidate.outputTokens ?? 0;
  }
  return made / ((performance.now() - started) / 1000);
}

/** The engine without the adapter: its own sampler, one generator a sequence, no log-probabilities. */
async function engineLoop(path: string): Promise<{ round(): Promise<number>; close(): Promise<void> }> {
  const llama = await getLlama({ gpu: false, build: 'never', maxThreads: 2, logLevel: LlamaLogLevel.error });
  const loaded = await llama.loadModel({ modelPath: path });
  const context = await loaded.createContext({ contextSize: 512, sequences: samples, threads: 2 });
  const sequences = Array.from({ length: samples }, () => context.getSequence());
  const { contextText } = resolveChatWrapper(loaded).generateContextState({
    chatHistory: [
      { type: 'user', text: prompt },
      { type: 'model', response: [] },
    ],
  });
  const input = contextText.tokenize(loaded.tokenizer);
  return {
    round: async () => {
      for (const sequence of sequences) await sequence.clearHistory();
      const started = performance.now();
      let made = 0;
      await Promise.all(
        sequences.map(async (sequence, i) => {
          let count = 0;
          for await (const _ of sequence.evaluate(input, { ...sampling, seed: i })) {
            made += 1;
            count += 1;
            if (count >= tokens) break;
          }
        }),
      );
      return made / ((performance.now() - started) / 1000);
    },
    close: async () => {
      await context.dispose();
      await loaded.dispose();
    },
  };
}
