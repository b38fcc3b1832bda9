import { formatUsd, nanoFromUsd } from '@tollgate/budget';
import { InvalidOptionError, strategyOf, type StrategyPlan, TollgateError } from '@tollgate/sdk';
import { createRandom } from '@tollgate/stats';
import type { StrategySpec } from '../config/short-form.ts';
import { standIn } from '../config/strategy-spec.ts';
import type { OutcomesTable, OutcomeTask } from '../outcomes/outcomes-table.ts';
import type { ModelReport, RunReport, StrategyReport } from '../report/run-report.ts';
import { reportFigures } from './report-figures.ts';
import type { RunOutcome } from './run-tasks.ts';
import { type Spending, TaskReplay } from './task-replay.ts';

/** How strategies are replayed on a table of outcomes. */
export interface ReplayOutcomesOptions {
  readonly table: OutcomesTable;
  readonly strategies: readonly StrategySpec[];
  /** How often the samples are put in another order. The first time they keep the table's. Range [1, ∞). @defaultValue 1 */
  readonly repeats?: number;
  /** Seeds the orders and the intervals. @defaultValue 0 */
  readonly seed?: number;
  /** A task whose samples run out is an error that names it and the model, or is left out of that strategy. @defaultValue 'error' */
  readonly whenExhausted?: 'error' | 'drop';
  /** Hard cap of the whole replay in US dollars, every strategy and order together. Range (0, ∞). @defaultValue none */
  readonly budgetUsd?: number;
}

/** What a replay came to. */
export interface ReplayedOutcomes {
  readonly report: RunReport;
  /** Samples drawn, over everything that is in the report. */
  readonly draws: number;
  /** Where the cap left tasks out. */
  readonly stopped?: NonNullable<RunOutcome['stopped']>;
}

/**
 * Which strategy would have been cheapest on these logs? Replays every strategy on recorded outcomes: no model, no key.
 *
 * Samples of a task and model are drawn in order and never twice. A strategy sees answers and signals; what grades them
 * stays with the table, except for a strategy that was asked for as an oracle. A task that is left out because its samples
 * ran out costs nothing. Samples that do not fit the cap are not drawn: the strategy ends with the best it has, and where it
 * has nothing no further task starts.
 *
 * @throws TollgateError `exhausted` naming task and model when samples run out and `whenExhausted` is `error`;
 * InvalidOptionError when `repeats` or `budgetUsd` is outside its range.
 *
 * @example
 * const { report } = replayOutcomes({ table, strategies: resolveStrategies(['vote:small:8'], { models: table.models }) });
 */
export function replayOutcomes(options: ReplayOutcomesOptions): ReplayedOutcomes {
  const { table, budgetUsd, repeats = 1 } = options;
  checkOptions(options);
  const purse: Purse = { leftNano: budgetUsd === undefined ? Number.POSITIVE_INFINITY : Math.floor(budgetUsd * 1e9) };
  const replays = options.strategies.map((spec) => new StrategyReplay(spec, options));
  for (const replay of replays) replay.run(purse);
  const draws = replays.reduce((sum, { total }) => sum + total.draws, 0);
  const spentUsd = replays.reduce((sum, { total }) => sum + total.nano, 0) / 1e9;
  return {
    draws,
    report: {
      tasks: table.tasks.length,
      models: table.models.map((name) => modelReport(name, replays)).filter(({ attempts }) => attempts > 0),
      strategies: replays.map((replay) => replay.report()),
      ledger: { capUsd: budgetUsd ?? null, spentUsd, heldUsd: 0, rows: draws },
      notes: [
        `Replayed from ${table.source}: costs are what the recorded samples cost; nothing was spent now.`,
        ...(repeats > 1 ? [`${repeats} orders of the samples; costs are of all of them together.`] : []),
        ...replays.flatMap((replay) => replay.notes()),
      ],
    },
    ...(purse.emptyAt !== undefined && {
      stopped: {
        by: 'budget',
        message: `${purse.emptyAt}. Raise the cap of ${formatUsd(nanoFromUsd(budgetUsd ?? 0))} to go further.`,
      },
    }),
  };
}

/** What all strategies together may still spend. */
interface Purse {
  leftNano: number;
  /** Where it ran out, in words. */
  emptyAt?: string;
}

/** One strategy over all tasks and orders. */
class StrategyReplay {
  readonly total: Spending = { draws: 0, tokens: 0, nano: 0 };
  readonly byName = new Map<string, Spending>();
  readonly #spec: StrategySpec;
  readonly #options: ReplayOutcomesOptions;
  readonly #records: { readonly taskId: string; readonly costNano: bigint; readonly passed: boolean }[] = [];
  #abstained = 0;
  #dropped = 0;

