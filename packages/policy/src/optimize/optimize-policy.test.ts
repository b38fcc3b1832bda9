import { createRandom } from '@tollgate/stats';
import { InvalidOptionError } from '@tollgate/sdk';
import { describe, expect, it } from 'vitest';
import type { OutcomesTable } from '../outcomes/outcomes-table.ts';
import { linesOf, noisyTable, tableOf } from './__fixtures__/outcome-tables.ts';
import type { Objective } from './objective.ts';
import { optimizePolicy, type OptimizePolicyOptions } from './optimize-policy.ts';
import { splitTasks } from './split-tasks.ts';

/** The small model is right on three tasks of four, and its confidence says on which. The big one is always right. */
function knowingTable(tasks = 80): OutcomesTable {
  const random = createRandom(4);
  return tableOf(
    linesOf({ tasks, models: ['small', 'big'], samples: 1 }, ({ task, model }) => {
      const correct = model === 'big' || task % 4 > 0;
      return {
        answer: correct ? 'right' : 'wrong',
        correct,
        costUsd: model === 'big' ? 1 : 0.01,
        signals: { sure: correct ? 0.8 + 0.2 * random.next() : 0.5 * random.next() },
      };
    }),
  );
}

describe('on a table whose best policy is known', () => {
  const optimized = optimizePolicy({ table: knowingTable(), objective: { accuracy: 1 }, seed: 3 });
  const heldOut = splitTasks(knowingTable().tasks, 3)[1];
  const hard = heldOut.filter(({ id }) => Number(id.slice(1)) % 4 === 0).length / heldOut.length;

  it('finds the cascade, and what it costs on the held-out half', () => {
    expect(optimized.chosen.expression).toMatchObject({
      kind: 'cascade',
      stages: [
        { kind: 'single', model: 'small' },
        { kind: 'single', model: 'big' },
      ],
      confidence: [{ kind: 'signal', name: 'sure' }],
    });
    expect(optimized.chosen.name).toMatch(/^small if sure >= 0\.\d+ else big$/);
    expect(optimized).toMatchObject({
      met: true,
      notes: [],
      searched: { tasks: 40, heldOutTasks: 40, leftOut: 0, orders: 1 },
    });
    // A task that the threshold of the search half is unlucky with goes to the big model: right, and dearer.
    expect(optimized.heldOut.accuracy).toBe(1);
    expect(optimized.heldOut.usdPerTask).toBeGreaterThanOrEqual(0.01 + hard - 1e-9);
    expect(optimized.heldOut.usdPerTask).toBeLessThan(0.01 + hard + 0.08);
    expect(optimized.heldOut.callsPerTask).toBeCloseTo(1 + (optimized.heldOut.usdPerTask - 0.01), 9);
    expect(optimized.heldOut.costOfPassUsd).toBeCloseTo(optimized.heldOut.usdPerTask, 12);
  });

  it('compares with one model, the strongest, a coin and the oracle', () => {
    const { baselines, oracle, heldOut: figures } = optimized;
    expect(baselines.map(({ role, name }) => [role, name])).toEqual([
      ['best single model', 'big'],
      ['strongest model', 'big'],
      ['self-consistency at equal cost', 'small'],
      ['random routing at equal cost', expect.stringMatching(/^small or, with 0\.\d\d, big$/)],
    ]);
    const [single, , , coin] = baselines;
    expect(single).toMatchObject({ accuracy: 1, accuracyDifference: 0, usdPerTask: 1 });
    expect(single?.usdDifference).toBeCloseTo(figures.usdPerTask - 1, 9);
    expect(coin?.expression).toBeUndefined();
    expect(coin?.usdPerTask).toBeCloseTo(figures.usdPerTask, 9);
    expect(coin?.accuracy).toBeCloseTo(1 - hard + (hard * (figures.usdPerTask - 0.01)) / 0.99, 9);
    expect(Object.keys(coin?.usdByModel ?? {})).toEqual(['small', 'big']);
    expect(oracle.accuracy).toBe(1);
    expect(oracle.usdPerTask).toBeCloseTo(0.01 * (1 - hard) + hard, 9);
  });

  it('shows the frontier, and what each model is good for', () => {
    expect(optimized.frontier[0]?.name).toBe('small');
    expect(optimized.frontier.map(({ name }) => name)).toContain(optimized.chosen.name);
    const accuracies = optimized.frontier.map(({ accuracy }) => accuracy);
    expect(accuracies).toEqual(accuracies.toSorted((a, b) => a - b));
    const [small, big] = optimized.models;
    expect(small).toMatchObject({ name: 'small', withoutIt: { name: 'big', accuracy: 1, usdPerTask: 1 } });
    expect(big).toMatchObject({ name: 'big', withoutIt: { name: 'small' } });
    expect((small?.shareOfSpend ?? 0) + (big?.shareOfSpend ?? 0)).toBeCloseTo(1, 9);
  });
});

