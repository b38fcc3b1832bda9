import {
  type CandidateView,
  type Model,
  replayAsSource,
  type ReplaySource,
  replayStrategy,
  type ReplayTable,
  type ReplayVerdicts,
  type SourceView,
  strategyOf,
  type StrategyPlan,
  TollgateError,
  type Verdict,
} from '@tollgate/sdk';
import { promptFeatures } from '@tollgate/router';
import type { Random } from '@tollgate/stats';
import type { OutcomesTable, OutcomeTask } from '../outcomes/outcomes-table.ts';
import { Deck } from './deck.ts';
import type { SharedSamples } from './shared-samples.ts';

/** What was drawn of one model, or paid for one scorer. */
export interface Spending {
  draws: number;
  tokens: number;
  nano: number;
}

/** How a task is replayed. */
export interface TaskReplayOptions {
  /** Without it samples keep the table's order. */
  readonly random: Random | undefined;
  /** What may still be spent, in nano-dollars. */
  readonly leftNano: number;
  /** Spares the work of shuffling again what other replays in the same order have shuffled. */
  readonly shared?: { readonly samples: SharedSamples; readonly order: number };
}

/** One strategy on one task of a table: what it drew, what that cost, and how it ended. */
export class TaskReplay {
  /** Nano-dollars of samples and verdicts together. */
  costNano = 0;
  /** The strategy stood by its answer. */
  accepted = false;
  /** By name of the model or, for verdicts that cost something, of the scorer. */
  readonly spending = new Map<string, Spending>();
  readonly #table: OutcomesTable;
  readonly #task: OutcomeTask;
  readonly #options: TaskReplayOptions;
  readonly #samples: Pick<OutcomesTable, 'candidate'>;
  readonly #decks: Map<string, Deck>;

  constructor(table: OutcomesTable, task: OutcomeTask, options: TaskReplayOptions) {
    this.#table = table;
    this.#task = task;
    this.#options = options;
    const { shared } = options;
    this.#samples = shared?.samples ?? table;
    this.#decks = shared === undefined ? new Map() : shared.samples.decks(task, shared.order);
  }

  /** @throws TollgateError `exhausted`, naming task and model, when samples run out. */
  run(plan: StrategyPlan): 'passed' | 'failed' | 'abstained' | 'budget' {
    const outcome = replayStrategy(plan.core, this.#tableOf(plan));
    this.accepted = outcome.status === 'accepted' || outcome.status === 'unverified';
    if (outcome.chosen === undefined) return outcome.status === 'budget' ? 'budget' : 'abstained';
    return this.#table.gold.correct(rowOf(outcome.chosen.id)) ? 'passed' : 'failed';
  }

  #tableOf(plan: StrategyPlan): ReplayTable {
    const { class: taskClass, prompt } = this.#task;
    const features = featuresOf(this.#task);
    return {
      sources: plan.sources.map((source, from) => this.#sourceOf(source, from)),
      scorers: plan.scorers.map((scorer) => scorer.name),
      score: (scorer, ids) => this.#score(plan, scorer, ids),
      promptCharacters: prompt?.length ?? 0,
      ...(taskClass !== undefined && { taskClass }),
      ...(features !== undefined && { features }),
    };
  }

  #sourceOf(source: Model, from: number): ReplaySource {
    const view: SourceView = { name: source.modelId, ...tableSource };
    const nested = strategyOf(source);
    if (nested !== undefined) return replayAsSource(nested.core, this.#tableOf(nested), view);
    return { view, draw: (count) => this.#draw(source.modelId, { count, from }) };
  }

  #draw(model: string, { count, from }: { readonly count: number; readonly from: number }): readonly CandidateView[] {
    const table = this.#table;
    const deck = this.#deck(model);
    const rows = deck.next(count);
    if (rows.length < count) {
      throw new TollgateError(
        'exhausted',
        `${table.source}: task "${this.#task.id}" has ${deck.size} samples of "${model}", and ${deck.drawn + count} are needed. Record more, ask for fewer, or leave such tasks out with --when-exhausted drop.`,
      );
    }
    let nano = 0;
    let tokens = 0;
    for (const row of rows) {
      nano += table.costNanoUsd(row);
      tokens += table.tokens(row) ?? 0;
    }
    this.#spend(model, { draws: count, tokens, nano });
    deck.drawn += count;
    return rows.map((row) => this.#samples.candidate(row, from));
  }

  #deck(model: string): Deck {
    let deck = this.#decks.get(model);
    if (deck === undefined) {
      // The order depends on task and model only, so every strategy of a repeat sees the same one.
      const { random } = this.#options;
      deck = new Deck(this.#table.rowsOf(this.#task.id, model), random?.fork(`${this.#task.id}/${model}`));
      this.#decks.set(model, deck);
    }
    return deck;
  }

  /** Recorded verdicts: the gold record for an oracle, else the signal named like the scorer, charged as recorded. */
  #score(plan: StrategyPlan, index: number, ids: readonly string[]): ReplayVerdicts {
    const { name = '', oracle = false } = plan.scorers[index] ?? {};
    const table = this.#table;
    if (oracle) {
      return {
        verdicts: ids.map((candidateId) => ({
          candidateId,
          status: table.gold.correct(rowOf(candidateId)) ? 'accept' : 'reject',
        })),
      };
    }
    let nano = 0;
    const verdicts = ids.map((candidateId): Verdict => {
      const row = rowOf(candidateId);
      const score = this.#samples.candidate(row, 0).signals?.[name];
      if (score === undefined) return { candidateId, status: 'abstain' };
      nano += table.signalCostNanoUsd(row, name);
      return { candidateId, status: score >= 0.5 ? 'accept' : 'reject', score };
    });
    if (nano > 0) this.#spend(name, { draws: 0, tokens: 0, nano });
    return { verdicts };
  }

  /** Charges what the cap leaves room for, all of it or nothing. */
  #spend(name: string, { draws, tokens, nano }: Spending): void {
    if (this.costNano + nano > this.#options.leftNano) {
      throw new TollgateError('budget-exceeded', `The cap leaves no room for "${name}" at task "${this.#task.id}".`);
    }
    this.costNano += nano;
    let spending = this.spending.get(name);
    if (spending === undefined) this.spending.set(name, (spending = { draws: 0, tokens: 0, nano: 0 }));
    spending.draws += draws;
    spending.tokens += tokens;
    spending.nano += nano;
  }
}

/** What a table offers of every source. */
const tableSource = {
  samples: { nativeMax: 1, promptBilledOnce: false, cancelOne: false },
  logprobs: 'none',
  continuation: 'none',
} as const satisfies Partial<SourceView>;

const readOff = new WeakMap<OutcomeTask, { readonly [name: string]: number }>();

/** The features of a task, else those of its prompt, which are read off once. */
function featuresOf(task: OutcomeTask): { readonly [name: string]: number } | undefined {
  if (task.features !== undefined || task.prompt === undefined) return task.features;
  let features = readOff.get(task);
  if (features === undefined) readOff.set(task, (features = promptFeatures(task.prompt)));
  return features;
}

/** The row of a candidate. Every strategy around it has put its own name in front. */
function rowOf(candidateId: string): number {
  return Number(candidateId.slice(candidateId.lastIndexOf('/') + 1));
}
