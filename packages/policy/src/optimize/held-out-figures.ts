import { bootstrapPairedDifference, bootstrapRatio, type Random } from '@tollgate/stats';
import type { PolicyScores } from './evaluate-policy.ts';
import { type PolicyExpression, policyName } from './policy-expression.ts';

/** A policy's figures on the tasks that nothing was chosen on. */
export interface HeldOutFigures {
  readonly name: string;
  readonly expression: PolicyExpression;
  readonly accuracy: number;
  readonly accuracyCi95: readonly [number, number];
  readonly usdPerTask: number;
  readonly usdPerTaskCi95: readonly [number, number];
  /** US dollars for each right answer; null where there is none. */
  readonly costOfPassUsd: number | null;
  /** Samples drawn for a task. */
  readonly callsPerTask: number;
  /** US dollars a task, by model; of scorers that cost something, by scorer. */
  readonly usdByModel: { readonly [model: string]: number };
}

/** What a policy that is compared with stands for. */
export type BaselineRole =
  | 'best single model'
  | 'strongest model'
  | 'self-consistency at equal cost'
  | 'random routing at equal cost';

/** A policy to compare with, on the same tasks. */
export interface BaselineFigures extends Omit<HeldOutFigures, 'expression'> {
  readonly role: BaselineRole;
  /** Absent for random routing, which is no policy that could be built. */
  readonly expression?: PolicyExpression;
  /** Chosen minus this one. */
  readonly accuracyDifference: number;
  readonly accuracyDifferenceCi95: readonly [number, number];
  readonly usdDifference: number;
  readonly usdDifferenceCi95: readonly [number, number];
}

/** Figures with 95 % intervals, over tasks. */
export function heldOutFigures(scores: PolicyScores, random: Random): HeldOutFigures {
  return { expression: scores.expression, ...figuresOf(scores, policyName(scores.expression), random) };
}

/** What is compared with: a policy, or scores of something that is none, with a name. */
export interface Baseline {
  readonly role: BaselineRole;
  readonly scores: PolicyScores;
  readonly name?: string;
}

/** A baseline's figures, and the differences to it, task by task. */
export function baselineFigures(chosen: PolicyScores, baseline: Baseline, random: Random): BaselineFigures {
  const { role, scores, name } = baseline;
  const difference = (of: 'passed' | 'usd'): ReturnType<typeof bootstrapPairedDifference> =>
    bootstrapPairedDifference({
      first: { numerators: [...chosen[of]] },
      second: { numerators: [...scores[of]] },
      random: random.fork('paired'),
    });
  const accuracy = difference('passed');
  const usd = difference('usd');
  return {
    role,
    ...(name === undefined ? heldOutFigures(scores, random) : figuresOf(scores, name, random)),
    accuracyDifference: accuracy.estimate,
    accuracyDifferenceCi95: [accuracy.lower, accuracy.upper],
    usdDifference: usd.estimate,
    usdDifferenceCi95: [usd.lower, usd.upper],
  };
}

function figuresOf(
  { passed, usd, draws, usdByModel }: PolicyScores,
  name: string,
  random: Random,
): Omit<HeldOutFigures, 'expression'> {
  const accuracy = bootstrapRatio({ numerators: [...passed], random: random.fork('accuracy') });
  const cost = bootstrapRatio({ numerators: [...usd], random: random.fork('usd') });
  return {
    name,
    accuracy: accuracy.estimate,
    accuracyCi95: [accuracy.lower, accuracy.upper],
    usdPerTask: cost.estimate,
    usdPerTaskCi95: [cost.lower, cost.upper],
    costOfPassUsd: accuracy.estimate > 0 ? cost.estimate / accuracy.estimate : null,
    callsPerTask: draws.reduce((sum, value) => sum + value, 0) / draws.length,
    usdByModel: Object.fromEntries([...usdByModel].map(([model, spent]) => [model, spent / usd.length])),
  };
}
