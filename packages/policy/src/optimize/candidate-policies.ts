import {
  type DifficultyTable,
  fitDifficultyTable,
  type LabelledSamples,
  learnAnswer,
  type MultiplexerState,
  priorMultiplexer,
  promptFeatures,
} from '@tollgate/router';
import { quantile } from '@tollgate/stats';
import type { OutcomesTable, OutcomeTask } from '../outcomes/outcomes-table.ts';
import type { ConfidenceExpression, PolicyExpression } from './policy-expression.ts';

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
}

interface ModelFacts {
  readonly name: string;
  readonly usd: number;
  readonly depth: number;
}

/** Thresholds that are tried of a signal, at equal shares of the search half: more where there are few pairs of models. */
function gridShares(models: number): readonly number[] {
  const pairs = Math.max(1, (models * (models - 1)) / 2);
  const size = Math.max(12, Math.min(60, Math.ceil(200 / pairs)));
  return Array.from({ length: size }, (_, i) => (i + 0.5) / size);
}

const voteSizes = [3, 5, 7, 9, 15, 25, 40];

/**
 * Every policy that is worth a replay on these logs: each model alone; votes, plain and stopping early; agreement of two
 * cheap models before a third; cascades of two and three on every signal there is; switches; mini-N on recorded scores;
 * spending by difficulty; choosing by prompt.
 */
export function candidatePolicies(ground: SearchGround): readonly PolicyExpression[] {
  const models = modelFacts(ground);
  const all = [
    ...models.map(({ name }): PolicyExpression => ({ kind: 'single', model: name })),
    ...models.flatMap((model) => votes(model, ground.maxCalls)),
    ...pairs(models).flatMap(([small, big]) => cascadesOfTwo(small, big, ground)),
    ...agreements(models),
    ...triples(models).flatMap((three) => cascadesOfThree(three, ground)),
    ...switches(models, ground.maxCalls),
    ...models.flatMap((model) => miniNs(model, ground)),
    ...adaptives(models, ground),
    ...multiplexers(models, ground),
  ];
  return all;
}

function modelFacts({ table, tasks, depth }: SearchGround): readonly ModelFacts[] {
  return table.models
    .filter((name) => (depth.get(name) ?? 0) > 0)
    .map((name) => ({ name, depth: depth.get(name) ?? 0, usd: meanUsd(table, tasks, name) }))
    .toSorted((a, b) => a.usd - b.usd);
}

function meanUsd(table: OutcomesTable, tasks: readonly OutcomeTask[], model: string): number {
  let nano = 0;
  let count = 0;
  for (const { id } of tasks) {
    const { first, count: rows } = table.rowsOf(id, model);
    for (let row = first; row < first + rows; row += 1) nano += table.costNanoUsd(row);
    count += rows;
  }
  return nano / 1e9 / Math.max(1, count);
}

function votes({ name, depth }: ModelFacts, maxCalls: number): readonly PolicyExpression[] {
  return voteSizes
    .filter((size) => size <= Math.min(depth, maxCalls))
    .flatMap((samples): PolicyExpression[] => [
      { kind: 'vote', model: name, samples },
      { kind: 'vote-until', model: name, votes: samples, rule: 'curtailed' },
    ]);
}

function cascadesOfTwo(small: ModelFacts, big: ModelFacts, ground: SearchGround): readonly PolicyExpression[] {
  return tests(small, ground).map(
    ([confidence, accept]): PolicyExpression => ({
      kind: 'cascade',
      stages: [
        { kind: 'single', model: small.name },
        { kind: 'single', model: big.name },
      ],
      confidence: [confidence],
      accept: [accept],
    }),
  );
}

function cascadesOfThree(
  [a, b, c]: readonly [ModelFacts, ModelFacts, ModelFacts],
  ground: SearchGround,
): readonly PolicyExpression[] {
  const coarse = (model: ModelFacts): readonly (readonly [ConfidenceExpression, number])[] =>
    tests(model, ground, [0.2, 0.5, 0.8]);
  return coarse(a).flatMap(([first, firstAccept]) =>
    coarse(b).map(
      ([second, secondAccept]): PolicyExpression => ({
        kind: 'cascade',
        stages: [a, b, c].map(({ name }) => ({ kind: 'single', model: name })),
        confidence: [first, second],
        accept: [firstAccept, secondAccept],
      }),
    ),
  );
}

