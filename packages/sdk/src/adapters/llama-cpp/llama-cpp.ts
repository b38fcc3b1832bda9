import pLimit from 'p-limit';
import { defineModel } from '../../leaf/define-model.ts';
import type { Model } from '../../spec/model.ts';
import { callLlama } from './call.ts';
import { llamaCppCapabilities } from './capabilities.ts';
import { loadEngine } from './load-engine.ts';
import type { LlamaCppOptions } from './options.ts';
import { renderPrompt } from './render-prompt.ts';
import { llamaTokenModel } from './token-model.ts';

/**
 * A GGUF model in this process, by way of llama.cpp.
 *
 * Samples of one request share the prompt's evaluation and are decoded as a batch. Calls at the same time wait for one
 * another, since the engine already uses every core; waiting is not engine time. `asTokenModel(model)` gives next-token
 * distributions and exact scores of given text. `close` gives back the memory.
 *
 * @throws MissingLibraryError without node-llama-cpp; TollgateError `missing-weights` or `invalid-file` for the file;
 * InvalidOptionError for an option out of its range.
 *
 * @example
 * const model = await llamaCpp({ modelPath: './qwen2.5-coder-0.5b.gguf' });
 * const { text } = await generateText(model, 'Name a prime between 90 and 100.', { maxOutputTokens: 32 });
 * await model.close?.();
 */
export async function llamaCpp(options: LlamaCppOptions): Promise<Model> {
  const engine = await loadEngine(options);
  const oneAtATime = pLimit(1);
  const seller = {
    provider: 'llama-cpp',
    modelId: engine.modelId,
    ...(options.pricing !== undefined && { pricing: options.pricing }),
  };
  return defineModel({
    ...seller,
    capabilities: llamaCppCapabilities({
      contextTokens: engine.contextTokens,
      parallelSamples: engine.sequences.length,
    }),
    call: (call) => oneAtATime(() => callLlama(engine, call)),
    countInputTokens: (request) => renderPrompt(engine.model, engine.chatWrapper, request).tokens.length,
    tokenModel: () => llamaTokenModel(engine, seller, oneAtATime),
    close: () => oneAtATime(() => engine.dispose()),
  });
}
