import { checkNotNegative, checkPositive } from '../prices/check-number.ts';

/** Options of `computeMatchedSamples`, all in one unit: US dollars, or FLOPs (`forwardFlops`). */
export interface ComputeMatchedOptions {
  /** What one answer of the large model costs. Range [0, ∞). */
  readonly largeAnswer: number;
  /** What one sample of the small model costs, without its prompt. Range (0, ∞). */
  readonly smallSample: number;
  /** What the prompt of the small model costs. Range [0, ∞). @defaultValue 0 */
  readonly smallPrompt?: number;
  /** The prompt is billed once for all samples of a call (native samples) or with each. @defaultValue 'each' */
  readonly promptBilled?: 'once' | 'each';
  /** Answers of the large model whose cost is to be matched. Range [0, ∞). @defaultValue 1 */
  readonly largeAnswers?: number;
}

/**
 * How many samples of a small model cost no more than an answer of a large one. Whole, possibly 0.
 *
 * Comparing at equal numbers of samples favours the large model; at equal cost the small one often covers more. Take it
 * only where what its verifier lets through is right as often as the large model: resampling does not raise that.
 *
 * @throws InvalidOptionError when an amount is outside its range.
 * @example
 * computeMatchedSamples({ largeAnswer: 0.0021, smallSample: 0.0001, smallPrompt: 0.0005, promptBilled: 'once' }); // 16
 */
// Source: compute-matched sampling, S_small = (P_large / P_small) × S_large for models of P parameters (arXiv 2408.16737);
// here with any cost of an answer in place of its parameters.
export function computeMatchedSamples(options: ComputeMatchedOptions): number {
  const { largeAnswer, smallSample, smallPrompt = 0, promptBilled = 'each', largeAnswers = 1 } = options;
  checkNotNegative('largeAnswer', largeAnswer);
  checkNotNegative('largeAnswers', largeAnswers);
  checkPositive('smallSample', smallSample);
  checkNotNegative('smallPrompt', smallPrompt);
  const total = largeAnswer * largeAnswers;
  const ratio = promptBilled === 'once' ? (total - smallPrompt) / smallSample : total / (smallPrompt + smallSample);
  // An exact multiple must not lose a sample to rounding.
  return Math.max(0, Math.floor(ratio * (1 + 1e-12)));
}
