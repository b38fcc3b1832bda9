import {
  type CandidateView,
  InvalidOptionError,
  type Model,
  replayAsSource,
  type ReplaySource,
  replayStrategy,
  type ReplayTable,
  type SourceView,
  strategyOf,
  type StrategyPlan,
  TollgateError,
  type Verdict,
} from '@tollgate/sdk';
import { createRandom, type Random } from '@tollgate/stats';
import type { StrategySpec } from '../config/short-form.ts';
import { standIn } from '../config/strategy-spec.ts';
import type { OutcomesTable, OutcomeTask } from '../outcomes/outcomes-table.ts';
import type { ModelReport, RunReport, StrategyReport } from '../report/run-report.ts';
import { reportFigures } from './report-figures.ts';

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
  /** Cap in US dollars of one pass of one strategy over the tasks; what does not fit is not drawn. @defaultValue none */
  readonly budgetUsd?: number;
  readonly onProgress?: (progress: {
    readonly strategy: string;
    readonly done: number;
    readonly total: number;
  }) => void;
}

/** What a replay came to. */
export interface ReplayedOutcomes {
  readonly report: RunReport;
  /** Samples drawn, over everything. */
  readonly draws: number;
}

/**
 * Which strategy would have been cheapest on these logs? Replays every strategy on recorded outcomes: no model, no key.
 *
 * Samples of a task and model are drawn in order and never twice. A strategy sees answers and signals; what grades them
 * stays with the table, except for a strategy that was asked for as an oracle.
 *
 * @throws TollgateError `exhausted` naming task and model when samples run out and `whenExhausted` is `error`.
 */
export function replayOutcomes(options: ReplayOutcomesOptions): ReplayedOutcomes {
  const { table, repeats = 1 } = options;
  if (!Number.isInteger(repeats) || repeats < 1) {
    throw new InvalidOptionError('repeats', `repeats must be a whole number of 1 or more, received ${repeats}.`);
  }
  const replays = options.strategies.map((spec) => new StrategyReplay(spec, options));
  for (const replay of replays) replay.run();
  const draws = replays.reduce((sum, { spending }) => sum + spending.draws, 0);
  const spentNano = replays.reduce((sum, { spending }) => sum + spending.nano, 0);
  return {
    draws,
    report: {
      tasks: table.tasks.length,
      models: table.models.map((name) => modelReport(name, replays)).filter(({ attempts }) => attempts > 0),
      strategies: replays.map((replay) => replay.report()),
      ledger: { capUsd: options.budgetUsd ?? spentNano / 1e9, spentUsd: spentNano / 1e9, heldUsd: 0, rows: draws },
      notes: [
        `Replayed from ${table.source}: costs are what the recorded samples cost; nothing was spent now.`,
        ...(repeats > 1 ? [`${repeats} orders of the samples; costs are of all of them together.`] : []),
        ...replays.flatMap((replay) => replay.notes()),
      ],
    },
  };
}

/** What was drawn of one model, or of all. */
interface Spending {
  draws: number;
  tokens: number;
  nano: number;
}

/** One strategy over all tasks and orders. */
class StrategyReplay {
  readonly spending: Spending = { draws: 0, tokens: 0, nano: 0 };
  readonly byModel = new Map<string, Spending>();
  readonly #spec: StrategySpec;
  readonly #options: ReplayOutcomesOptions;
  readonly #records: { readonly taskId: string; readonly costNano: bigint; readonly passed: boolean }[] = [];
  #abstained = 0;
  #dropped = 0;
  #outOfMoney = 0;

  constructor(spec: StrategySpec, options: ReplayOutcomesOptions) {
    this.#spec = spec;
    this.#options = options;
  }

