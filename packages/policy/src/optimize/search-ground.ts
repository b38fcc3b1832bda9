import { meanUsd } from '../outcomes/mean-usd.ts';
import type { OutcomesTable, OutcomeTask } from '../outcomes/outcomes-table.ts';

/** What candidates are made from: the search half only, so that nothing is fitted on what is held out. */
export interface SearchGround {
  readonly table: OutcomesTable;
  readonly tasks: readonly OutcomeTask[];
  /** Samples that every task has, by model. */
  readonly depth: ReadonlyMap<string, number>;
  /** Samples drawn for a task at most. */
  readonly maxCalls: number;
  /** US dollars that a wrong answer costs, where the user said so. */
  readonly fallbackUsd?: number;
  /** Wrong answers that are given as accepted cost extra, so that policies which abstain are worth a try. */
  readonly isHarmPriced?: boolean;
}

/** A model as the search half knows it. */
export interface ModelFacts {
  readonly name: string;
  /** Mean cost of a sample. */
  readonly usd: number;
  /** Samples that every task has. */
  readonly depth: number;
  readonly signals: readonly SignalFacts[];
}

/** A recorded confidence of a model's answers. */
export interface SignalFacts {
  readonly name: string;
  /** In ascending order. */
  readonly values: Float64Array;
  /** Measuring it cost something, so a policy has to ask for it and pay. */
  readonly isPriced: boolean;
}

/** The models, cheapest first. */
export function modelFacts({ table, tasks, depth }: SearchGround): readonly ModelFacts[] {
  return [...depth]
    .map(([name, common]) => ({
      name,
      depth: common,
      usd: meanUsd(table, tasks, name),
      signals: signalFacts(table, tasks, name),
    }))
    .toSorted((a, b) => a.usd - b.usd);
}

/** Pairs of a cheaper and a dearer model. */
export function pairs(models: readonly ModelFacts[]): readonly (readonly [ModelFacts, ModelFacts])[] {
  return models.flatMap((a, i) => models.slice(i + 1).map((b) => [a, b] as const));
}

/** Three models in ascending order of cost; of many models the cheapest, the dearest and each between. */
export function triples(models: readonly ModelFacts[]): readonly (readonly [ModelFacts, ModelFacts, ModelFacts])[] {
  const few = models.length <= 4;
  return models.flatMap((a, i) =>
    models.slice(i + 1).flatMap((b, j) => {
      const rest = models.slice(i + j + 2);
      const thirds = few ? rest : rest.slice(-1);
      return few || i === 0 ? thirds.map((c) => [a, b, c] as const) : [];
    }),
  );
}

/** Signals that half of the tasks have, and that tell answers apart. */
function signalFacts(table: OutcomesTable, tasks: readonly OutcomeTask[], model: string): readonly SignalFacts[] {
  const found = new Map<string, { readonly values: number[]; isPriced: boolean }>();
  for (const { id } of tasks) {
    const { first, count } = table.rowsOf(id, model);
    for (let row = first; row < first + count; row += 1) {
      for (const [name, value] of Object.entries(table.candidate(row, 0).signals ?? {})) {
        let signal = found.get(name);
        if (signal === undefined) found.set(name, (signal = { values: [], isPriced: false }));
        signal.values.push(value);
        signal.isPriced ||= table.signalCostNanoUsd(row, name) > 0;
      }
    }
  }
  return [...found].flatMap(([name, { values, isPriced }]) => {
    const sorted = Float64Array.from(values).toSorted();
    const isTelling = values.length >= tasks.length / 2 && sorted[0] !== sorted.at(-1);
    return isTelling ? [{ name, values: sorted, isPriced }] : [];
  });
}