/** Every way to be sure of a model's answer, with thresholds to try. */
function tests(
  model: ModelFacts,
  { table, tasks, maxCalls, depth }: SearchGround,
  shares: readonly number[] = gridShares(depth.size),
): readonly (readonly [ConfidenceExpression, number])[] {
  const bySignals = signalsOf(table, tasks, model.name).flatMap(([name, values]) =>
    distinct(shares.map((share) => quantile(values, share))).map(
      (accept) => [{ kind: 'signal', name }, accept] as const,
    ),
  );
  const byVotes = [3, 5]
    .filter((samples) => samples <= Math.min(model.depth, maxCalls - 1))
    .flatMap((samples) =>
      Array.from(
        { length: samples - 1 },
        (_, i) => [{ kind: 'vote-share', samples } as const, (i + 2) / samples - 1e-9] as const,
      ),
    );
  return [...bySignals, ...byVotes];
}

function signalsOf(
  table: OutcomesTable,
  tasks: readonly OutcomeTask[],
  model: string,
): readonly (readonly [string, readonly number[]])[] {
  const values = new Map<string, number[]>();
  for (const { id } of tasks) {
    const { first, count } = table.rowsOf(id, model);
    for (let row = first; row < first + count; row += 1) {
      for (const [name, value] of Object.entries(table.candidate(row, 0).signals ?? {})) {
        const list = values.get(name) ?? [];
        list.push(value);
        values.set(name, list);
      }
    }
  }
  return [...values].filter(([, list]) => list.length >= tasks.length / 2 && new Set(list.slice(0, 200)).size > 1);
}

function agreements(models: readonly ModelFacts[]): readonly PolicyExpression[] {
  return models.flatMap((last, index) =>
    pairs(models.slice(0, index)).map(
      ([a, b]): PolicyExpression => ({
        kind: 'cascade',
        stages: [
          { kind: 'agreement', models: [a.name, b.name] },
          { kind: 'single', model: last.name },
        ],
        confidence: [{ kind: 'verdict' }],
        accept: [null],
      }),
    ),
  );
}

function switches(models: readonly ModelFacts[], maxCalls: number): readonly PolicyExpression[] {
  const groups = [
    ...pairs(models).flatMap(([a, b]) => [
      [a, b],
      [b, a],
    ]),
    ...triples(models),
  ];
  return groups.flatMap((group) =>
    [2, 3, 5, 8]
      .filter((samples) => samples * group.length <= maxCalls && group.every(({ depth }) => samples <= depth))
      .map(
        (samplesPerModel): PolicyExpression => ({
          kind: 'model-switch',
          models: group.map(({ name }) => name),
          samplesPerModel,
        }),
      ),
  );
}

function miniNs(model: ModelFacts, { table, tasks, maxCalls }: SearchGround): readonly PolicyExpression[] {
  const total = Math.min(model.depth, maxCalls, 16);
  if (total < 2) return [];
  return signalsOf(table, tasks, model.name).flatMap(([scorer, values]) =>
    [0.5, 0.7, 0.9, 1].flatMap((share) =>
      [1, 2, 4]
        .filter((miniN) => miniN < total)
        .map(
          (miniN): PolicyExpression => ({
            kind: 'mini-n',
            model: model.name,
            miniN,
            total,
            scorer,
            // Just below, so that a verifier's highest score is enough.
            above: quantile(values, share) - 1e-9,
            mode: 'accelerator',
          }),
        ),
    ),
  );
}

