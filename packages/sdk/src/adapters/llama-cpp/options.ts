import type { Pricing } from '../../spec/pricing.ts';
import type { LlamaDevice } from './devices.ts';

/** A smaller model that drafts. */
export interface DraftModelOptions {
  /** Path of a GGUF with the same tokenizer. */
  readonly modelPath: string;
  /** Tokens drafted ahead, at most. Range [1, 64]. @defaultValue 8 */
  readonly maxTokens?: number;
}

/** How a model in process is loaded and run. */
export interface LlamaCppOptions {
  /** Path of a GGUF file; of a model in several files, the first one. */
  readonly modelPath: string;
  /** Name in results, prices and ledgers. @defaultValue the file's name without its ending */
  readonly modelId?: string;
  /** Declared price, for example `hardware({ usdPerHour, watts, usdPerKwh })` of the budget package. @defaultValue none */
  readonly pricing?: Pricing;
  /** Threads of the engine. Range [1, physical cores]; more is refused, for it makes the engine slower. @defaultValue physical cores */
  readonly threads?: number;
  /**
   * Sequences of the engine: samples evaluated together, and conversations whose prompts are kept, at most. Each needs its
   * own part of the context memory. Range [1, 64]. @defaultValue 8
   */
  readonly parallelSamples?: number;
  /** Prompt and answer of one sample, in tokens. Range [64, the model's training length]. @defaultValue 4096, or the training length where that is shorter */
  readonly contextTokens?: number;
  /**
   * Where the engine computes: a device, or several that are tried in this order. One that fails is in the model's
   * `device` report and a warning on every result; when none is left it is an error. @defaultValue 'cpu'
   */
  readonly device?: LlamaDevice | readonly LlamaDevice[];
  /** Layers on a GPU device. Range [0, ∞); more than there are means all. @defaultValue as many as fit */
  readonly gpuLayers?: number;
  /**
   * Memory that the model may take on the CPU, in bytes. A model that is estimated above it is refused before it is
   * loaded; Infinity loads everything. Range (0, ∞]. @defaultValue what the machine or its container has available
   */
  readonly memoryBytes?: number;
  /**
   * Speculative drafting, for requests of one sample at temperature 0 without log-probabilities: the answer is the same,
   * in fewer steps where drafts are good. `prompt-lookup` drafts what followed the same words earlier in the prompt and
   * costs nothing; a model of the same family drafts better and takes its own time and memory. @defaultValue none
   */
  readonly draft?: 'prompt-lookup' | DraftModelOptions;
}
