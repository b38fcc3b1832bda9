import { type ModelFacts, pairs, type SearchGround, triples } from './search-ground.ts';
import { atShares, evenShares } from './threshold-shares.ts';
import type { ConfidenceExpression, PolicyExpression } from './policy-expression.ts';

type StageTest = readonly [confidence: ConfidenceExpression, accept: number];

/**
 * Cascades of two and three models on every confidence there is, of two models that have to agree, of a model that is asked
 * again until it is sure, and ones that end in a vote.
 */
export function candidateCascades(models: readonly ModelFacts[], ground: SearchGround): readonly PolicyExpression[] {
  const two = pairs(models);
  // More thresholds where there are few pairs of models to try them on.
  const fine = evenShares({ from: 12, to: 100 }, 200 / two.length);
  const some = evenShares({ from: 3, to: 10 }, 10 / two.length);
  const coarse = [0.2, 0.5, 0.8];
  return [
    ...two.flatMap(([small, big]) => [
      ...stageTests(small, ground, fine).map((test) => cascade([small, big].map(alone), [test])),
      ...endingInVote(big, stageTests(small, ground, some), alone(small)),
      ...askingAgain([small, big], ground, some),
    ]),
    ...agreements(models),
    ...triples(models).flatMap(([a, b, c]) =>
      stageTests(a, ground, coarse).flatMap((first) =>
        stageTests(b, ground, coarse).map((second) => cascade([a, b, c].map(alone), [first, second])),
      ),
    ),
  ];
}

/** Every way to be sure of a model's answer, with thresholds to try. */
function stageTests(model: ModelFacts, { maxCalls }: SearchGround, shares: readonly number[]): readonly StageTest[] {
  const bySignals = model.signals.flatMap(({ name, values, isPriced }) =>
    atShares(values, shares).map(
      (accept): StageTest => [isPriced ? { kind: 'score', scorer: name } : { kind: 'signal', name }, accept],
    ),
  );
  const byVotes = [3, 5]
    .filter((samples) => samples <= Math.min(model.depth, maxCalls - 1))
    .flatMap((samples) =>
      Array.from(
        { length: samples - 1 },
        (_, i): StageTest => [
          { kind: 'vote-share', samples },
          // Just below, for shares are not exact.
          (i + 2) / samples - 1e-9,
        ],
      ),
    );
  return [...bySignals, ...byVotes];
}

function endingInVote(
  big: ModelFacts,
  tests: readonly StageTest[],
  first: PolicyExpression,
): readonly PolicyExpression[] {
  return [3, 5]
    .filter((samples) => samples <= big.depth)
    .flatMap((samples) => tests.map((test) => cascade([first, { kind: 'vote', model: big.name, samples }], [test])));
}

function askingAgain(
  [small, big]: readonly [ModelFacts, ModelFacts],
  { maxCalls }: SearchGround,
  shares: readonly number[],
): readonly PolicyExpression[] {
  return small.signals.flatMap(({ name: scorer, values }) =>
    [2, 4]
      .filter((total) => total <= Math.min(small.depth, maxCalls - 1))
      .flatMap((total) =>
        atShares(values, shares).map(
          (value): PolicyExpression => ({
            kind: 'cascade',
            stages: [
              // Just below, so that a verifier's highest score is enough.
              { kind: 'mini-n', model: small.name, miniN: 1, total, scorer, above: value - 1e-9, mode: 'guardrail' },
              alone(big),
            ],
            confidence: [{ kind: 'verdict' }],
            accept: [null],
          }),
        ),
      ),
  );
}

function agreements(models: readonly ModelFacts[]): readonly PolicyExpression[] {
  return models.flatMap((last, index) =>
    pairs(models.slice(0, index)).map(
      ([a, b]): PolicyExpression => ({
        kind: 'cascade',
        stages: [{ kind: 'agreement', models: [a.name, b.name] }, alone(last)],
        confidence: [{ kind: 'verdict' }],
        accept: [null],
      }),
    ),
  );
}

function cascade(stages: readonly PolicyExpression[], tests: readonly StageTest[]): PolicyExpression {
  return {
    kind: 'cascade',
    stages,
    confidence: tests.map(([confidence]) => confidence),
    accept: tests.map(([, accept]) => accept),
  };
}

function alone({ name }: ModelFacts): PolicyExpression {
  return { kind: 'single', model: name };
}
