import { checkPositive } from '../prices/check-number.ts';

/** Where the next byte of memory helps a reasoning model most. Plain JSON. */
export interface MemoryAdvice {
  /** Bytes of the weights: parameters × bits / 8. */
  readonly effectiveBytes: number;
  readonly spendOn: 'weights' | 'generation';
  /** Several samples side by side are worth their cache. */
  readonly parallelSampling: boolean;
  /** Which way of shrinking the cache does better. */
  readonly shrinkCacheBy: 'eviction' | 'either';
}

/** The size of 4 billion parameters at 8 bits, below which weights come first. */
const weightsFirstBelowBytes = 4e9;
/** The size of 8 billion parameters at 8 bits, below which eviction beats quantising the cache. */
const evictionBelowBytes = 8e9;

/**
 * How to split memory between weights and generation, by the size of the model. Measured on one family of reasoning
 * models from 0.6 to 32 billion parameters; not for other work.
 *
 * @throws InvalidOptionError when a number is not positive.
 * @example
 * memoryAdvice({ parameters: 1.7e9, bitsPerWeight: 16 }); // weights first: 3.4 GB
 */
// Source: "Not All Bits Are Equal" (arXiv 2510.10964). Rule: below 8-bit 4B more or more precise weights, above it longer
// answers and parallel samples.
export function memoryAdvice(model: { readonly parameters: number; readonly bitsPerWeight: number }): MemoryAdvice {
  checkPositive('parameters', model.parameters);
  checkPositive('bitsPerWeight', model.bitsPerWeight);
  const effectiveBytes = (model.parameters * model.bitsPerWeight) / 8;
  const large = effectiveBytes >= weightsFirstBelowBytes;
  return {
    effectiveBytes,
    spendOn: large ? 'generation' : 'weights',
    parallelSampling: large,
    shrinkCacheBy: effectiveBytes < evictionBelowBytes ? 'eviction' : 'either',
  };
}
