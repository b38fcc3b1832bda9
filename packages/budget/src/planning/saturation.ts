import { InvalidOptionError } from '@tollgate/sdk';
import { checkNotNegative } from '../prices/check-number.ts';

/** How repeated attempts at one problem saturate. */
export interface Saturation {
  /** Chance that one attempt is right: a sample (parallel), or one more round of rethinking (sequential). Range [0, 1]. */
  readonly successRate: number;
  /**
   * What is reached in the end: 1 where a right answer is always recognised, else the verifier's hit rate. Range [0, 1].
   * @defaultValue 1
   */
  readonly ceiling?: number;
}

/**
 * Chance that at least one of `samples` attempts is right and taken: `F(N) = F_max (1 − (1 − p)^N)`. Range [0, 1].
 *
 * For one problem. Over a set of problems p differs, and the curve of the mean p is too steep: use `betaHitRate`.
 *
 * @throws InvalidOptionError when a rate is outside [0, 1] or `samples` is negative.
 * @example
 * hitRate({ successRate: 0.3 }, 10); // 0.97175
 */
// Source: "Scaling over Scaling" (arXiv 2505.20522): both independent samples and rounds of rethinking, as an absorbing
// two-state chain, have this form.
export function hitRate({ successRate, ceiling = 1 }: Saturation, samples: number): number {
  checkSaturation(successRate, ceiling);
  checkNotNegative('samples', samples);
  return ceiling * (1 - (1 - successRate) ** samples);
}

/** What sample `samples + 1` adds to `hitRate`: `F_max p (1 − p)^N`. @throws InvalidOptionError as `hitRate`. */
export function marginalHitRate({ successRate, ceiling = 1 }: Saturation, samples: number): number {
  checkSaturation(successRate, ceiling);
  checkNotNegative('samples', samples);
  return ceiling * successRate * (1 - successRate) ** samples;
}

/**
 * The least number of samples after which one more adds at most `epsilon`. `Infinity` for an epsilon of 0 where the
 * curve never ends.
 *
 * @param epsilon Gain in hit rate that is not worth a sample. Range [0, ∞).
 * @throws InvalidOptionError when a rate is outside [0, 1] or epsilon is negative.
 * @example
 * saturatingSamples({ successRate: 0.3 }, 0.01); // 10
 */
// Source: arXiv 2505.20522, solved for N. Rule: N* = max(0, ⌈ln(ε / (F_max p)) / ln(1 − p)⌉).
export function saturatingSamples(curve: Saturation, epsilon: number): number {
  const { successRate, ceiling = 1 } = curve;
  checkSaturation(successRate, ceiling);
  checkNotNegative('epsilon', epsilon);
  const first = ceiling * successRate;
  if (first <= epsilon) return 0;
  if (successRate === 1) return 1;
  if (epsilon === 0) return Infinity;
  // log1p keeps rates below 1e-16 apart from 0; the logarithms may land one step beside the exact answer.
  let samples = Math.max(1, Math.ceil(Math.log(epsilon / first) / Math.log1p(-successRate)));
  while (marginalHitRate(curve, samples - 1) <= epsilon) samples -= 1;
  while (marginalHitRate(curve, samples) > epsilon) samples += 1;
  return samples;
}

/** Options of `worthwhileSamples`. */
export interface WorthwhileSamplesOptions extends Saturation {
  /** US dollars of one sample, its verification included. Range [0, ∞). */
  readonly sampleUsd: number;
  /** US dollars that a solved task is worth. Range (0, ∞). */
  readonly taskValueUsd: number;
}

/**
 * How many samples pay for themselves: sample N + 1 is bought while `V F_max p (1 − p)^N > c`. `Infinity` where samples
 * are free.
 *
 * @throws InvalidOptionError when a rate is outside [0, 1] or an amount is outside its range.
 * @example
 * worthwhileSamples({ successRate: 0.3, sampleUsd: 0.02, taskValueUsd: 1 }); // 8
 */
export function worthwhileSamples({ sampleUsd, taskValueUsd, ...curve }: WorthwhileSamplesOptions): number {
  checkNotNegative('sampleUsd', sampleUsd);
  if (!(taskValueUsd > 0 && taskValueUsd < Infinity)) {
    throw new InvalidOptionError('taskValueUsd', `taskValueUsd must be in (0, ∞), received ${taskValueUsd}.`);
  }
  return saturatingSamples(curve, sampleUsd / taskValueUsd);
}

function checkSaturation(successRate: number, ceiling: number): void {
  if (!(successRate >= 0 && successRate <= 1)) {
    throw new InvalidOptionError('successRate', `successRate must be in [0, 1], received ${successRate}.`);
  }
  if (!(ceiling >= 0 && ceiling <= 1)) {
    throw new InvalidOptionError('ceiling', `ceiling must be in [0, 1], received ${ceiling}.`);
  }
}
