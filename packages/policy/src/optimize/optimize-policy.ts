import { InvalidOptionError } from '@tollgate/sdk';
import { createRandom, paretoFront } from '@tollgate/stats';
import type { OutcomesTable, OutcomeTask } from '../outcomes/outcomes-table.ts';
import { baselines } from './baselines.ts';
import { candidatePolicies } from './candidate-policies.ts';
import { commonTasks } from './common-tasks.ts';
import { evaluatePolicy, type PolicyScores, type ReplayGround } from './evaluate-policy.ts';
import { type BaselineFigures, baselineFigures, type HeldOutFigures, heldOutFigures } from './held-out-figures.ts';
import { checkObjective, chooseBest, meansOf, type Objective } from './objective.ts';
import { notesOf } from './optimize-notes.ts';
import { type OracleFigures, oracleFigures } from './oracle-figures.ts';
import { modelsOf, mostCalls, type PolicyExpression, policyName } from './policy-expression.ts';
import { searchPolicies } from './search-policies.ts';
import { splitTasks } from './split-tasks.ts';

/** Options of `optimizePolicy`. */
export interface OptimizePolicyOptions {
  /** Logged outcomes: several samples of several models per task, with what each cost and whether it was right. */
  readonly table: OutcomesTable;
  readonly objective: Objective;
  /** Samples drawn for one task at most; policies that may draw more are not tried. Range [1, ∞). @defaultValue 40 */
  readonly maxCalls?: number;
  /** Orders of the samples in which each policy is replayed. Range [1, ∞). @defaultValue 20, or as many as there are samples */
  readonly orders?: number;
  /** Seeds the split, the orders and the intervals. @defaultValue 0 */
  readonly seed?: number;
  /** What may be chosen. Models alone are always replayed, to compare with. @defaultValue every kind */
  readonly kinds?: readonly PolicyExpression['kind'][];
  /** Policies of the user's own, tried beside the others. @defaultValue none */
  readonly extra?: readonly PolicyExpression[];
  /** Told after every candidate. */
  readonly onProgress?: (progress: { readonly done: number; readonly of: number }) => void;
}

/** What an optimisation found. Plain JSON. */
export interface OptimizedPolicy {
  readonly chosen: { readonly name: string; readonly expression: PolicyExpression };
  readonly objective: Objective;
  /** Whether the chosen policy met the objective on the half it was chosen on. */
  readonly met: boolean;
  readonly heldOut: HeldOutFigures;
  readonly baselines: readonly BaselineFigures[];
  /** Policies that nothing beat on the search half, cheapest first, with their figures on the held-out one. */
  readonly frontier: readonly HeldOutFigures[];
  readonly oracle: OracleFigures;
  /** By model: its share of the money, and what the objective would lose without it on the search half. */
  readonly models: readonly {
    readonly name: string;
    readonly shareOfSpend: number;
    readonly withoutIt?: { readonly name: string; readonly accuracy: number; readonly usdPerTask: number };
  }[];
  readonly searched: {
    /** Policies that were replayed. */
    readonly candidates: number;
    /** Those of them that were replayed in every order; the others, in a few orders, were too far from the best. */
    readonly finalists: number;
    readonly tasks: number;
    readonly heldOutTasks: number;
    /** Tasks that lack samples of a model. */
    readonly leftOut: number;
    readonly orders: number;
  };
  readonly notes: readonly string[];
}

/**
 * Give it your logs, it gives you the cheapest policy that keeps your quality, and what that is worth.
 *
 * Tasks are split in halves (by `group`, where given): policies are fitted and chosen on one, and every figure shown comes
 * from the other, which nothing was chosen on. All policies are replayed on the recorded samples in several orders; every
 * attempt is charged. The same seed gives the same answer.
 *
 * @throws InvalidOptionError when the objective or an option is outside its range, or there are fewer than 20 tasks that have
 * samples of every model, or they cannot be halved because most are of one group.
 *
 * @example
 * const { chosen, heldOut, baselines } = optimizePolicy({ table, objective: { accuracy: 0.95 } });
 */
