import { checkNotNegative, checkPositive } from '../prices/check-number.ts';

/** What a transformer keeps for each token of context. */
export interface CacheShape {
  readonly layers: number;
  /** Key and value heads, not query heads. */
  readonly keyValueHeads: number;
  readonly headSize: number;
  /** 2 for 16-bit, 1 for 8-bit. @defaultValue 2 */
  readonly bytesPerValue?: number;
}

/**
 * Bytes of key-value cache for one token: `2 × layers × heads × head size × bytes`.
 *
 * @throws InvalidOptionError when a number is not positive.
 * @example
 * cacheBytesPerToken({ layers: 36, keyValueHeads: 8, headSize: 128 }); // 147456
 */
export function cacheBytesPerToken(shape: CacheShape): number {
  const { layers, keyValueHeads, headSize, bytesPerValue = 2 } = shape;
  for (const [name, value] of Object.entries({ layers, keyValueHeads, headSize, bytesPerValue })) {
    checkPositive(name, value);
  }
  return 2 * layers * keyValueHeads * headSize * bytesPerValue;
}

/** The weights of a model. */
export interface WeightShape {
  /** Parameters that are quantised. */
  readonly quantisedParameters: number;
  /** Bits of each of them: nominal (4, 8, 16), with `groupOverhead`, or true bits of a file format without. */
  readonly bitsPerWeight: number;
  /** What scales and zero points of the groups add, as a share. Range [0, ∞). @defaultValue 0 */
  readonly groupOverhead?: number;
  /** Parameters that stay at 16 bits: embeddings, norms. @defaultValue 0 */
  readonly unquantisedParameters?: number;
}

/** Bytes of a model's weights. @throws InvalidOptionError when a number is outside its range. */
// Source: "Not All Bits Are Equal" (arXiv 2510.10964): W = N_quantised × bits / 8 × (1 + overhead) + N_rest × 2.
export function weightBytes(weights: WeightShape): number {
  const { quantisedParameters, bitsPerWeight, groupOverhead = 0, unquantisedParameters = 0 } = weights;
  checkNotNegative('quantisedParameters', quantisedParameters);
  checkPositive('bitsPerWeight', bitsPerWeight);
  checkNotNegative('groupOverhead', groupOverhead);
  checkNotNegative('unquantisedParameters', unquantisedParameters);
  return ((quantisedParameters * bitsPerWeight) / 8) * (1 + groupOverhead) + unquantisedParameters * 2;
}

/** Options of `memoryPlan`. */
export interface MemoryPlanOptions {
  readonly weights: WeightShape;
  readonly cache: CacheShape;
  /** Tokens of context of each sequence, prompt and answer. */
  readonly contextTokens: number;
  /** Sequences side by side. @defaultValue 1 */
  readonly parallel?: number;
  /** Memory that may be used for both. */
  readonly availableBytes: number;
}

/** How memory is spent, in bytes, and what fits. Plain JSON. */
export interface MemoryPlan {
  readonly weightBytes: number;
  readonly cacheBytes: number;
  readonly totalBytes: number;
  readonly fits: boolean;
  /** Longest context at this many sequences; 0 where the weights alone do not fit. */
  readonly maxContextTokens: number;
  /** Most sequences at this context. */
  readonly maxParallel: number;
}

/**
 * Memory of a model at work: `W + B × KV(T)`. Activations and the engine itself come on top: leave some memory free.
 *
 * @throws InvalidOptionError when a number is outside its range.
 * @example
 * memoryPlan({
 *   weights: { quantisedParameters: 4e9, bitsPerWeight: 4.9 }, cache: { layers: 36, keyValueHeads: 8, headSize: 128 },
 *   contextTokens: 32_000, availableBytes: 8e9,
 * }).maxContextTokens;
 */
// Source: "Not All Bits Are Equal" (arXiv 2510.10964).
export function memoryPlan(options: MemoryPlanOptions): MemoryPlan {
  const { contextTokens, parallel = 1, availableBytes } = options;
  checkPositive('contextTokens', contextTokens);
  checkPositive('parallel', parallel);
  checkNotNegative('availableBytes', availableBytes);
  const weights = weightBytes(options.weights);
  const perToken = cacheBytesPerToken(options.cache);
  const cacheBytes = perToken * contextTokens * parallel;
  const left = Math.max(0, availableBytes - weights);
  return {
    weightBytes: weights,
    cacheBytes,
    totalBytes: weights + cacheBytes,
    fits: weights + cacheBytes <= availableBytes,
    maxContextTokens: Math.floor(left / (perToken * parallel)),
    maxParallel: Math.floor(left / (perToken * contextTokens)),
  };
}