function adaptives(models: readonly ModelFacts[], ground: SearchGround): readonly PolicyExpression[] {
  const prices = fallbackPrices(models, ground);
  return models.flatMap((first, index) => {
    const others = models.slice(index + 1).slice(0, 3);
    return [3, 4, 5]
      .filter((probe) => probe <= Math.min(first.depth, ground.maxCalls))
      .flatMap((probe) => {
        const names = [first, ...others].map(({ name }) => name);
        const labelled = ground.tasks.map((task) => labelledSamples(task, names, ground));
        return distinctTables(prices.map((fallbackUsd) => fitDifficultyTable(labelled, { probe, fallbackUsd }))).map(
          (table): PolicyExpression => ({ kind: 'adaptive', models: names, table }),
        );
      });
  });
}

function labelledSamples(
  { id }: OutcomeTask,
  names: readonly string[],
  { table, depth, maxCalls }: SearchGround,
): LabelledSamples {
  return {
    models: names.map((name) => {
      const { first } = table.rowsOf(id, name);
      const count = Math.min(depth.get(name) ?? 0, maxCalls);
      return Array.from({ length: count }, (_, i) => {
        const { answer } = table.candidate(first + i, 0);
        return {
          correct: table.gold.correct(first + i),
          usd: table.costNanoUsd(first + i) / 1e9,
          ...(answer !== undefined && { answer }),
        };
      });
    }),
  };
}

function multiplexers(models: readonly ModelFacts[], ground: SearchGround): readonly PolicyExpression[] {
  if (models.length < 2) return [];
  const state = learnedState(models, ground);
  if (state === undefined) return [];
  return fallbackPrices(models, ground).map(
    (fallbackUsd): PolicyExpression => ({
      kind: 'multiplex',
      models: models.map(({ name }) => name),
      state,
      fallbackUsd,
    }),
  );
}

/** What the search half teaches about who passes what; undefined where tasks have neither prompts nor features. */
function learnedState(models: readonly ModelFacts[], { table, tasks }: SearchGround): MultiplexerState | undefined {
  const featuresOf = ({ features, prompt }: OutcomeTask): { readonly [name: string]: number } | undefined =>
    features ?? (prompt === undefined ? undefined : promptFeatures(prompt));
  const first = tasks.map(featuresOf).find((features) => features !== undefined);
  if (first === undefined) return undefined;
  let state = priorMultiplexer({ features: Object.keys(first), usdPerAnswer: models.map(({ usd }) => usd) });
  for (const task of tasks) {
    const features = featuresOf(task) ?? {};
    for (const [model, { name }] of models.entries()) {
      const row = table.rowsOf(task.id, name).first;
      state = learnAnswer(state, {
        features,
        model,
        passed: table.gold.correct(row),
        usd: table.costNanoUsd(row) / 1e9,
      });
    }
  }
  return state;
}

/** Prices of a wrong answer to fit by: the user's own, and a range that spans from cheap to dear. */
function fallbackPrices(models: readonly ModelFacts[], { fallbackUsd }: SearchGround): readonly number[] {
  const dearest = Math.max(...models.map(({ usd }) => usd), 1e-9);
  const range = [0.3, 1, 3, 10, 30, 100].map((times) => times * dearest);
  return fallbackUsd === undefined ? range : [fallbackUsd, ...range];
}

function distinctTables(tables: readonly DifficultyTable[]): readonly DifficultyTable[] {
  return [
    ...new Map(
      tables.map((table) => [JSON.stringify(table.bins.map(({ from, action }) => [from, action])), table]),
    ).values(),
  ];
}

function distinct(values: readonly number[]): readonly number[] {
  return [...new Set(values)];
}

/** Pairs of a cheaper and a dearer model. */
function pairs(models: readonly ModelFacts[]): readonly (readonly [ModelFacts, ModelFacts])[] {
  return models.flatMap((a, i) => models.slice(i + 1).map((b) => [a, b] as const));
}

/** Three models in ascending order of cost; of many models the cheapest, the dearest and each between. */
function triples(models: readonly ModelFacts[]): readonly (readonly [ModelFacts, ModelFacts, ModelFacts])[] {
  const few = models.length <= 4;
  return models.flatMap((a, i) =>
    models.slice(i + 1).flatMap((b, j) => {
      const rest = models.slice(i + j + 2);
      const thirds = few ? rest : rest.slice(-1);
      return few || i === 0 ? thirds.map((c) => [a, b, c] as const) : [];
    }),
  );
}