export function optimizePolicy(options: OptimizePolicyOptions): OptimizedPolicy {
  const { table, objective, maxCalls = 40, seed = 0, extra = [] } = options;
  checkObjective(objective);
  requireCount('maxCalls', maxCalls);
  if (options.orders !== undefined) requireCount('orders', options.orders);
  const { tasks, depth, lacking } = commonTasks(table);
  const [searchTasks, heldOutTasks] = halves(table, tasks, seed);
  const orders = options.orders ?? Math.min(20, Math.max(...depth.values()));
  const isWanted = ({ kind }: PolicyExpression): boolean => options.kinds?.includes(kind) ?? true;
  const expressions = [
    ...candidatePolicies({
      table,
      tasks: searchTasks,
      depth,
      maxCalls,
      ...('fallbackUsd' in objective && {
        fallbackUsd: objective.fallbackUsd,
        isHarmPriced: (objective.harmUsd ?? 0) > 0,
      }),
    }),
    ...extra.filter((expression) => mostCalls(expression) <= maxCalls),
  ].filter((expression) => expression.kind === 'single' || isWanted(expression));
  const search: ReplayGround = { table, tasks: searchTasks, orders, seed };
  const { first, finalists } = searchPolicies(expressions, {
    ground: search,
    objective,
    onProgress: options.onProgress,
  });
  const best = chooseBest(
    finalists.filter(({ expression }) => isWanted(expression)),
    objective,
  );
  if (best === undefined) {
    throw new InvalidOptionError('table', `${table.source} has no policy that its samples are enough for.`);
  }
  const outside: ReplayGround = { ...search, tasks: heldOutTasks };
  const heldOut = heldOutReplay(outside);
  const random = createRandom(`${seed}/intervals`);
  const chosen = heldOut(best.chosen);
  const figures = heldOutFigures(chosen, random);
  const compared = baselines({ candidates: finalists, chosen: best.chosen }, objective, heldOut).map((baseline) =>
    baselineFigures(chosen, baseline, random),
  );
  const names = [...depth.keys()];
  const leftOut = table.tasks.length - tasks.length;
  return {
    chosen: { name: policyName(best.chosen.expression), expression: best.chosen.expression },
    objective,
    met: best.met,
    heldOut: figures,
    baselines: compared,
    frontier: frontierOf(finalists).map((scores) => heldOutFigures(heldOut(scores), random)),
    oracle: oracleFigures(outside, names),
    models: contributions(first, { chosen, objective, names }),
    searched: {
      candidates: first.length,
      finalists: finalists.length,
      tasks: searchTasks.length,
      heldOutTasks: heldOutTasks.length,
      leftOut,
      orders,
    },
    notes: notesOf(figures, { objective, met: best.met, baselines: compared, leftOut, lacking, source: table.source }),
  };
}

const fewestOfHalf = 5;

function halves(table: OutcomesTable, tasks: readonly OutcomeTask[], seed: number): ReturnType<typeof splitTasks> {
  const split = splitTasks(tasks, seed);
  if (split.every((half) => half.length >= fewestOfHalf)) return split;
  throw new InvalidOptionError(
    'table',
    `${table.source} cannot be halved into tasks to search on and tasks to measure on: most of its tasks are of one "group", and groups stay together.`,
  );
}

/** Replays on the held-out half, each policy once. */
function heldOutReplay(ground: ReplayGround): (scores: PolicyScores) => PolicyScores {
  const replayed = new Map<PolicyExpression, PolicyScores>();
  return ({ expression }) => {
    const scores = replayed.get(expression) ?? evaluatePolicy(expression, ground);
    if (scores === undefined) {
      throw new InvalidOptionError(
        'table',
        `${ground.table.source}: samples ran out for ${policyName(expression)}. Log more of its models.`,
      );
    }
    replayed.set(expression, scores);
    return scores;
  };
}

/** Policies that nothing beats, cheapest first; of equal ones the first. */
function frontierOf(candidates: readonly PolicyScores[]): readonly PolicyScores[] {
  const rated = candidates.map((scores) => ({ scores, ...meansOf(scores) }));
  return paretoFront(rated, { cost: ({ usdPerTask }) => usdPerTask, value: ({ accuracy }) => accuracy })
    .flatMap((index) => rated[index] ?? [])
    .filter((one, i, front) => one.accuracy !== front[i - 1]?.accuracy)
    .map(({ scores }) => scores);
}

function requireCount(option: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new InvalidOptionError(option, `${option} must be a whole number of at least 1, received ${value}.`);
}

function contributions(
  candidates: readonly PolicyScores[],
  {
    chosen,
    objective,
    names,
  }: { readonly chosen: PolicyScores; readonly objective: Objective; readonly names: readonly string[] },
): OptimizedPolicy['models'] {
  const total = [...chosen.usdByModel.values()].reduce((sum, usd) => sum + usd, 0);
  return names.map((name) => {
    const without = chooseBest(
      candidates.filter(({ expression }) => !modelsOf(expression).includes(name)),
      objective,
    );
    const means = without === undefined ? undefined : meansOf(without.chosen);
    return {
      name,
      shareOfSpend: total > 0 ? (chosen.usdByModel.get(name) ?? 0) / total : 0,
      ...(without !== undefined &&
        means !== undefined && {
          withoutIt: {
            name: policyName(without.chosen.expression),
            accuracy: means.accuracy,
            usdPerTask: means.usdPerTask,
          },
        }),
    };
  });
}
