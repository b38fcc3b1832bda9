import { InvalidOptionError } from '@tollgate/sdk';
import { bootstrapPairedDifference, bootstrapRatio, createRandom, paretoFront, type Random } from '@tollgate/stats';
import type { OutcomesTable, OutcomeTask } from '../outcomes/outcomes-table.ts';
import { candidatePolicies } from './candidate-policies.ts';
import { evaluatePolicy, type PolicyScores, type ReplayGround } from './evaluate-policy.ts';
import { checkObjective, chooseBest, meansOf, type Objective } from './objective.ts';
import { type OracleFigures, oracleFigures } from './oracle-figures.ts';
import { modelsOf, type PolicyExpression, policyName } from './policy-expression.ts';
import { splitTasks } from './split-tasks.ts';

/** Options of `optimizePolicy`. */
export interface OptimizePolicyOptions {
  /** Logged outcomes: several samples of several models per task, with what each cost and whether it was right. */
  readonly table: OutcomesTable;
  readonly objective: Objective;
  /** Samples drawn for one task at most. Range [1, ∞). @defaultValue 40 */
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
  /** US dollars a task, by model. */
  readonly usdByModel: { readonly [model: string]: number };
}

/** A policy to compare with, on the same tasks. */
export interface BaselineFigures extends HeldOutFigures {
  /** What it stands for. */
  readonly role:
    | 'best single model'
    | 'strongest model'
    | 'self-consistency at equal cost'
    | 'random routing at equal cost';
  /** Chosen minus this one. */
  readonly accuracyDifference: number;
  readonly accuracyDifferenceCi95: readonly [number, number];
  readonly usdDifference: number;
  readonly usdDifferenceCi95: readonly [number, number];
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
    readonly candidates: number;
    readonly tasks: number;
    readonly heldOutTasks: number;
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
 * samples of every model.
 *
 * @example
 * const { chosen, heldOut, baselines } = optimizePolicy({ table, objective: { accuracy: 0.95 } });
 */
export function optimizePolicy(options: OptimizePolicyOptions): OptimizedPolicy {
  const { table, objective, maxCalls = 40, seed = 0, extra = [] } = options;
  checkObjective(objective);
  if (!(maxCalls >= 1)) throw new InvalidOptionError('maxCalls', `maxCalls must be at least 1, received ${maxCalls}.`);
  const { tasks, depth } = commonTasks(table);
  const leftOut = table.tasks.length - tasks.length;
  if (tasks.length < 20) {
    throw new InvalidOptionError(
      'table',
      `${table.source}: only ${tasks.length} tasks have samples of every model (${table.models.join(', ')}); 20 are needed. Log more, or leave models out.`,
    );
  }
  const [searchTasks, heldOutTasks] = splitTasks(tasks, seed);
  const orders = options.orders ?? Math.min(20, Math.max(...depth.values()));
  const search: ReplayGround = { table, tasks: searchTasks, orders, seed };
  const isWanted = ({ kind }: PolicyExpression): boolean => options.kinds?.includes(kind) ?? true;
  const expressions = [
    ...candidatePolicies({
      table,
      tasks: searchTasks,
      depth,
      maxCalls,
      ...('fallbackUsd' in objective && { fallbackUsd: objective.fallbackUsd }),
    }),
    ...extra,
  ].filter((expression) => expression.kind === 'single' || isWanted(expression));
  const candidates: PolicyScores[] = [];
  for (const [i, expression] of expressions.entries()) {
    const scores = evaluatePolicy(expression, search);
    if (scores !== undefined) candidates.push(scores);
    options.onProgress?.({ done: i + 1, of: expressions.length });
  }
  const best = chooseBest(
    candidates.filter(({ expression }) => isWanted(expression)),
    objective,
  );
  if (best === undefined)
    throw new InvalidOptionError('table', `${table.source} has no policy that its samples are enough for.`);
  const outside: ReplayGround = { ...search, tasks: heldOutTasks };
  const heldOut = (scores: PolicyScores): PolicyScores => {
    const replayed = evaluatePolicy(scores.expression, outside);
    if (replayed === undefined)
      throw new InvalidOptionError('table', `${table.source}: samples ran out for ${policyName(scores.expression)}.`);
    return replayed;
  };
  const random = createRandom(`${seed}/intervals`);
  const chosen = heldOut(best.chosen);
  const baselines = baselineScores(candidates, best.chosen, objective).map(([role, scores]) =>
    compare(chosen, { role, scores: heldOut(scores) }, random),
  );
  const frontier = paretoFront(candidates, {
    cost: (one) => meansOf(one).usdPerTask,
    value: (one) => meansOf(one).accuracy,
  });
  return {
    chosen: { name: policyName(best.chosen.expression), expression: best.chosen.expression },
    objective,
    met: best.met,
    heldOut: figuresOf(chosen, random),
    baselines: [...baselines, ...randomRouting(chosen, candidates, { heldOut, random })],
    frontier: frontier.flatMap((index) => candidates[index] ?? []).map((scores) => figuresOf(heldOut(scores), random)),
    oracle: oracleFigures(outside),
    models: contributions(candidates, { chosen, objective, names: table.models.filter((name) => depth.has(name)) }),
    searched: {
      candidates: candidates.length,
      tasks: searchTasks.length,
      heldOutTasks: heldOutTasks.length,
      leftOut,
      orders,
    },
    notes: notesOf(best, baselines, { leftOut, source: table.source }),
  };
}

/** Tasks that have samples of every model, and how many of each all of them have. A model that half the tasks lack is left out. */
function commonTasks(table: OutcomesTable): {
  readonly tasks: readonly OutcomeTask[];
  readonly depth: ReadonlyMap<string, number>;
} {
  const depth = new Map<string, number>();
  let { tasks } = table;
  for (const model of table.models) {
    const counts = tasks.map(({ id }) => table.rowsOf(id, model).count).toSorted((a, b) => a - b);
    // Up to one task in twenty may go, so that a few short ones do not rule the rest.
    const common = counts[Math.floor(counts.length / 20)] ?? 0;
    if (common === 0 && (counts[Math.floor(counts.length / 2)] ?? 0) === 0) continue;
    depth.set(model, Math.max(1, common));
    tasks = tasks.filter(({ id }) => table.rowsOf(id, model).count >= Math.max(1, common));
  }
  return { tasks, depth };
}

type Baseline = readonly [BaselineFigures['role'], PolicyScores];

function baselineScores(
  candidates: readonly PolicyScores[],
  chosen: PolicyScores,
  objective: Objective,
): readonly Baseline[] {
  const singles = candidates.filter(({ expression }) => expression.kind === 'single');
  const best = chooseBest(singles, objective)?.chosen;
  const strongest = chooseBest(singles, { usdPerTask: Number.MAX_VALUE })?.chosen;
  const votes = candidates.filter(({ expression }) => expression.kind === 'vote' || expression.kind === 'single');
  const equal = chooseBest(votes, { usdPerTask: Math.max(meansOf(chosen).usdPerTask, 1e-12) });
  const voting = equal?.met === true ? equal.chosen : undefined;
  return [
    ...(best === undefined ? [] : [['best single model', best] as const]),
    ...(strongest === undefined ? [] : [['strongest model', strongest] as const]),
    ...(voting === undefined ? [] : [['self-consistency at equal cost', voting] as const]),
  ];
}

/** The cheapest and the strongest model, mixed by a coin so that a task costs what the chosen policy costs. */
function randomRouting(
  chosen: PolicyScores,
  candidates: readonly PolicyScores[],
  { heldOut, random }: { readonly heldOut: (scores: PolicyScores) => PolicyScores; readonly random: Random },
): readonly BaselineFigures[] {
  const singles = candidates.filter(({ expression }) => expression.kind === 'single').map(heldOut);
  const target = meansOf(chosen).usdPerTask;
  const rated = singles.map((scores) => ({ scores, means: meansOf(scores) }));
  const below = rated
    .filter(({ means }) => means.usdPerTask <= target)
    .toSorted((a, b) => b.means.accuracy - a.means.accuracy)[0];
  const above = rated
    .filter(({ means }) => means.usdPerTask > target)
    .toSorted((a, b) => b.means.accuracy - a.means.accuracy)[0];
  if (below === undefined || above === undefined) return [];
  const share = (target - below.means.usdPerTask) / (above.means.usdPerTask - below.means.usdPerTask);
  const mix = (a: Float64Array, b: Float64Array): Float64Array =>
    a.map((value, i) => (1 - share) * value + share * (b[i] ?? 0));
  const mixed: PolicyScores = {
    ...below.scores,
    passed: mix(below.scores.passed, above.scores.passed),
    usd: mix(below.scores.usd, above.scores.usd),
    draws: mix(below.scores.draws, above.scores.draws),
  };
  const name = `${policyName(below.scores.expression)} or, with ${share.toFixed(2)}, ${policyName(above.scores.expression)}`;
  return [{ ...compare(chosen, { role: 'random routing at equal cost', scores: mixed }, random), name }];
}

function figuresOf(scores: PolicyScores, random: Random): HeldOutFigures {
  const { passed, usd, draws, expression, usdByModel } = scores;
  const accuracy = bootstrapRatio({ numerators: [...passed], random: random.fork('accuracy') });
  const cost = bootstrapRatio({ numerators: [...usd], random: random.fork('usd') });
  return {
    name: policyName(expression),
    expression,
    accuracy: accuracy.estimate,
    accuracyCi95: [accuracy.lower, accuracy.upper],
    usdPerTask: cost.estimate,
    usdPerTaskCi95: [cost.lower, cost.upper],
    costOfPassUsd: accuracy.estimate > 0 ? cost.estimate / accuracy.estimate : null,
    callsPerTask: draws.reduce((sum, value) => sum + value, 0) / Math.max(1, draws.length),
    usdByModel: Object.fromEntries([...usdByModel].map(([name, spent]) => [name, spent / Math.max(1, usd.length)])),
  };
}

function compare(
  chosen: PolicyScores,
  { role, scores }: { readonly role: BaselineFigures['role']; readonly scores: PolicyScores },
  random: Random,
): BaselineFigures {
  const accuracy = bootstrapPairedDifference({
    first: { numerators: [...chosen.passed] },
    second: { numerators: [...scores.passed] },
    random: random.fork('paired'),
  });
  const usd = bootstrapPairedDifference({
    first: { numerators: [...chosen.usd] },
    second: { numerators: [...scores.usd] },
    random: random.fork('paired'),
  });
  return {
    role,
    ...figuresOf(scores, random),
    accuracyDifference: accuracy.estimate,
    accuracyDifferenceCi95: [accuracy.lower, accuracy.upper],
    usdDifference: usd.estimate,
    usdDifferenceCi95: [usd.lower, usd.upper],
  };
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

function notesOf(
  { chosen, met }: { readonly chosen: PolicyScores; readonly met: boolean },
  baselines: readonly BaselineFigures[],
  { leftOut, source }: { readonly leftOut: number; readonly source: string },
): readonly string[] {
  const single = baselines.find(({ role }) => role === 'best single model');
  const isShown =
    single !== undefined && (excludesZero(single.accuracyDifferenceCi95) || excludesZero(single.usdDifferenceCi95));
  return [
    ...(chosen.expression.kind === 'single' ? ['Nothing beats a single model on these logs.'] : []),
    ...(chosen.expression.kind !== 'single' && !isShown
      ? ['On the held-out half the difference to the best single model is not shown: its intervals include 0.']
      : []),
    ...(met ? [] : ['No policy met the objective on the search half; the nearest one is shown.']),
    ...(leftOut > 0 ? [`${leftOut} tasks of ${source} were left out: they lack samples of a model.`] : []),
  ];
}

function excludesZero([lower, upper]: readonly [number, number]): boolean {
  return lower > 0 || upper < 0;
}
