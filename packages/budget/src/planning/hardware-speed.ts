import { checkNotNegative, checkPositive } from '../prices/check-number.ts';

/** The size of a dense transformer. */
export interface TransformerSize {
  readonly parameters: number;
  readonly layers: number;
  /** Heads × head size of the queries. */
  readonly attentionSize: number;
}

/** Accelerators that work on one model together. */
export interface Chips {
  readonly count: number;
  /** Peak floating-point operations per second of one. */
  readonly peakFlops: number;
  /** Bytes per second from the memory of one. */
  readonly bytesPerSecond: number;
}

/**
 * Floating-point operations of one token forward: `2 N + 4 × layers × attention size × context`.
 *
 * @throws InvalidOptionError when a number is outside its range.
 * @example
 * forwardFlops({ parameters: 7e9, layers: 32, attentionSize: 4096 }, 1000); // 1.45e10
 */
// Source: Pope et al. 2022 (arXiv 2211.05102).
export function forwardFlops({ parameters, layers, attentionSize }: TransformerSize, contextTokens: number): number {
  checkPositive('parameters', parameters);
  checkPositive('layers', layers);
  checkPositive('attentionSize', attentionSize);
  checkNotNegative('contextTokens', contextTokens);
  return 2 * parameters + 4 * layers * attentionSize * contextTokens;
}

/** One decoding step of a batch. */
export interface DecodeStep {
  readonly parameters: number;
  /** Bytes of all weights. */
  readonly weightBytes: number;
  /** Bytes of key-value cache of one token. @defaultValue 0 */
  readonly cacheBytesPerToken?: number;
  /** Tokens of context of each sequence. @defaultValue 0 */
  readonly contextTokens?: number;
  /** Sequences. @defaultValue 1 */
  readonly batch?: number;
  /** Share of the peak arithmetic that is reached. Range (0, 1]. @defaultValue 1 */
  readonly efficiency?: number;
}

/** What a step takes at the least, and what holds it up. */
export interface StepTime {
  readonly seconds: number;
  readonly boundBy: 'memory' | 'arithmetic';
}

/**
 * The least time of one decoding step: the longer of reading weights and cache once, and of the arithmetic. Communication
 * between chips is left out, so it is a floor.
 *
 * @throws InvalidOptionError when a number is outside its range.
 * @example
 * decodeStepTime({ parameters: 7e9, weightBytes: 14e9 }, { count: 1, peakFlops: 989e12, bytesPerSecond: 3.35e12 }).seconds; // 0.00418
 */
// Source: Pope et al. 2022 (arXiv 2211.05102), without the communication term.
export function decodeStepTime(step: DecodeStep, chips: Chips): StepTime {
  const { parameters, weightBytes, cacheBytesPerToken = 0, contextTokens = 0, batch = 1, efficiency = 1 } = step;
  checkChips(chips);
  checkPositive('parameters', parameters);
  checkPositive('weightBytes', weightBytes);
  checkNotNegative('cacheBytesPerToken', cacheBytesPerToken);
  checkNotNegative('contextTokens', contextTokens);
  checkPositive('batch', batch);
  checkPositive('efficiency', efficiency);
  const arithmetic = (2 * parameters * batch) / (chips.count * chips.peakFlops * efficiency);
  const memory = (weightBytes + batch * contextTokens * cacheBytesPerToken) / (chips.count * chips.bytesPerSecond);
  return { seconds: Math.max(arithmetic, memory), boundBy: arithmetic > memory ? 'arithmetic' : 'memory' };
}

/**
 * The batch from which on decoding is bound by arithmetic and no longer by reading the weights, cache aside:
 * `peak × bytes per weight / (2 × bandwidth)`.
 *
 * @throws InvalidOptionError when a number is not positive.
 */
export function balancedBatch(chips: Chips, bytesPerWeight: number): number {
  checkChips(chips);
  checkPositive('bytesPerWeight', bytesPerWeight);
  return (chips.peakFlops * bytesPerWeight) / (2 * chips.bytesPerSecond);
}

/** Share of the peak arithmetic that a throughput uses: `tokens per second × 2 N / (chips × peak)`. */
export function modelFlopsUtilisation(
  { tokensPerSecond, parameters }: { readonly tokensPerSecond: number; readonly parameters: number },
  chips: Chips,
): number {
  checkChips(chips);
  checkNotNegative('tokensPerSecond', tokensPerSecond);
  checkPositive('parameters', parameters);
  return (tokensPerSecond * 2 * parameters) / (chips.count * chips.peakFlops);
}

/** @throws InvalidOptionError when a number is not positive. */
export function checkChips({ count, peakFlops, bytesPerSecond }: Chips): void {
  checkPositive('count', count);
  checkPositive('peakFlops', peakFlops);
  checkPositive('bytesPerSecond', bytesPerSecond);
}