  run(): void {
    const { table, repeats = 1, seed = 0, budgetUsd, whenExhausted, onProgress } = this.#options;
    const plan = planOf(this.#spec, table);
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const random = repeat === 0 ? undefined : createRandom(`${seed}/${repeat}`);
      const capNano = budgetUsd === undefined ? Number.POSITIVE_INFINITY : Math.floor(budgetUsd * 1e9);
      const startNano = this.spending.nano;
      for (const task of table.tasks) {
        const replay = new TaskReplay(table, task, { random, leftNano: capNano - (this.spending.nano - startNano) });
        const ending = replay.replay(plan);
        this.#charge(replay);
        if (ending === 'exhausted') {
          if (whenExhausted !== 'drop') throw replay.exhausted;
          this.#dropped += 1;
          continue;
        }
        if (ending === 'budget') this.#outOfMoney += 1;
        if (ending === 'budget' || ending === 'abstained') this.#abstained += 1;
        this.#records.push({ taskId: task.id, costNano: BigInt(replay.costNano), passed: ending === 'passed' });
      }
      onProgress?.({ strategy: this.#spec.name, done: repeat + 1, total: repeats });
    }
  }

  report(): StrategyReport {
    const { seed = 0 } = this.#options;
    return {
      name: this.#spec.name,
      ...reportFigures(this.#records, createRandom(`${seed}/report/${this.#spec.name}`)),
      costUsd: this.spending.nano / 1e9,
      attempts: this.spending.draws,
      tokens: this.spending.tokens,
      ...(this.#spec.oracle && { oracleVerifier: true }),
      abstained: this.#abstained,
      answered: this.#records.length - this.#abstained,
      spendByModel: Object.fromEntries([...this.byModel].map(([name, { nano }]) => [name, nano / 1e9])),
    };
  }

  notes(): readonly string[] {
    const { name } = this.#spec;
    return [
      ...(this.#dropped > 0
        ? [`${name}: ${this.#dropped} task runs were left out because their samples ran out.`]
        : []),
      ...(this.#outOfMoney > 0
        ? [`${name}: ${this.#outOfMoney} task runs met the cap before their first answer.`]
        : []),
    ];
  }

  #charge({ rows, verdictNano }: TaskReplay): void {
    const { table } = this.#options;
    for (const { row, model } of rows) {
      const own = this.byModel.get(model) ?? { draws: 0, tokens: 0, nano: 0 };
      this.byModel.set(model, own);
      for (const spending of [own, this.spending]) {
        spending.draws += 1;
        spending.tokens += table.tokens(row) ?? 0;
        spending.nano += table.costNanoUsd(row);
      }
    }
    if (verdictNano === 0) return;
    const verdicts = this.byModel.get('verify') ?? { draws: 0, tokens: 0, nano: 0 };
    this.byModel.set('verify', verdicts);
    verdicts.nano += verdictNano;
    this.spending.nano += verdictNano;
  }
}

function modelReport(name: string, replays: readonly StrategyReplay[]): ModelReport {
  const own = replays.flatMap(({ byModel }) => byModel.get(name) ?? []);
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
  // What would grade is the table's own record; the check given here is never looked at.
  const model = spec.build(models, {
    answer: { name: 'recorded', key: () => undefined },
    gold: { kind: 'exact', answer: '' },
  });
  const plan = strategyOf(model);
  if (plan === undefined) throw new TollgateError('internal', `Strategy "${spec.name}" has no core to replay.`);
  return plan;
}

/** One strategy on one task: which rows it drew, and what they cost. */
class TaskReplay {
  readonly rows: { readonly row: number; readonly model: string }[] = [];
  /** Of samples and verdicts together. */
  costNano = 0;
  /** Of verdicts alone. */
  verdictNano = 0;
  exhausted: TollgateError | undefined;
  readonly #table: OutcomesTable;
  readonly #task: OutcomeTask;
  readonly #random: Random | undefined;
  readonly #leftNano: number;
  readonly #decks = new Map<string, { readonly rows: readonly number[]; next: number }>();

  constructor(
    table: OutcomesTable,
    task: OutcomeTask,
    how: { readonly random: Random | undefined; readonly leftNano: number },
  ) {
    this.#table = table;
    this.#task = task;
    this.#random = how.random;
    this.#leftNano = how.leftNano;
  }

  replay(plan: StrategyPlan): 'passed' | 'failed' | 'abstained' | 'budget' | 'exhausted' {
    try {
      const outcome = replayStrategy(plan.core, this.#tableOf(plan));
      if (outcome.chosen === undefined) return outcome.status === 'budget' ? 'budget' : 'abstained';
      return this.#table.gold.correct(rowOf(outcome.chosen)) ? 'passed' : 'failed';
    } catch (error) {
      if (!TollgateError.isInstance(error) || error.code !== 'exhausted') throw error;
      this.exhausted = error;
      return 'exhausted';
    }
  }

  #tableOf(plan: StrategyPlan): ReplayTable {
    const { class: taskClass, features, prompt } = this.#task;
    return {
      sources: plan.sources.map((source) => this.#sourceOf(source)),
      scorers: plan.scorers.map((scorer) => scorer.name),
      score: (scorer, ids) => ids.map((id) => this.#verdict(plan, scorer, id)),
      promptCharacters: prompt?.length ?? 0,
      ...(taskClass !== undefined && { taskClass }),
      ...(features !== undefined && { features }),
    };
  }

  #sourceOf(source: Model): ReplaySource {
    const view: SourceView = {
      name: source.modelId,
      samples: { nativeMax: 1, promptBilledOnce: false, cancelOne: false },
      logprobs: 'none',
      continuation: 'none',
    };
    const nested = strategyOf(source);
    if (nested !== undefined) return replayAsSource(nested.core, this.#tableOf(nested), view);
    return { view, draw: (count) => this.#draw(source.modelId, count) };
  }

  #draw(model: string, count: number): readonly CandidateView[] {
    const deck = this.#deck(model);
    if (deck.next + count > deck.rows.length) {
      throw new TollgateError(
        'exhausted',
        `${this.#table.source}: task "${this.#task.id}" has ${deck.rows.length} samples of "${model}", and ${deck.next + count} are needed. Record more, ask for fewer, or leave such tasks out with --when-exhausted drop.`,
      );
    }
    const drawn = deck.rows.slice(deck.next, deck.next + count);
    const nano = drawn.reduce((sum, row) => sum + this.#table.costNanoUsd(row), 0);
    if (this.costNano + nano > this.#leftNano) {
      throw new TollgateError('budget-exceeded', `The cap is reached at task "${this.#task.id}".`);
    }
    deck.next += count;
    this.costNano += nano;
    for (const row of drawn) this.rows.push({ row, model });
    return drawn.map((row) => this.#table.candidate(row, 0));
  }

  #deck(model: string): { readonly rows: readonly number[]; next: number } {
    const known = this.#decks.get(model);
    if (known !== undefined) return known;
    const { first, count } = this.#table.rowsOf(this.#task.id, model);
    const rows = Array.from({ length: count }, (_, i) => first + i);
    // The order depends on task and model only, so every strategy of a repeat sees the same one.
    const deck = { rows: this.#random?.fork(`${this.#task.id}/${model}`).shuffle(rows) ?? rows, next: 0 };
    this.#decks.set(model, deck);
    return deck;
  }

  /** A recorded verdict: the gold record for an oracle, else the signal named like the scorer, charged as recorded. */
  #verdict(plan: StrategyPlan, scorer: number, candidateId: string): Verdict {
    const definition = plan.scorers[scorer];
    const row = Number(candidateId.slice(candidateId.lastIndexOf('/') + 1));
    if (definition?.oracle === true) {
      return { candidateId, status: this.#table.gold.correct(row) ? 'accept' : 'reject' };
    }
    const name = definition?.name ?? '';
    const value = this.#table.candidate(row, 0).signals?.[name];
    if (value === undefined) return { candidateId, status: 'abstain' };
    const nano = this.#table.signalCostNanoUsd(row, name);
    this.costNano += nano;
    this.verdictNano += nano;
    return { candidateId, status: value >= 0.5 ? 'accept' : 'reject', score: value };
  }
}

function rowOf(candidate: CandidateView): number {
  return Number(candidate.id.slice(candidate.id.lastIndexOf('/') + 1));
}
