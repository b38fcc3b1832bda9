import { checkNotNegative, checkPositive } from '../prices/check-number.ts';
import { type Chips, checkChips } from './hardware-speed.ts';

/** A mixture of experts. */
export interface SparseShape {
  readonly layers: number;
  readonly modelSize: number;
  /** Inner size of one expert. */
  readonly expertSize: number;
  /** Experts that each token goes through. */
  readonly expertsPerToken: number;
  readonly queryHeads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  /** Inner size of the part that every token goes through. @defaultValue 0 */
  readonly sharedExpertSize?: number;
  /** @defaultValue 2 */
  readonly bytesPerWeight?: number;
}

/** What was measured. */
export interface SparseMeasurement {
  /** Different experts of a layer that one step touches: grows with the batch. @defaultValue expertsPerToken, a batch of one */
  readonly activatedExperts?: number;
  /** Tokens of context over all sequences. @defaultValue 0 */
  readonly contextTokens?: number;
  /** Seconds of a step: the time per output token. Range (0, ∞). */
  readonly secondsPerStep: number;
  /** Tokens per second of the whole batch. @defaultValue one a step */
  readonly tokensPerSecond?: number;
}

/** How far a mixture of experts uses its hardware. Shares of the peak. */
export interface SparseUtilisation {
  /** Bytes of weights that a step reads. */
  readonly weightBytes: number;
  /** Bytes of key-value cache that a step reads, at 2 bytes a value. */
  readonly cacheBytes: number;
  readonly bandwidth: number;
  readonly arithmetic: number;
}

/**
 * Bandwidth and arithmetic that a mixture of experts really uses. Counting all its parameters as a dense model's would
 * claim more than there is.
 *
 * @throws InvalidOptionError when a number is outside its range.
 * @example
 * sparseUtilisation(shape, { contextTokens: 1000, secondsPerStep: 0.01 }, chips).bandwidth; // 0.165
 */
// Source: MoE-CAP (arXiv 2412.07067): S-MBU and S-MFU.
// Differs from its repository: k experts are counted in the arithmetic, not one, and the peak is not halved.
export function sparseUtilisation(shape: SparseShape, measured: SparseMeasurement, chips: Chips): SparseUtilisation {
  const { layers, modelSize, expertSize, expertsPerToken, queryHeads, keyValueHeads, headSize } = shape;
  const { sharedExpertSize = 0, bytesPerWeight = 2 } = shape;
  const { activatedExperts = expertsPerToken, contextTokens = 0, secondsPerStep } = measured;
  checkChips(chips);
  for (const [name, value] of Object.entries({ ...shape, secondsPerStep, activatedExperts })) {
    if (name !== 'sharedExpertSize') checkPositive(name, Number(value));
  }
  checkNotNegative('sharedExpertSize', sharedExpertSize);
  checkNotNegative('contextTokens', contextTokens);
  const { tokensPerSecond = 1 / secondsPerStep } = measured;
  checkNotNegative('tokensPerSecond', tokensPerSecond);
  const attention = modelSize * (queryHeads + 2 * keyValueHeads) * headSize + queryHeads * headSize * modelSize;
  const expert = 3 * expertSize * modelSize;
  const shared = 3 * sharedExpertSize * modelSize;
  const weightBytes = layers * (attention + activatedExperts * expert + shared) * bytesPerWeight;
  const cacheBytes = contextTokens * 2 * keyValueHeads * headSize * layers * 2;
  // Each token of context takes a product with the key and one with the value, in every query head.
  const score = 2 * queryHeads * headSize * contextTokens;
  const perToken = layers * (attention + expertsPerToken * expert + shared + score) * 2;
  return {
    weightBytes,
    cacheBytes,
    bandwidth: (weightBytes + cacheBytes) / secondsPerStep / (chips.count * chips.bytesPerSecond),
    arithmetic: (perToken * tokensPerSecond) / (chips.count * chips.peakFlops),
  };
}
