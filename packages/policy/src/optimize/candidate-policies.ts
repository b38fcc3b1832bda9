import { type DifficultyTable, fitDifficultyTable } from '@tollgate/router';
import { labelledSamples } from '../calibrate/labelled-samples.ts';
import { learnMultiplexer } from '../calibrate/learn-multiplexer.ts';
import { candidateCascades } from './candidate-cascades.ts';
import { mostCalls, type PolicyExpression } from './policy-expression.ts';
import { type ModelFacts, modelFacts, pairs, type SearchGround, triples } from './search-ground.ts';
import { atShares, evenShares } from './threshold-shares.ts';

const voteSizes = [3, 5, 7, 9, 15, 25, 40];

/**
 * Every policy that is worth a replay on these logs: each model alone; votes, plain and stopping early; cascades; switches;
 * mini-N on recorded scores; spending by difficulty; choosing by prompt. None draws more than `maxCalls` samples.
 */
export function candidatePolicies(ground: SearchGround): readonly PolicyExpression[] {
  const models = modelFacts(ground);
  return [
    ...models.map(({ name }): PolicyExpression => ({ kind: 'single', model: name })),
    ...models.flatMap(votes),
    ...candidateCascades(models, ground),
    ...switches(models),
    ...models.flatMap((model) => miniNs(model, ground, evenShares({ from: 6, to: 20 }, 60 / models.length))),
    ...adaptives(models, ground),
    ...multiplexers(models, ground),
  ].filter((expression) => mostCalls(expression) <= ground.maxCalls);
}

function votes({ name, depth }: ModelFacts): readonly PolicyExpression[] {
  return voteSizes
    .filter((size) => size <= depth)
    .flatMap((samples): PolicyExpression[] => [
      { kind: 'vote', model: name, samples },
      { kind: 'vote-until', model: name, votes: samples, rule: 'curtailed' },
      // A test needs some votes before it can say anything.
      ...(samples < 7 ? [] : [{ kind: 'vote-until', model: name, votes: samples, rule: 'sequential' } as const]),
    ]);
}

function switches(models: readonly ModelFacts[]): readonly PolicyExpression[] {
  const groups = [...pairs(models).flatMap(([a, b]) => [[a, b] as const, [b, a] as const]), ...triples(models)];
  return groups.flatMap((group) =>
    [2, 3, 5, 8]
      .filter((samples) => group.every(({ depth }) => samples <= depth))
      .map(
        (samplesPerModel): PolicyExpression => ({
          kind: 'model-switch',
          models: group.map(({ name }) => name),
          samplesPerModel,
        }),
      ),
  );
}

function miniNs(
  model: ModelFacts,
  { maxCalls, isHarmPriced }: SearchGround,
  shares: readonly number[],
): readonly PolicyExpression[] {
  const total = Math.min(model.depth, maxCalls, 16);
  const modes = isHarmPriced === true ? (['accelerator', 'guardrail'] as const) : (['accelerator'] as const);
  return model.signals.flatMap(({ name: scorer, values }) =>
    atShares(values, [...shares, 1]).flatMap((value) =>
      [1, 2, 4]
        .filter((miniN) => miniN < total)
        .flatMap((miniN) =>
          modes.map(
            (mode): PolicyExpression => ({
              kind: 'mini-n',
              model: model.name,
              miniN,
              total,
              scorer,
              // Just below, so that a verifier's highest score is enough.
              above: value - 1e-9,
              mode,
            }),
          ),
        ),
    ),
  );
}

function adaptives(models: readonly ModelFacts[], ground: SearchGround): readonly PolicyExpression[] {
  const { table, tasks, depth, maxCalls } = ground;
  const prices = fallbackPrices(models, ground);
  return models.flatMap((first, index) => {
    const names = models.slice(index, index + 4).map(({ name }) => name);
    const labelled = tasks.map(({ id }) => ({
      models: names.map((model) =>
        labelledSamples(table, { task: id, model, most: Math.min(depth.get(model) ?? 0, maxCalls) }),
      ),
    }));
    return [3, 4, 5]
      .filter((probe) => probe <= Math.min(first.depth, maxCalls))
      .flatMap((probe) =>
        distinctTables(prices.map((fallbackUsd) => fitDifficultyTable(labelled, { probe, fallbackUsd }))),
      )
      .map((difficulty): PolicyExpression => ({ kind: 'adaptive', models: names, table: difficulty }));
  });
}

function multiplexers(models: readonly ModelFacts[], ground: SearchGround): readonly PolicyExpression[] {
  if (models.length < 2) return [];
  const names = models.map(({ name }) => name);
  const state = learnMultiplexer(ground.table, { tasks: ground.tasks, models: names });
  if (state === undefined) return [];
  return fallbackPrices(models, ground).map(
    (fallbackUsd): PolicyExpression => ({ kind: 'multiplex', models: names, state, fallbackUsd }),
  );
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
