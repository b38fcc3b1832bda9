import { describe, expect, it } from 'vitest';
import type { OutcomesTable } from '../outcomes/outcomes-table.ts';
import { linesOf, noisyTable, tableOf } from './__fixtures__/outcome-tables.ts';
import { candidatePolicies } from './candidate-policies.ts';
import { commonTasks } from './common-tasks.ts';
import { mostCalls, type PolicyExpression } from './policy-expression.ts';
import type { SearchGround } from './search-ground.ts';
import { splitTasks } from './split-tasks.ts';

function groundOf(table: OutcomesTable, change: Partial<SearchGround> = {}): SearchGround {
  const { tasks, depth } = commonTasks(table);
  return { table, tasks: splitTasks(tasks, 0)[0], depth, maxCalls: 40, ...change };
}

function kindsOf(policies: readonly PolicyExpression[]): readonly string[] {
  return [...new Set(policies.map(({ kind }) => kind))].toSorted();
}

describe('candidatePolicies', () => {
  it('holds every kind, each policy once, 200 and more on a small table', () => {
    const policies = candidatePolicies(groundOf(noisyTable({ tasks: 60, models: ['a', 'b'], samples: 5 })));
    expect(policies.length).toBeGreaterThanOrEqual(200);
    expect(new Set(policies.map((one) => JSON.stringify(one))).size).toBe(policies.length);
    expect(kindsOf(policies)).toEqual([
      'adaptive',
      'cascade',
      'mini-n',
      'model-switch',
      'multiplex',
      'single',
      'vote',
      'vote-until',
    ]);
  });

  it.each([1, 2, 3, 7])('holds none that may draw more than %i samples', (maxCalls) => {
    const calls = candidatePolicies(groundOf(noisyTable({ tasks: 60, samples: 8 }), { maxCalls })).map(mostCalls);
    expect(Math.max(...calls)).toBe(maxCalls);
  });

  it('is fitted on the search half only', () => {
    const lines = (heldOut: ReadonlySet<string>): OutcomesTable =>
      tableOf(
        linesOf({ tasks: 60, models: ['a', 'b'], samples: 4 }, ({ task, model, sample }) => {
          const isOther = heldOut.has(`t${task}`);
          const correct = (task + sample + (model === 'a' ? 0 : 1)) % 3 > 0;
          return {
            answer: isOther ? `other ${sample}` : `${correct}`,
            correct: isOther ? false : correct,
            costUsd: (model === 'a' ? 0.01 : 0.1) * (isOther ? 7 : 1),
            signals: { sure: isOther ? 99 : (task * 7 + sample) % 10 },
            features: { size: task % 5 },
          };
        }),
      );
    const plain = lines(new Set());
    const ground = groundOf(plain);
    const searched = new Set(ground.tasks.map(({ id }) => id));
    const changed = lines(new Set(plain.tasks.map(({ id }) => id).filter((id) => !searched.has(id))));
    expect(candidatePolicies({ ...ground, table: changed })).toEqual(candidatePolicies(ground));
    expect(JSON.stringify(candidatePolicies(groundOf(changed, { tasks: changed.tasks })))).toContain('99');
  });

  it('asks and pays for a confidence that costs something, and reads one that does not', () => {
    const confidences = (signal: number | { value: number; costUsd: number }, task: number): typeof signal =>
      typeof signal === 'number' ? task % 7 : { ...signal, value: task % 7 };
    const of = (signal: number | { value: number; costUsd: number }): string =>
      JSON.stringify(
        candidatePolicies(
          groundOf(
            tableOf(
              linesOf({ tasks: 40, models: ['a', 'b'], samples: 1 }, ({ task, model }) => ({
                answer: 'x',
                correct: task % 2 === 0,
                costUsd: model === 'a' ? 0.01 : 0.1,
                signals: { judge: confidences(signal, task) },
              })),
            ),
          ),
        ),
      );
    expect(of(1)).toContain('{"kind":"signal","name":"judge"}');
    expect(of(1)).not.toContain('"kind":"score"');
    expect(of({ value: 1, costUsd: 0.001 })).toContain('{"kind":"score","scorer":"judge"}');
    expect(of({ value: 1, costUsd: 0.001 })).not.toContain('"kind":"signal"');
  });

  it('tries to abstain where a wrong answer does harm', () => {
    const table = noisyTable({ tasks: 40, models: ['a'] });
    const modes = (isHarmPriced: boolean): ReadonlySet<string> =>
      new Set(
        candidatePolicies(groundOf(table, { isHarmPriced })).flatMap((one) => (one.kind === 'mini-n' ? one.mode : [])),
      );
    expect([...modes(false)]).toEqual(['accelerator']);
    expect([...modes(true)].toSorted()).toEqual(['accelerator', 'guardrail']);
  });

  it('has each model alone where there is one sample and nothing else', () => {
    const bare = tableOf(
      linesOf({ tasks: 40, models: ['b', 'a'], samples: 1 }, ({ model }) => ({
        answer: 'x',
        correct: true,
        costUsd: model === 'a' ? 0.01 : 0.1,
      })),
    );
    expect(candidatePolicies(groundOf(bare))).toEqual([
      { kind: 'single', model: 'a' },
      { kind: 'single', model: 'b' },
    ]);
  });
});
