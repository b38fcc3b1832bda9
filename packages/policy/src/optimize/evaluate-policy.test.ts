import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StrategySpec } from '../config/short-form.ts';
import { replayOutcomes } from '../run/replay-outcomes.ts';
import { linesOf, noisyTable, tableOf } from './__fixtures__/outcome-tables.ts';
import { arbitraryPolicy, examplePolicies } from './__fixtures__/policies.ts';
import { buildPolicy } from './build-policy.ts';
import { evaluatePolicy, type PolicyScores } from './evaluate-policy.ts';
import { meansOf } from './objective.ts';
import { modelsOf, type PolicyExpression, policyName } from './policy-expression.ts';
import { recordedScorers } from './recorded-scorers.ts';

const table = noisyTable({ tasks: 12, samples: 15 });
const ground = { table, tasks: table.tasks, orders: 3, seed: 5 };

function specOf(expression: PolicyExpression): StrategySpec {
  return {
    name: policyName(expression),
    models: modelsOf(expression),
    oracle: false,
    build: (models, { answer }) => buildPolicy(expression, { models, answer, scorers: recordedScorers(expression) }),
  };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Scores as a report has them. */
function figuresOf(scores: PolicyScores | undefined): object | undefined {
  if (scores === undefined) return undefined;
  return {
    accuracy: expect.closeTo(meansOf(scores).accuracy, 9),
    costUsd: expect.closeTo(sum(scores.usd) * ground.orders, 9),
    attempts: Math.round(sum(scores.draws) * ground.orders),
    spendByModel: Object.fromEntries(
      [...scores.usdByModel].map(([name, usd]) => [name, expect.closeTo(usd * ground.orders, 9)]),
    ),
  };
}

describe('evaluatePolicy', () => {
  it('comes to what replayOutcomes comes to, whatever the policy', () => {
    fc.assert(
      fc.property(arbitraryPolicy, (expression) => {
        const scores = evaluatePolicy(expression, ground);
        const replay = (): unknown =>
          replayOutcomes({ table, strategies: [specOf(expression)], repeats: ground.orders, seed: ground.seed }).report
            .strategies[0];
        if (scores === undefined) expect(replay).toThrow(/samples of/);
        else expect(replay()).toMatchObject(figuresOf(scores) ?? {});
      }),
      { seed: 11, numRuns: 150 },
    );
  });

  it('gives the same after other policies have drawn from the same samples', () => {
    const alone = examplePolicies.map((expression) => evaluatePolicy(expression, { ...ground }));
    const together = { ...ground };
    expect(examplePolicies.map((expression) => evaluatePolicy(expression, together))).toEqual(alone);
    expect(examplePolicies.map((expression) => evaluatePolicy(expression, together))).toEqual(alone);
  });

  it('knows nothing where samples run out', () => {
    expect(evaluatePolicy({ kind: 'vote', model: 'small', samples: 16 }, ground)).toBeUndefined();
    const nested: PolicyExpression = {
      kind: 'cascade',
      stages: [
        { kind: 'vote', model: 'small', samples: 8 },
        { kind: 'vote', model: 'small', samples: 8 },
      ],
      confidence: [{ kind: 'verdict' }],
      accept: [null],
    };
    // The vote accepts its winner, so the second one is never needed.
    expect(evaluatePolicy(nested, ground)).toBeDefined();
  });

  it('tells a wrong answer that was accepted from one that was not', () => {
    const wrong = tableOf(
      linesOf({ tasks: 4, models: ['m'], samples: 3 }, () => ({
        answer: 'no',
        correct: false,
        costUsd: 0.01,
        signals: { sure: 0.1 },
      })),
    );
    const on = { table: wrong, tasks: wrong.tasks, orders: 1, seed: 0 };
    const guarded = {
      kind: 'mini-n',
      model: 'm',
      miniN: 1,
      total: 2,
      scorer: 'sure',
      above: 0.5,
      mode: 'guardrail',
    } as const;
    expect([...(evaluatePolicy({ kind: 'single', model: 'm' }, on)?.falseAccepts ?? [])]).toEqual([1, 1, 1, 1]);
    expect([...(evaluatePolicy(guarded, on)?.falseAccepts ?? [])]).toEqual([0, 0, 0, 0]);
  });

  it('charges what measuring a confidence cost', () => {
    const priced = tableOf(
      linesOf({ tasks: 2, models: ['small', 'big'], samples: 1 }, ({ task, model }) => ({
        answer: 'x',
        correct: model === 'big',
        costUsd: model === 'big' ? 1 : 0.01,
        signals: { judge: { value: task === 0 ? 0.9 : 0.1, costUsd: 0.002 } },
      })),
    );
    const judged: PolicyExpression = {
      kind: 'cascade',
      stages: [
        { kind: 'single', model: 'small' },
        { kind: 'single', model: 'big' },
      ],
      confidence: [{ kind: 'score', scorer: 'judge' }],
      accept: [0.8],
    };
    const scores = evaluatePolicy(judged, { table: priced, tasks: priced.tasks, orders: 1, seed: 0 });
    expect([...(scores?.usd ?? [])]).toEqual([0.012, 1.012]);
    expect([...(scores?.passed ?? [])]).toEqual([0, 1]);
    expect(Object.fromEntries(scores?.usdByModel ?? [])).toEqual({ small: 0.02, judge: 0.004, big: 1 });
  });
});
