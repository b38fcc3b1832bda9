import type { OnnxFileOptions } from './options.ts';

/** What is scored: an answer, and the prompt it answers where the head reads pairs. */
export interface RewardInput {
  readonly prompt?: string;
  readonly answer: string;
}

/** What the head reads. */
export interface EncodedReward {
  readonly ids: readonly number[];
  /** 0 for the prompt and 1 for the answer, where the head tells them apart. @defaultValue all 0 */
  readonly typeIds?: readonly number[];
}

/** Writes an input as the head was trained to read it. `encode` gives a text's tokens, without special ones around it. */
export type RewardFormat = (input: RewardInput, encode: (text: string) => readonly number[]) => EncodedReward;

/** How a reward head is loaded and run. */
export interface RewardHeadOptions extends OnnxFileOptions {
  /** Name in results, prices and ledgers. @defaultValue the folder's name */
  readonly modelId?: string;
  /** How an input is written and cut. @defaultValue the tokenizer's own form of a text or a pair, uncut */
  readonly format?: RewardFormat;
  /** Which label of config.json's `id2label` is the score, where the head has several. */
  readonly label?: string;
  /**
   * Inputs in one run. Range [1, 1024]. Weights that were quantised dynamically (`q8`) take one scale for the whole run, so
   * there a score depends on its neighbours.
   *
   * @defaultValue 1
   */
  readonly batchSize?: number;
}
