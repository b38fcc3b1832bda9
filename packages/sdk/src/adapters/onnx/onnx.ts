import pLimit from 'p-limit';
import { defineModel } from '../../leaf/define-model.ts';
import type { Model } from '../../spec/model.ts';
import { callOnnx } from './call.ts';
import { onnxCapabilities } from './capabilities.ts';
import { loadEngine } from './load-engine.ts';
import type { OnnxDeviceReport } from './open-session.ts';
import type { OnnxOptions } from './options.ts';
import { onnxTokenModel } from './token-model.ts';

/** A model of `onnx`. */
export interface OnnxModel extends Model {
  /** Where it computes, and what was tried before. */
  readonly device: OnnxDeviceReport;
}

/**
 * A text generation model in ONNX format in this process, by way of ONNX Runtime.
 *
 * Samples of one request share the prompt's evaluation and are decoded as a batch; what a prompt has in common with the call
 * before is not evaluated again (`usage.cacheRead`). Calls at the same time wait for one another. A step of the engine
 * holds the event loop. `asTokenModel(model)` gives next-token distributions and exact scores of given text. `close` gives
 * back the memory.
 *
 * @throws MissingLibraryError without onnxruntime-node, @huggingface/tokenizers or @huggingface/jinja; TollgateError
 * `missing-weights`, `invalid-file` or `insufficient-memory` for the files; InvalidOptionError for an option out of its
 * range, and where no device starts.
 *
 * @example
 * const model = await onnx({ modelPath: './smollm2-135m-instruct-onnx', device: ['webgpu', 'cpu'] });
 * const { text } = await generateText(model, 'Name a prime between 90 and 100.', { maxOutputTokens: 32 });
 * await model.close?.();
 */
export async function onnx(options: OnnxOptions): Promise<OnnxModel> {
  const engine = await loadEngine(options);
  const oneAtATime = pLimit(1);
  const seller = {
    provider: 'onnx',
    modelId: engine.modelId,
    ...(options.pricing !== undefined && { pricing: options.pricing }),
  };
  const model = defineModel({
    ...seller,
    capabilities: onnxCapabilities(engine),
    call: (call) => oneAtATime(() => callOnnx(engine, call)),
    countInputTokens: (request) => engine.template.render(request).length,
    tokenModel: () => onnxTokenModel(engine, seller, oneAtATime),
    close: () => oneAtATime(() => engine.dispose()),
  });
  return Object.assign(model, { device: engine.device });
}
