import { InvalidOptionError } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agreementRank, type TestedCandidate } from './agreement-rank.ts';

const tested = (id: string, passed: string, count?: number): TestedCandidate => ({
  id,
  passed: passed.split('').map((mark) => mark === '1'),
  ...(count !== undefined && { count }),
});

interface Case {
  readonly name: string;
  readonly candidates: readonly TestedCandidate[];
  readonly testCounts?: readonly number[];
  readonly scores: Record<string, number>;
  readonly order: readonly string[];
}

describe('agreementRank', () => {
  it.each<Case>([
    {
      name: 'puts a group that agrees before a loner that passes more',
      candidates: [tested('c', '111'), tested('a', '110'), tested('b', '110')],
      scores: { a: 4, b: 4, c: 3 },
      order: ['a', 'b', 'c'],
    },
    {
      name: 'groups by which tests are passed, not by how many',
      candidates: [tested('a', '110'), tested('b', '011')],
      scores: { a: 2, b: 2 },
      order: ['a', 'b'],
    },
    {
      name: 'counts equal programs, and puts the commoner one of a group first',
      candidates: [tested('a', '100'), tested('b', '010', 2), tested('c', '010', 3)],
      scores: { a: 1, b: 5, c: 5 },
      order: ['c', 'b', 'a'],
    },
    {
      name: 'counts how often a test was generated',
      candidates: [tested('a', '10'), tested('b', '01')],
      testCounts: [1, 4],
      scores: { a: 1, b: 4 },
      order: ['b', 'a'],
    },
    {
      name: 'scores 0 where no test is passed',
      candidates: [tested('a', '00', 9), tested('b', '10')],
      scores: { a: 0, b: 1 },
      order: ['b', 'a'],
    },
    {
      name: 'goes by the count where there are no tests',
      candidates: [tested('a', ''), tested('b', '', 2)],
      scores: { a: 0, b: 0 },
      order: ['b', 'a'],
    },
    { name: 'has nothing to rank', candidates: [], scores: {}, order: [] },
  ])('$name', ({ candidates, testCounts, scores, order }) => {
    expect(agreementRank(candidates, testCounts)).toEqual({ order, scores });
  });

  it('ranks merged candidates as it ranks them one by one', () => {
    const programs = fc.array(
      fc.record({
        passed: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
        count: fc.integer({ min: 1, max: 4 }),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(programs, (list) => {
        const merged = list.map((one, i) => ({ id: `${i}`, ...one }));
        const single = merged.flatMap(({ id, passed, count }) =>
          Array.from({ length: count }, (_, copy) => ({ id: `${id}/${copy}`, passed })),
        );
        const { scores, order } = agreementRank(merged);
        const bySample = agreementRank(single).scores;
        for (const { id } of merged) expect(bySample[`${id}/0`]).toBe(scores[id]);
        expect(order.toSorted()).toEqual(merged.map(({ id }) => id).toSorted());
        const inOrder = order.map((id) => scores[id] ?? Number.NaN);
        expect(inOrder).toEqual(inOrder.toSorted((a, b) => b - a));
      }),
      { seed: 7 },
    );
  });

  it.each<[string, readonly TestedCandidate[], readonly number[] | undefined]>([
    ['passed', [tested('a', '10'), tested('b', '1')], undefined],
    ['passed', [tested('a', '10')], [1]],
    ['count', [tested('a', '10', 0)], undefined],
    ['count', [tested('a', '10', 1.5)], undefined],
    ['testCounts', [tested('a', '10')], [1, -1]],
  ])('names %s where it does not fit', (option, candidates, testCounts) => {
    expect(() => agreementRank(candidates, testCounts)).toThrow(InvalidOptionError);
    expect(() => agreementRank(candidates, testCounts)).toThrow(new RegExp(`^${option} must`));
  });
});
