import { InvalidOptionError } from '@tollgate/sdk';
import { checkNotNegative, checkPositive } from '../prices/check-number.ts';

/** What is believed about the success rates of the problems of a class: Beta(alpha, beta). Plain JSON. */
export interface BetaBelief {
  /** Range (0, ∞). */
  readonly alpha: number;
  /** Range (0, ∞). */
  readonly beta: number;
}

/**
 * Fits the spread of success rates over the problems of a class, by their mean and variance, what chance adds to the
 * variance taken out. Where the problems do not differ by more than chance the belief is that of all runs together.
 *
 * @param problems Passes and runs of each problem.
 * @param prior Runs that were not observed: alpha passes and beta failures. @defaultValue one half each
 * @throws InvalidOptionError when counts are not whole, passes exceed runs, or there is no run at all.
 * @example
 * betaOfClass([{ passes: 4, runs: 4 }, { passes: 1, runs: 4 }, { passes: 0, runs: 4 }]);
 */
// Source: moment estimator of the beta-binomial; the prior is Jeffreys'.
export function betaOfClass(
  problems: readonly { readonly passes: number; readonly runs: number }[],
  prior: BetaBelief = { alpha: 0.5, beta: 0.5 },
): BetaBelief {
  checkBelief(prior);
  for (const { passes, runs } of problems) {
    if (!Number.isSafeInteger(runs) || !Number.isSafeInteger(passes) || passes < 0 || passes > runs) {
      throw new InvalidOptionError(
        'problems',
        `problems must have whole 0 ≤ passes ≤ runs, received ${passes} of ${runs}.`,
      );
    }
  }
  const seen = problems.filter(({ runs }) => runs > 0);
  const runs = seen.reduce((total, problem) => total + problem.runs, 0);
  if (runs === 0) throw new InvalidOptionError('problems', 'problems must hold at least one run, received none.');
  const passes = seen.reduce((total, problem) => total + problem.passes, 0);
  const pooled: BetaBelief = { alpha: prior.alpha + passes, beta: prior.beta + runs - passes };
  const mean = pooled.alpha / (pooled.alpha + pooled.beta);
  const meanRuns = runs / seen.length;
  const variance =
    seen.reduce((total, problem) => total + (problem.passes / problem.runs - mean) ** 2, 0) / seen.length;
  const chance = mean * (1 - mean);
  // Var(passes / runs) = m(1 − m)(1 + (k − 1)ρ) / k with ρ = 1 / (α + β + 1).
  const correlation = ((variance / chance) * meanRuns - 1) / (meanRuns - 1);
  if (!(correlation > 0) || meanRuns <= 1) return pooled;
  const strength = Math.max(1 / Math.min(correlation, 1) - 1, prior.alpha + prior.beta);
  return { alpha: mean * strength, beta: (1 - mean) * strength };
}

/**
 * `hitRate` over a class whose problems differ: the mean of their curves under the belief,
 * `F_max (1 − Π (β + i) / (α + β + i))`. Rises slower than the curve of the mean rate.
 *
 * @param samples Whole number ≥ 0.
 * @throws InvalidOptionError when a number is outside its range.
 * @example
 * betaHitRate({ alpha: 1, beta: 1 }, 3); // 0.75, where the mean rate alone would say 0.875
 */
export function betaHitRate(belief: BetaBelief, samples: number, ceiling = 1): number {
  checkBelief(belief);
  if (!Number.isSafeInteger(samples) || samples < 0) {
    throw new InvalidOptionError('samples', `samples must be a whole number of at least 0, received ${samples}.`);
  }
  let missed = 1;
  for (let i = 0; i < samples; i += 1) missed *= (belief.beta + i) / (belief.alpha + belief.beta + i);
  return ceiling * (1 - missed);
}

/** Options of `worthwhileSamplesOfClass`. */
export interface ClassSamplesOptions extends BetaBelief {
  /** Range [0, 1]. @defaultValue 1 */
  readonly ceiling?: number;
  /** US dollars of one sample. Range (0, ∞). */
  readonly sampleUsd: number;
  /** US dollars that a solved task is worth. Range (0, ∞). */
  readonly taskValueUsd: number;
}

/**
 * How many samples of a problem of this class pay for themselves when each is bought only after the ones before failed
 * to show and the class is all that is known.
 *
 * @throws InvalidOptionError when a number is outside its range.
 * @example
 * worthwhileSamplesOfClass({ alpha: 1, beta: 1, sampleUsd: 0.02, taskValueUsd: 1 }); // 6
 */
// Rule: buy while V F_max (missed_N − missed_{N+1}) > c; the step falls with N because E[p (1 − p)^N] does.
export function worthwhileSamplesOfClass(options: ClassSamplesOptions): number {
  const { alpha, beta, ceiling = 1, sampleUsd, taskValueUsd } = options;
  checkBelief(options);
  checkPositive('sampleUsd', sampleUsd);
  checkPositive('taskValueUsd', taskValueUsd);
  checkNotNegative('ceiling', ceiling);
  let missed = 1;
  let samples = 0;
  for (;;) {
    const next = (missed * (beta + samples)) / (alpha + beta + samples);
    if (taskValueUsd * ceiling * (missed - next) <= sampleUsd) return samples;
    missed = next;
    samples += 1;
  }
}

function checkBelief({ alpha, beta }: BetaBelief): void {
  checkPositive('alpha', alpha);
  checkPositive('beta', beta);
}
