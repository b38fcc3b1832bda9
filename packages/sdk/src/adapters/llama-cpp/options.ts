import type { Pricing } from '../../spec/pricing.ts';

/** How a model in process is loaded and run. */
export interface LlamaCppOptions {
  /** Path of a GGUF file. */
  readonly modelPath: string;
  /** Name in results, prices and ledgers. @defaultValue the file's name without its ending */
  readonly modelId?: string;
  /** Declared price, for example `hardware({ usdPerHour, watts, usdPerKwh })` of the budget package. @defaultValue none */
  readonly pricing?: Pricing;
  /** Threads of the engine. Range [1, physical cores]; more is refused, for it makes the engine slower. @defaultValue physical cores */
  readonly threads?: number;
  /** Samples evaluated together, at most; each needs its own part of the context memory. Range [1, 64]. @defaultValue 8 */
  readonly parallelSamples?: number;
  /** Prompt and answer of one sample, in tokens. Range [64, the model's training length]. @defaultValue 4096, or the training length where that is shorter */
  readonly contextTokens?: number;
  /** Where the engine computes. A device that fails to start is an error. @defaultValue 'cpu' */
  readonly device?: 'cpu' | 'cuda' | 'vulkan' | 'metal';
}
