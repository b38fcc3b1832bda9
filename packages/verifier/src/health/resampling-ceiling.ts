import { mean } from '@tollgate/stats';
import { requireRate } from './require-rate.ts';
import type { GradedVerdict } from './verifier-errors.ts';

/** What a verifier lets through. */
export interface VerifierRates {
  /** P(accepted | wrong) = 1 − soundness. Range [0, 1]. */
  readonly falseAcceptRate: number;
  /** P(accepted | right). Range [0, 1]. @defaultValue 1 */
  readonly completeness?: number;
}

// Source: "Inference Scaling fLaws" (arXiv 2411.17501), section on the ceiling. Rule: A = c p / (c p + q (1 − p)).
/**
 * How often the answer is right that a verifier accepts at last, when samples are drawn until it does. Range [0, 1].
 *
 * No number of samples changes it: a model that is right more seldom here than another one at its first try never catches
 * up by resampling. Undefined where nothing is ever accepted.
 *
 * @param successRate Share of right samples. Range [0, 1].
 * @throws InvalidOptionError when a rate is outside its range.
 * @example
 * acceptedPrecision(0.05, { falseAcceptRate: 0.01 }); // 0.840336
 */
export function acceptedPrecision(successRate: number, verifier: VerifierRates): number | undefined {
  const { falseAcceptRate, completeness = 1 } = verifier;
  requireRate('successRate', successRate);
  requireRate('falseAcceptRate', falseAcceptRate);
  requireRate('completeness', completeness);
  const right = completeness * successRate;
  const accepted = right + falseAcceptRate * (1 - successRate);
  return accepted === 0 ? undefined : right / accepted;
}

/**
 * The share of right samples from which on accepted answers are right at least as often as `precision`. Range [0, 1].
 * Undefined where no share reaches it.
 *
 * @param precision Range [0, 1].
 * @throws InvalidOptionError when a rate is outside its range.
 * @example
 * requiredSuccessRate(0.9, { falseAcceptRate: 0.1, completeness: 0.9 }); // 0.5
 */
export function requiredSuccessRate(precision: number, verifier: VerifierRates): number | undefined {
  const { falseAcceptRate, completeness = 1 } = verifier;
  requireRate('precision', precision);
  requireRate('falseAcceptRate', falseAcceptRate);
  requireRate('completeness', completeness);
  if (precision === 0) return 0;
  if (completeness === 0) return undefined;
  // p / (1 − p) ≥ t / (1 − t) · q / c, without dividing by what may be 0.
  const wanted = precision * falseAcceptRate;
  return wanted / (wanted + (1 - precision) * completeness || 1);
}

/** What resampling can reach, over tasks. */
export interface ResamplingCeiling {
  /** Mean over the tasks with an accepted sample of P(right | accepted). Range [0, 1]. Absent without such a task. */
  readonly ceiling?: number;
  /** Mean over all tasks, if tasks without an accepted sample are never solved, or always. */
  readonly bounds: { readonly lower: number; readonly upper: number };
  /** Tasks without an accepted sample. */
  readonly undecided: number;
}

/**
 * The accuracy that drawing samples until a verifier accepts cannot exceed, from graded samples of each task. Compare it
 * with the accuracy of one sample of a stronger model.
 *
 * @param tasks Per task, its samples.
 * @throws RangeError when there is no task.
 */
export function resamplingCeiling(tasks: readonly (readonly GradedVerdict[])[]): ResamplingCeiling {
  const precisions = tasks.map((samples) => {
    const accepted = samples.filter((sample) => sample.accepted);
    return accepted.length === 0 ? undefined : accepted.filter(({ correct }) => correct).length / accepted.length;
  });
  const known = precisions.filter((precision) => precision !== undefined);
  return {
    ...(known.length > 0 && { ceiling: mean(known) }),
    bounds: {
      lower: mean(precisions.map((precision) => precision ?? 0)),
      upper: mean(precisions.map((precision) => precision ?? 1)),
    },
    undecided: tasks.length - known.length,
  };
}
