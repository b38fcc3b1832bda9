import { type Model, strategyOf, TollgateError } from '@tollgate/sdk';
import { createRandom, type Random } from '@tollgate/stats';
import { standIn } from '../config/strategy-spec.ts';
import type { OutcomesTable, OutcomeTask } from '../outcomes/outcomes-table.ts';
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

/**
 * Replays a policy on recorded samples, in several orders of them. Undefined where the samples of a task run out: then the
 * logs cannot tell what the policy would have done.
 */
export function evaluatePolicy(expression: PolicyExpression, ground: ReplayGround): PolicyScores | undefined {
  const { table, tasks, orders, seed } = ground;
  const plan = planOf(expression);
  const size = tasks.length;
  const scores = {
    passed: new Float64Array(size),
    usd: new Float64Array(size),
    falseAccepts: new Float64Array(size),
    draws: new Float64Array(size),
  };
  const nanoByModel = new Map<string, number>();
  for (let order = 0; order < orders; order += 1) {
    const random: Random | undefined = order === 0 ? undefined : createRandom(`${seed}/${order}`);
    for (const [i, task] of tasks.entries()) {
      const replay = new TaskReplay(table, task, { random, leftNano: Number.POSITIVE_INFINITY });
      try {
        const ending = replay.run(plan);
        if (ending === 'passed') add(scores.passed, i, 1 / orders);
        else if (replay.accepted) add(scores.falseAccepts, i, 1 / orders);
      } catch (error) {
        if (TollgateError.isInstance(error) && error.code === 'exhausted') return undefined;
        throw error;
      }
      add(scores.usd, i, replay.costNano / 1e9 / orders);
      for (const [name, { nano, draws }] of replay.spending) {
        add(scores.draws, i, draws / orders);
        nanoByModel.set(name, (nanoByModel.get(name) ?? 0) + nano / orders);
      }
    }
  }
  const usdByModel = new Map([...nanoByModel].map(([name, nano]) => [name, nano / 1e9]));
  return { expression, ...scores, usdByModel };
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
