import { defineModel } from '../../leaf/define-model.ts';
import type { Model } from '../../spec/model.ts';
import { countPromptTokens } from './answer-plan.ts';
import { callLlama } from './call.ts';
import { llamaCppCapabilities } from './capabilities.ts';
import type { DeviceReport } from './devices.ts';
import { loadEngine } from './load-engine.ts';
import type { LlamaCppOptions } from './options.ts';
import { llamaTokenModel } from './token-model.ts';

/** A model of `llamaCpp`. */
export interface LlamaCppModel extends Model {
  /** Where it computes, and what was tried before. */
  readonly device: DeviceReport;
}

/**
 * A GGUF model in this process, by way of llama.cpp.
 *
 * Samples of one request share the prompt's evaluation. Samples and calls at the same time are decoded as one batch, as far
 * as there are sequences; the others wait in order, and waiting is not engine time. What a sequence holds of a prompt
 * already (`sessionKey` names a conversation) is not evaluated again and counted as `cacheRead`.
 * `asTokenModel(model)` gives next-token distributions and exact scores of given text. `close` waits for calls that run and
 * gives back the memory.
 *
 * @throws MissingLibraryError without node-llama-cpp; TollgateError `missing-weights`, `invalid-file` or
 * `insufficient-memory` for the weights; InvalidOptionError for an option out of its range or a device that does not start.
 *
 * @example
 * const model = await llamaCpp({ modelPath: './qwen2.5-coder-0.5b.gguf' });
 * const { text } = await generateText(model, 'Name a prime between 90 and 100.', { maxOutputTokens: 32 });
 * await model.close?.();
 */
export async function llamaCpp(options: LlamaCppOptions): Promise<LlamaCppModel> {
  const engine = await loadEngine(options);
  const alone = <T>(work: () => Promise<T>): Promise<T> => engine.lanes.alone(work);
  const seller = {
    provider: 'llama-cpp',
    modelId: engine.modelId,
    ...(options.pricing !== undefined && { pricing: options.pricing }),
  };
  const model = defineModel({
    ...seller,
    capabilities: llamaCppCapabilities(engine.chat, {
      contextTokens: engine.contextTokens,
      parallelSamples: engine.lanes.size,
    }),
    call: (call) => callLlama(engine, call),
    countInputTokens: (request) => countPromptTokens(engine, request),
    tokenModel: () => llamaTokenModel(engine, seller, alone),
    close: () => alone(() => engine.dispose()),
  });
  return Object.assign(model, { device: engine.device });
}
