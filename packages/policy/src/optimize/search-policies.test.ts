import { describe, expect, it } from 'vitest';
import { noisyTable } from './__fixtures__/outcome-tables.ts';
import { candidatePolicies } from './candidate-policies.ts';
import { commonTasks } from './common-tasks.ts';
import { evaluatePolicy, type ReplayGround } from './evaluate-policy.ts';
import { chooseBest, meansOf, type Objective } from './objective.ts';
import { searchPolicies } from './search-policies.ts';

const table = noisyTable({ tasks: 24, samples: 8 });
const { tasks, depth } = commonTasks(table);
const ground: ReplayGround = { table, tasks, orders: 6, seed: 3 };
const expressions = candidatePolicies({ table, tasks, depth, maxCalls: 20, fallbackUsd: 0.1, isHarmPriced: true });

describe('searchPolicies', () => {
  it.each<[Objective]>([[{ accuracy: 0.8 }], [{ usdPerTask: 0.01 }], [{ fallbackUsd: 0.1, harmUsd: 0.5 }]])(
    'finds for %j what replaying every policy in every order finds',
    (objective) => {
      const seen: string[] = [];
      const { first, finalists } = searchPolicies(expressions, {
        ground,
        objective,
        onProgress: ({ done, of }) => seen.push(`${done}/${of}`),
      });
      expect(expressions.length).toBeGreaterThan(400);
      expect(first).toHaveLength(expressions.length);
      expect(finalists.length).toBeGreaterThanOrEqual(200);
      expect(finalists.length).toBeLessThan(expressions.length);
      expect(finalists[0]).toEqual(evaluatePolicy(finalists[0]?.expression ?? { kind: 'single', model: '' }, ground));
      const all = expressions.flatMap((expression) => evaluatePolicy(expression, ground) ?? []);
      const [mine, best] = [chooseBest(finalists, objective), chooseBest(all, objective)];
      expect(mine?.chosen.expression).toEqual(best?.chosen.expression);
      expect(mine && meansOf(mine.chosen)).toEqual(best && meansOf(best.chosen));
      expect(new Set(seen).size).toBeGreaterThan(600);
    },
  );

  it('keeps single models and votes, however bad', () => {
    const { first, finalists } = searchPolicies(expressions, { ground, objective: { accuracy: 0.8 } });
    const compared = (of: typeof first): number =>
      of.filter(({ expression: { kind } }) => kind === 'single' || kind === 'vote').length;
    expect(compared(finalists)).toBe(compared(first));
    expect(compared(first)).toBe(12);
  });

  it('replays all in all orders where they are few', () => {
    const few = expressions.slice(0, 20);
    const { first, finalists } = searchPolicies(few, { ground, objective: { accuracy: 0.8 } });
    expect(finalists).toBe(first);
    expect(first).toEqual(few.map((expression) => evaluatePolicy(expression, ground)));
  });
});
