import type { Pricing } from '../../spec/pricing.ts';

/** Where ONNX Runtime can compute. */
export type OnnxDevice = 'cpu' | 'cuda' | 'webgpu';

/** Which file of a model folder is loaded, and where it computes. */
export interface OnnxFileOptions {
  /** A folder with config.json, tokenizer.json, tokenizer_config.json and onnx/*.onnx, as transformers.js reads it. */
  readonly modelPath: string;
  /**
   * Which of several weight files: `fp32` is `onnx/model.onnx`, `q4` is `onnx/model_q4.onnx`, and so on.
   *
   * @defaultValue what config.json names in `transformers.js_config.dtype`, else the only file there is
   */
  readonly dtype?: 'fp32' | 'fp16' | 'q8' | 'int8' | 'uint8' | 'q4' | 'q4f16' | 'bnb4';
  /** The weight file by its path inside the folder; wins over `dtype`. */
  readonly file?: string;
  /**
   * Devices to try, in order. One that does not start is a `fallback` warning on every result where another one did, else
   * an error. `cuda` needs the CUDA build of ONNX Runtime, `webgpu` a Vulkan, Metal or Direct3D 12 driver.
   *
   * @defaultValue 'cpu'
   */
  readonly device?: OnnxDevice | readonly OnnxDevice[];
  /** Threads of the engine. Range [1, physical cores]. @defaultValue physical cores */
  readonly threads?: number;
  /** Bytes that the weights may take; more are refused before they are loaded. @defaultValue the memory that is available */
  readonly memoryBytes?: number;
}

/** How an ONNX model in process is loaded and run. */
export interface OnnxOptions extends OnnxFileOptions {
  /** Name in results, prices and ledgers. @defaultValue the folder's name */
  readonly modelId?: string;
  /** Declared price, for example `hardware({ usdPerHour, watts, usdPerKwh })` of the budget package. @defaultValue none */
  readonly pricing?: Pricing;
  /** Samples evaluated together, at most; each needs its own keys and values in memory. Range [1, 64]. @defaultValue 8 */
  readonly parallelSamples?: number;
  /** Prompt and answer of one sample, in tokens. Range [64, the model's training length]. @defaultValue 4096, or the training length where that is shorter */
  readonly contextTokens?: number;
}
