import { InvalidOptionError } from '@tollgate/sdk';
import { checkNotNegative } from '../prices/check-number.ts';

/** Problems of one difficulty. */
export interface Difficulty {
  /** Share of the problems. Range [0, 1]; the shares add up to 1. */
  readonly share: number;
  /** Chance that a sample is right. Range [0, 1]. */
  readonly successRate: number;
}

/** Options of `optimalSamples`. */
export interface OptimalSamplesOptions {
  readonly difficulties: readonly Difficulty[];
  /** Share of right answers that the verifier accepts. Range [0, 1]. */
  readonly completeness: number;
  /** Share of wrong answers that the verifier rejects. Range [0, 1]. */
  readonly soundness: number;
  /** US dollars that a right answer is worth. Range [0, ∞). */
  readonly valueUsd: number;
  /** US dollars that an accepted wrong answer costs. Range [0, ∞). */
  readonly falseAcceptUsd: number;
  /** US dollars of one attempt, its verification included. Range [0, ∞). @defaultValue 0 */
  readonly sampleUsd?: number;
  /** Attempts that are looked ahead in `curve`, and the most that is advised. @defaultValue 1000 */
  readonly maxSamples?: number;
}

/** What one more attempt comes to. */
export interface SampleStep {
  /** From 1. */
  readonly attempt: number;
  /** Chance that it is reached: all before it were rejected. */
  readonly reach: number;
  /** How likely each difficulty is, once it is reached. */
  readonly posterior: readonly number[];
  /** Chance that the answer is right if the verifier accepts it here: late accepts are mostly wrong. NaN where it accepts nothing. */
  readonly precision: number;
  /** Expected US dollars of stopping after it at the latest. */
  readonly expectedUsd: number;
}

/** Plain JSON, but for an infinite number of samples. */
export interface OptimalSamples {
  /** Best number of attempts before abstaining; 0 is not to try; `Infinity` where every further attempt still pays. */
  readonly samples: number;
  /** Expected US dollars at it. 0 for no attempt. */
  readonly expectedUsd: number;
  readonly curve: readonly SampleStep[];
}

/**
 * How often to resample until a verifier that errs accepts: each attempt may find a right answer, and each lets a wrong
 * one through. After rejections the problem is probably a hard one, so that the best number is often below 10 and may be 0.
 *
 * The optimum is over the whole curve, not where it first falls; of equal numbers the smallest.
 *
 * @throws InvalidOptionError when a rate, an amount or the sum of the shares is outside its range.
 * @example
 * optimalSamples({
 *   difficulties: [{ share: 0.58, successRate: 0.87 }, { share: 0.42, successRate: 0.13 }],
 *   completeness: 1, soundness: 0.75, valueUsd: 1, falseAcceptUsd: 1,
 * }).samples; // 2
 */
// Source: "Inference Scaling fLaws" (arXiv 2411.17501), two difficulties, here any number of them.
// Rule: EV(K) = Σ_{k ≤ K} Σ_i π_i ρ_i^{k−1} (V c r_i − F (1 − s)(1 − r_i) − κ), ρ_i = (1 − c) r_i + s (1 − r_i).
// Differs: the authors' notebook weighs steps by the posterior where the prior belongs; the optimum is the same there.
export function optimalSamples(options: OptimalSamplesOptions): OptimalSamples {
  const { completeness, soundness, valueUsd, falseAcceptUsd, sampleUsd = 0, maxSamples = 1000 } = options;
  checkOptions(options, sampleUsd, maxSamples);
  const classes = options.difficulties.map(({ share, successRate }) => {
    const trueAccept = completeness * successRate;
    const falseAccept = (1 - soundness) * (1 - successRate);
    return {
      share,
      trueAccept,
      falseAccept,
      // Not 1 − accepts: that would not be exactly 0 where it is.
      reject: (1 - completeness) * successRate + soundness * (1 - successRate),
      stepUsd: valueUsd * trueAccept - falseAcceptUsd * falseAccept - sampleUsd,
    };
  });
  const curve: SampleStep[] = [];
  let weights = classes.map(({ share }) => share);
  let expectedUsd = 0;
  let best = { samples: 0, expectedUsd: 0 };
  for (let attempt = 1; attempt <= maxSamples; attempt += 1) {
    const reach = weights.reduce((total, weight) => total + weight, 0);
    // What is so rarely reached only shows in the limit.
    if (reach < 1e-15) break;
    const sum = (of: (one: (typeof classes)[number]) => number): number =>
      classes.reduce((total, one, i) => total + (weights[i] ?? 0) * of(one), 0);
    expectedUsd += sum(({ stepUsd }) => stepUsd);
    const right = sum(({ trueAccept }) => trueAccept);
    const wrong = sum(({ falseAccept }) => falseAccept);
    const posterior = weights.map((weight) => weight / reach);
    curve.push({ attempt, reach, posterior, precision: right / (right + wrong), expectedUsd });
    if (expectedUsd > best.expectedUsd) best = { samples: attempt, expectedUsd };
    weights = weights.map((weight, i) => weight * (classes[i]?.reject ?? 0));
  }
  const limitUsd = expectedUsd + tailUsd(classes, weights);
  const unending =
    options.maxSamples === undefined && limitUsd >= best.expectedUsd && lastingStep(classes, weights) > 0;
  return unending ? { samples: Infinity, expectedUsd: limitUsd, curve } : { ...best, curve };
}

interface ClassStep {
  readonly reject: number;
  readonly stepUsd: number;
}

/** What all attempts after the last one looked at come to: geometric series. */
function tailUsd(classes: readonly ClassStep[], weights: readonly number[]): number {
  return classes.reduce((total, { reject, stepUsd }, i) => {
    const weight = weights[i] ?? 0;
    return weight === 0 || stepUsd === 0 ? total : total + (weight * stepUsd) / (1 - reject);
  }, 0);
}

/** The step of the class that is left in the end, the one that is rejected most. */
function lastingStep(classes: readonly ClassStep[], weights: readonly number[]): number {
  const left = classes.map((one, i) => ({ ...one, weight: weights[i] ?? 0 })).filter(({ weight }) => weight > 0);
  const most = Math.max(...left.map(({ reject }) => reject));
  return left
    .filter(({ reject }) => reject === most)
    .reduce((total, { weight, stepUsd }) => total + weight * stepUsd, 0);
}

function checkOptions(options: OptimalSamplesOptions, sampleUsd: number, maxSamples: number): void {
  checkNotNegative('valueUsd', options.valueUsd);
  checkNotNegative('falseAcceptUsd', options.falseAcceptUsd);
  checkNotNegative('sampleUsd', sampleUsd);
  checkRate('completeness', options.completeness);
  checkRate('soundness', options.soundness);
  for (const { share, successRate } of options.difficulties) {
    checkRate('share', share);
    checkRate('successRate', successRate);
  }
  const shares = options.difficulties.reduce((total, { share }) => total + share, 0);
  if (Math.abs(shares - 1) > 1e-9) {
    throw new InvalidOptionError('difficulties', `difficulties must have shares that add up to 1, received ${shares}.`);
  }
  if (!Number.isSafeInteger(maxSamples) || maxSamples < 1) {
    throw new InvalidOptionError(
      'maxSamples',
      `maxSamples must be a whole number of at least 1, received ${maxSamples}.`,
    );
  }
}

function checkRate(option: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw new InvalidOptionError(option, `${option} must be in [0, 1], received ${value}.`);
}
