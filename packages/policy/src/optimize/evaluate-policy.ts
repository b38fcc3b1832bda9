import { type Model, strategyOf, TollgateError } from '@tollgate/sdk';
import { createRandom } from '@tollgate/stats';
import { standIn } from '../config/strategy-spec.ts';
import type { OutcomesTable, OutcomeTask } from '../outcomes/outcomes-table.ts';
import { SharedSamples } from '../run/shared-samples.ts';
import { TaskReplay } from '../run/task-replay.ts';
import { buildPolicy } from './build-policy.ts';
import { modelsOf, type PolicyExpression } from './policy-expression.ts';
import { recordedScorers } from './recorded-scorers.ts';

/** How a policy did on each task, in the order of the tasks: means over the orders of samples. */
export interface PolicyScores {
  readonly expression: PolicyExpression;
  /** Share of orders in which the answer was right. */
  readonly passed: Float64Array;
  /** US dollars. */
  readonly usd: Float64Array;
  /** Share of orders in which a wrong answer was given as accepted. */
  readonly falseAccepts: Float64Array;
  /** Mean number of samples drawn. */
  readonly draws: Float64Array;
  /** US dollars by model, over all tasks. */
  readonly usdByModel: ReadonlyMap<string, number>;
}

/** What policies are replayed on. */
export interface ReplayGround {
  readonly table: OutcomesTable;
  readonly tasks: readonly OutcomeTask[];
  /** Orders of the samples; the first is the table's. */
  readonly orders: number;
  readonly seed: number;
}

// All policies of a ground see the same orders, so these are made once for all of them.
const samplesOfGrounds = new WeakMap<ReplayGround, SharedSamples>();

function samplesOf(ground: ReplayGround): SharedSamples {
  let samples = samplesOfGrounds.get(ground);
  if (samples === undefined) samplesOfGrounds.set(ground, (samples = new SharedSamples(ground.table)));
  return samples;
}

/**
 * Replays a policy on recorded samples, in several orders of them. Undefined where the samples of a task run out: then the
 * logs cannot tell what the policy would have done.
 */
export function evaluatePolicy(expression: PolicyExpression, ground: ReplayGround): PolicyScores | undefined {
  const { table, tasks, orders, seed } = ground;
  const plan = planOf(expression);
  const samples = samplesOf(ground);
  const size = tasks.length;
  // Whole numbers, which add up exactly; divided at the end.
  const sums = {
    passed: new Float64Array(size),
    nano: new Float64Array(size),
    falseAccepts: new Float64Array(size),
    draws: new Float64Array(size),
  };
  const nanoByModel = new Map<string, number>();
  const randoms = Array.from({ length: orders }, (_, order) =>
    order === 0 ? undefined : createRandom(`${seed}/${order}`),
  );
  for (const [i, task] of tasks.entries()) {
    // All orders of one task, then the next: its samples are still at hand.
    for (const [order, random] of randoms.entries()) {
      const replay = new TaskReplay(table, task, {
        random,
        leftNano: Number.POSITIVE_INFINITY,
        shared: { samples, order },
      });
      try {
        const ending = replay.run(plan);
        if (ending === 'passed') add(sums.passed, i, 1);
        else if (replay.accepted) add(sums.falseAccepts, i, 1);
      } catch (error) {
        if (TollgateError.isInstance(error) && error.code === 'exhausted') return undefined;
        throw error;
      }
      add(sums.nano, i, replay.costNano);
      for (const [name, { nano, draws }] of replay.spending) {
        add(sums.draws, i, draws);
        nanoByModel.set(name, (nanoByModel.get(name) ?? 0) + nano);
      }
    }
  }
  const usdByModel = new Map([...nanoByModel].map(([name, nano]) => [name, nano / 1e9 / orders]));
  const perOrder = (values: Float64Array): Float64Array => values.map((value) => value / orders);
  return {
    expression,
    passed: perOrder(sums.passed),
    usd: sums.nano.map((nano) => nano / 1e9 / orders),
    falseAccepts: perOrder(sums.falseAccepts),
    draws: perOrder(sums.draws),
    usdByModel,
  };
}

function planOf(expression: PolicyExpression): NonNullable<ReturnType<typeof strategyOf>> {
  const models: { [name: string]: Model } = {};
  for (const name of modelsOf(expression)) models[name] = standIn(name);
  const plan = strategyOf(
    buildPolicy(expression, {
      models,
      scorers: recordedScorers(expression),
      answer: { name: 'recorded', key: () => undefined },
    }),
  );
  if (plan === undefined) throw new TollgateError('internal', 'A policy without a core cannot be replayed.');
  return plan;
}

function add(values: Float64Array, index: number, amount: number): void {
  values[index] = (values[index] ?? 0) + amount;
}