describe('optimizePolicy', () => {
  it('says so where nothing beats a single model', () => {
    const table = tableOf(
      linesOf({ tasks: 60, models: ['plain', 'fancy'], samples: 3 }, ({ task, model }) => ({
        answer: `${task}`,
        correct: task % 5 > 0,
        costUsd: model === 'fancy' ? 1 : 0.01,
        signals: { sure: (task * 7) % 10 },
      })),
    );
    for (const objective of [{ accuracy: 0.7 }, { usdPerTask: 10 }, { fallbackUsd: 1 }]) {
      const { chosen, notes } = optimizePolicy({ table, objective });
      expect(chosen.expression).toEqual({ kind: 'single', model: 'plain' });
      expect(notes).toContain('Nothing beats a single model on these logs.');
    }
  });

  it('promises nothing of the half it searched: every figure is of the other one', () => {
    const seed = 6;
    const shape = { tasks: 60, models: ['small', 'big'], samples: 2 };
    const ids = linesOf(shape, () => ({ answer: 'x', correct: true, costUsd: 0 }));
    const searched = new Set(splitTasks(tableOf(ids).tasks, seed)[0].map(({ id }) => id));
    // On the half that is searched the small model is always right and nearly free; on the other it fails and costs 5.
    const table = tableOf(
      linesOf(shape, ({ task, model }) => {
        const isSearched = searched.has(`t${task}`);
        const correct = model === 'small' ? isSearched : !isSearched;
        return { answer: `${correct}`, correct, costUsd: isSearched ? 0.001 : 5, signals: { sure: task % 9 } };
      }),
    );
    const optimized = optimizePolicy({ table, objective: { accuracy: 0.9 }, seed });
    expect(optimized).toMatchObject({ met: true, chosen: { name: 'small' } });
    expect(optimized.heldOut).toMatchObject({ accuracy: 0, accuracyCi95: [0, 0], usdPerTask: 5, costOfPassUsd: null });
    for (const { accuracy, usdPerTask } of [...optimized.frontier, ...optimized.baselines]) {
      expect(accuracy === 0 || usdPerTask > 5).toBe(true);
      expect(usdPerTask).toBeGreaterThanOrEqual(5);
    }
    expect(optimized.oracle.usdPerTask).toBe(5);
    expect(optimized.notes).toContainEqual(
      expect.stringMatching(/stays below the accuracy that was asked for: 0\.0 % for 90\.0 %/),
    );
  });

  it('gives the same for the same seed, and another split for another', () => {
    const table = noisyTable({ models: ['small', 'big'], samples: 3 });
    const run = (seed: number): string => JSON.stringify(optimizePolicy({ table, objective: { accuracy: 0.8 }, seed }));
    expect(run(1)).toBe(run(1));
    expect(run(1)).not.toBe(run(2));
  });

  it('holds tasks of one group together', () => {
    const table = tableOf(
      linesOf({ tasks: 60, models: ['a', 'b'], samples: 1 }, ({ task }) => ({
        answer: 'x',
        correct: true,
        costUsd: 0.1,
        group: `document ${task % 6}`,
      })),
    );
    const { searched } = optimizePolicy({ table, objective: { accuracy: 0.5 } });
    expect([searched.tasks, searched.heldOutTasks]).toEqual([30, 30]);
  });

  it('keeps within the calls, the kinds and the policies that it is given', () => {
    const table = noisyTable({ samples: 8 });
    const objective = { accuracy: 0.99 };
    expect(optimizePolicy({ table, objective, maxCalls: 2, orders: 2 }).heldOut.callsPerTask).toBeLessThanOrEqual(2);
    expect(optimizePolicy({ table, objective, kinds: ['vote'] }).chosen.expression.kind).toBe('vote');
    const extra = [{ kind: 'vote', model: 'big', samples: 8 } as const];
    const own = optimizePolicy({ table, objective: { usdPerTask: 10 }, kinds: ['vote'], extra });
    expect(own.searched.candidates).toBe(3 + 9 + 1);
    expect(optimizePolicy({ table, objective, kinds: ['vote'], extra, maxCalls: 7 }).searched.candidates).toBe(3 + 9);
  });

  it('says what was not met, and leaves out what lacks samples', () => {
    const lines = linesOf({ tasks: 40, models: ['a', 'b', 'rare'], samples: 2 }, ({ task, model }) => ({
      answer: 'x',
      correct: task % 2 === 0,
      costUsd: model === 'a' ? 0.1 : 0.2,
    })).filter(({ task, model }) => (model === 'rare' ? task === 't1' : !(task === 't2' && model === 'b')));
    const { met, notes, searched, models } = optimizePolicy({ table: tableOf(lines), objective: { accuracy: 0.9 } });
    expect(met).toBe(false);
    expect([searched.tasks + searched.heldOutTasks, searched.leftOut]).toEqual([39, 1]);
    expect(models.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(notes).toEqual(
      expect.arrayContaining([
        'No policy met the objective on the search half; the nearest one is shown.',
        '1 tasks of logs.jsonl were left out: they lack samples of a model.',
        'The model rare was left out: most tasks have no sample of it.',
      ]),
    );
  });

  const few = noisyTable({ tasks: 19 });
  const apart = tableOf(
    linesOf({ tasks: 40, models: ['a', 'b'], samples: 1 }, () => ({ answer: 'x', correct: true, costUsd: 1 })).filter(
      ({ task, model }) => (Number(task.slice(1)) < 20 ? model === 'a' : model === 'b'),
    ),
  );
  const oneGroup = tableOf(
    linesOf({ tasks: 40, models: ['a'], samples: 1 }, () => ({ answer: 'x', correct: true, costUsd: 1, group: 'g' })),
  );
  const plenty = noisyTable();
  const objective: Objective = { accuracy: 0.8 };

  it.each<[string, OptimizePolicyOptions, RegExp]>([
    [
      'too few tasks',
      { table: few, objective },
      /only 19 tasks have samples of every model \(small, middle, big\); 20 are/,
    ],
    ['no common tasks', { table: apart, objective }, /tasks have samples of every model/],
    ['one group', { table: oneGroup, objective }, /cannot be halved/],
    ['an accuracy in percent', { table: plenty, objective: { accuracy: 80 } }, /For 95 % write 0\.95/],
    ['a negative price', { table: plenty, objective: { fallbackUsd: -1 } }, /fallbackUsd and harmUsd must be/],
    [
      'no calls',
      { table: plenty, objective, maxCalls: 0 },
      /maxCalls must be a whole number of at least 1, received 0/,
    ],
    ['half an order', { table: plenty, objective, orders: 0.5 }, /orders must be a whole number of at least 1/],
    [
      'no policy of a kind',
      { table: noisyTable({ samples: 1 }), objective, kinds: ['vote'] },
      /no policy that its samples are enough for/,
    ],
  ])('refuses %s', (_, options, message) => {
    expect(() => optimizePolicy(options)).toThrow(InvalidOptionError);
    expect(() => optimizePolicy(options)).toThrow(message);
  });
});