  constructor(spec: StrategySpec, options: ReplayOutcomesOptions) {
    this.#spec = spec;
    this.#options = options;
  }

  run(purse: Purse): void {
    const { table, repeats = 1, seed = 0 } = this.#options;
    const plan = planOf(this.#spec, table);
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const random = repeat === 0 ? undefined : createRandom(`${seed}/${repeat}`);
      for (const task of table.tasks) {
        if (purse.emptyAt !== undefined) return;
        const replay = new TaskReplay(table, task, { random, leftNano: purse.leftNano });
        const ending = this.#endingOf(replay, plan);
        if (ending === 'exhausted') {
          this.#dropped += 1;
          continue;
        }
        if (ending === 'budget') {
          purse.emptyAt = `${this.#spec.name} could not pay for task "${task.id}"`;
          if (replay.costNano === 0) return;
        }
        purse.leftNano -= replay.costNano;
        this.#keep(task, replay, ending);
      }
    }
  }

  report(): StrategyReport {
    const { seed = 0 } = this.#options;
    return {
      name: this.#spec.name,
      ...reportFigures(this.#records, createRandom(`${seed}/report/${this.#spec.name}`)),
      costUsd: this.total.nano / 1e9,
      attempts: this.total.draws,
      tokens: this.total.tokens,
      ...(this.#spec.oracle && { oracleVerifier: true }),
      abstained: this.#abstained,
      answered: this.#records.length - this.#abstained,
      spendByModel: Object.fromEntries([...this.byName].map(([name, { nano }]) => [name, nano / 1e9])),
    };
  }

  notes(): readonly string[] {
    const { table, repeats = 1 } = this.#options;
    const asked = table.tasks.length * repeats;
    const ran = this.#records.length + this.#dropped;
    return [
      ...(this.#dropped > 0
        ? [`${this.#spec.name}: ${this.#dropped} of ${asked} task runs were left out because their samples ran out.`]
        : []),
      ...(ran < asked ? [`${this.#spec.name} ran ${ran} of ${asked} task runs, then the cap was reached.`] : []),
    ];
  }

  #endingOf(replay: TaskReplay, plan: StrategyPlan): ReturnType<TaskReplay['run']> | 'exhausted' {
    try {
      return replay.run(plan);
    } catch (error) {
      const drop = this.#options.whenExhausted === 'drop';
      if (drop && TollgateError.isInstance(error) && error.code === 'exhausted') return 'exhausted';
      throw error;
    }
  }

  #keep(task: OutcomeTask, replay: TaskReplay, ending: ReturnType<TaskReplay['run']>): void {
    if (ending === 'budget' || ending === 'abstained') this.#abstained += 1;
    this.#records.push({ taskId: task.id, costNano: BigInt(replay.costNano), passed: ending === 'passed' });
    for (const [name, spent] of replay.spending) {
      const own = this.byName.get(name) ?? { draws: 0, tokens: 0, nano: 0 };
      this.byName.set(name, own);
      for (const sum of [own, this.total]) {
        sum.draws += spent.draws;
        sum.tokens += spent.tokens;
        sum.nano += spent.nano;
      }
    }
  }
}

function modelReport(name: string, replays: readonly StrategyReplay[]): ModelReport {
  const own = replays.flatMap(({ byName }) => byName.get(name) ?? []);
  return {
    name,
    provider: 'outcomes',
    modelId: name,
    attempts: own.reduce((sum, { draws }) => sum + draws, 0),
    tokens: own.reduce((sum, { tokens }) => sum + tokens, 0),
    costUsd: own.reduce((sum, { nano }) => sum + nano, 0) / 1e9,
  };
}

/** The strategy's core and the names of its models, built once: only answers differ from task to task. */
function planOf(spec: StrategySpec, table: OutcomesTable): StrategyPlan {
  const models = Object.fromEntries(table.models.map((name) => [name, standIn(name)]));
  // What grades is the table's own record; the check given here only has to be one, and is never looked at.
  const gold = { kind: 'exact', answer: 'recorded' } as const;
  const plan = strategyOf(spec.build(models, { answer: { name: 'recorded', key: () => undefined }, gold }));
  if (plan === undefined) throw new TollgateError('internal', `Strategy "${spec.name}" has no core to replay.`);
  return plan;
}

function checkOptions({ repeats = 1, budgetUsd }: ReplayOutcomesOptions): void {
  if (!Number.isInteger(repeats) || repeats < 1) {
    throw new InvalidOptionError('repeats', `repeats must be a whole number of 1 or more, received ${repeats}.`);
  }
  if (budgetUsd !== undefined && !(budgetUsd > 0 && budgetUsd < Infinity)) {
    throw new InvalidOptionError('budgetUsd', `budgetUsd must be US dollars above 0, received ${budgetUsd}.`);
  }
}
