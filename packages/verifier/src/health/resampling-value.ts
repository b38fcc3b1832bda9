import { InvalidOptionError } from '@tollgate/sdk';
import { mean } from '@tollgate/stats';
import { requireWhole } from '../scores/require-number.ts';
import type { GradedVerdict } from './verifier-errors.ts';

/** Options of `resamplingValue`. */
export interface ResamplingValueOptions {
  /** What an accepted wrong answer costs, where an accepted right one is worth 1 and none 0. Range [0, ∞). */
  readonly falseAcceptCost: number;
  /** Attempts looked at. @defaultValue 200 */
  readonly maxSamples?: number;
}

/** Accepted answers by the attempt that was accepted. */
export interface AcceptanceBucket {
  readonly from: number;
  readonly to: number;
  /** Chance that a task's answer is accepted at one of these attempts. */
  readonly accepted: number;
  /** P(wrong | accepted there); rises with the attempt, because what is left is hard. Absent where nothing is accepted. */
  readonly falseDiscoveryRate?: number;
}

/** What drawing until a verifier accepts is worth, on recorded samples. */
export interface ResamplingValue {
  /** The best number of attempts; 0 where none is worth it. Of equal ones the smallest. */
  readonly samples: number;
  /** Mean worth of a task at it. */
  readonly value: number;
  /** Mean worth of a task for at most 1, 2, … attempts. */
  readonly curve: readonly number[];
  /** By attempt: 1, 2–3, 4–7, … */
  readonly buckets: readonly AcceptanceBucket[];
}

// Source: "Inference Scaling fLaws" (arXiv 2411.17501), simulation over recorded samples.
// Differs: the authors shuffle a task's samples 1000 times; the expectation over all orders is a closed form.
/**
 * How many samples are worth drawing until a verifier accepts one, from graded samples of each task: the samples of a task
 * in random order, the first accepted one taken. Exact, no chance in it.
 *
 * With rates instead of samples take `optimalSamples` of `@tollgate/budget/planning`.
 *
 * @param tasks Per task, its samples. A task with fewer than `maxSamples` ends unanswered when all of its are rejected.
 * @throws InvalidOptionError when an option is outside its range; RangeError when there is no task.
 * @example
 * resamplingValue(tasks, { falseAcceptCost: 4 }).samples; // often below 10
 */
export function resamplingValue(
  tasks: readonly (readonly GradedVerdict[])[],
  options: ResamplingValueOptions,
): ResamplingValue {
  const { falseAcceptCost, maxSamples = 200 } = options;
  requireWhole('maxSamples', maxSamples, [1, 1_000_000]);
  if (!(falseAcceptCost >= 0 && falseAcceptCost < Infinity)) {
    const message = `falseAcceptCost must be a number in [0, ∞), received ${falseAcceptCost}.`;
    throw new InvalidOptionError('falseAcceptCost', message);
  }
  const accepts = tasks.map((samples) => acceptances(samples, maxSamples));
  const steps = Array.from({ length: maxSamples }, (_, i) => ({
    right: mean(accepts.map((chances) => chances[i]?.right ?? 0)),
    wrong: mean(accepts.map((chances) => chances[i]?.wrong ?? 0)),
  }));
  let value = 0;
  const curve = steps.map(({ right, wrong }) => (value += right - falseAcceptCost * wrong));
  let best = { samples: 0, value: 0 };
  for (const [i, reached] of curve.entries()) {
    // What rounding alone adds is no reason for another sample.
    if (reached > best.value + 1e-12) best = { samples: i + 1, value: reached };
  }
  return { ...best, curve, buckets: bucketsOf(steps) };
}

interface Acceptance {
  readonly right: number;
  readonly wrong: number;
}

/** The chance that the first accepted sample is the i-th of a random order, and right or wrong. */
function acceptances(samples: readonly GradedVerdict[], most: number): readonly Acceptance[] {
  const accepted = samples.filter((sample) => sample.accepted);
  const right = accepted.filter(({ correct }) => correct).length;
  const wrong = accepted.length - right;
  const chances: Acceptance[] = [];
  let missed = 1;
  for (let left = samples.length; left > 0 && chances.length < most; left -= 1) {
    chances.push({ right: (missed * right) / left, wrong: (missed * wrong) / left });
    missed *= 1 - accepted.length / left;
    if (missed <= 0) break;
  }
  return chances;
}

function bucketsOf(steps: readonly Acceptance[]): readonly AcceptanceBucket[] {
  const buckets: AcceptanceBucket[] = [];
  for (let from = 1; from <= steps.length; from *= 2) {
    const to = Math.min(2 * from - 1, steps.length);
    const within = steps.slice(from - 1, to);
    const wrong = within.reduce((total, step) => total + step.wrong, 0);
    const accepted = wrong + within.reduce((total, step) => total + step.right, 0);
    buckets.push({ from, to, accepted, ...(accepted > 0 && { falseDiscoveryRate: wrong / accepted }) });
  }
  return buckets;
}
