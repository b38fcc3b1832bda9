import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OutcomeTask } from '../outcomes/outcomes-table.ts';
import { splitTasks } from './split-tasks.ts';

const tasks = fc
  .array(fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined }), { maxLength: 60 })
  .map((groups): readonly OutcomeTask[] =>
    groups.map((group, i) => ({ id: `t${i}`, ...(group !== undefined && { group: `g${group}` }) })),
  );

describe('splitTasks', () => {
  it('gives every task to one half, whole groups together, and never differs by more than the largest group', () => {
    fc.assert(
      fc.property(tasks, fc.integer({ min: 0, max: 1000 }), (all, seed) => {
        const halves = splitTasks(all, seed);
        expect(
          halves
            .flat()
            .map(({ id }) => id)
            .toSorted(),
        ).toEqual(all.map(({ id }) => id).toSorted());
        const groups = halves.map((half) => new Set(half.flatMap(({ group }) => group ?? [])));
        for (const group of groups[0] ?? []) expect(groups[1]?.has(group)).toBe(false);
        const sizes = [...new Set(all.map(({ group }) => group))].map((one) =>
          one === undefined ? 1 : all.filter(({ group }) => group === one).length,
        );
        expect(Math.abs(halves[0].length - halves[1].length)).toBeLessThanOrEqual(Math.max(0, ...sizes));
        expect(splitTasks(all, seed)).toEqual(halves);
      }),
      { seed: 7 },
    );
  });

  it('halves tasks without groups, in another way for another seed', () => {
    const plain = Array.from({ length: 41 }, (_, i) => ({ id: `t${i}` }));
    const [a, b] = splitTasks(plain, 1);
    expect([a.length, b.length]).toEqual([21, 20]);
    expect(splitTasks(plain, 2)[0]).not.toEqual(a);
  });

  it('does not take a task for a group of the same name', () => {
    const [a, b] = splitTasks([{ id: 'x' }, { id: 'y', group: 'x' }], 0);
    expect([a.length, b.length]).toEqual([1, 1]);
  });
});
