import { createRandom } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bubbleSelect } from './bubble-select.ts';
import { heapSelect } from './heap-select.ts';
import type { PairSort } from './pair-sort.ts';
import { partialQuicksort } from './partial-quicksort.ts';

type Sort = (places: readonly number[], keep: number) => PairSort;

interface Count {
  readonly comparisons: number;
  /** Comparisons that a cache of unordered pairs would have had to make. */
  readonly misses: number;
  readonly batches: readonly number[];
  readonly order: readonly number[];
}

/** Runs a sort on scores; a tie goes to the earlier place. */
function run(sort: Sort, scores: readonly number[], keep: number): Count {
  const pairs = new Set<string>();
  const batches: number[] = [];
  const asking = sort([...scores.keys()], keep);
  let step = asking.next();
  while (step.done !== true) {
    batches.push(step.value.length);
    for (const { one, other } of step.value) pairs.add(`${Math.min(one, other)},${Math.max(one, other)}`);
    step = asking.next(
      step.value.map(({ one, other }) => {
        const [a = 0, b = 0] = [scores[one], scores[other]];
        return a > b || (a === b && one < other);
      }),
    );
  }
  const comparisons = batches.reduce((sum, size) => sum + size, 0);
  return { comparisons, misses: pairs.size, batches, order: step.value };
}

function inferences({ batches }: Count, batch: number): number {
  return batches.reduce((sum, size) => sum + Math.ceil(size / batch), 0);
}

const hundred = Array.from({ length: 100 }, (_, i) => (37 * i + 11) % 101);
const eight = [3, 7, 1, 8, 2, 6, 5, 4];

describe('counts of arXiv 2505.24643’s cost model', () => {
  it.each([
    ['heap', heapSelect, 289, 277],
    ['bubble', bubbleSelect, 945, 829],
    ['quicksort', partialQuicksort, 200, 200],
  ] as const)(
    '%s finds the first 10 of 100 with %3$d comparisons, of which a cache makes %4$d',
    (_, sort, ...counts) => {
      const { comparisons, misses, order } = run(sort, hundred, 10);
      expect([comparisons, misses]).toEqual(counts);
      expect(order.slice(0, 10).map((place) => hundred[place])).toEqual([100, 99, 98, 97, 96, 95, 94, 93, 92, 91]);
    },
  );

  it.each([
    ['heap', heapSelect, 20, 16],
    ['bubble', bubbleSelect, 18, 14],
    ['quicksort', partialQuicksort, 13, 13],
  ] as const)('%s finds the first 3 of 8', (_, sort, ...counts) => {
    const { comparisons, misses, order } = run(sort, eight, 3);
    expect([comparisons, misses]).toEqual(counts);
    expect(order.slice(0, 3)).toEqual([3, 1, 5]);
  });

  it.each([
    [1, 200],
    [2, 104],
    [4, 55],
    [8, 31],
    [16, 20],
    [32, 14],
    [64, 11],
    [128, 10],
  ])('quicksort with %d at once takes %d inferences for the first 10 of 100', (batch, expected) => {
    expect(inferences(run(partialQuicksort, hundred, 10), batch)).toBe(expected);
  });

  it.each([
    [2, 8],
    [4, 5],
    [8, 3],
    [64, 3],
  ])('quicksort with %d at once takes %d inferences for the first 3 of 8', (batch, expected) => {
    expect(inferences(run(partialQuicksort, eight, 3), batch)).toBe(expected);
  });

  it('on random orders takes the mean numbers of the table', () => {
    const random = createRandom(1);
    const orders = Array.from({ length: 400 }, () => random.shuffle(Array.from({ length: 100 }, (_, i) => i)));
    const meanOf = (sort: Sort, count: (run: Count) => number): number =>
      orders.reduce((sum, scores) => sum + count(run(sort, scores, 10)), 0) / orders.length;
    const within = (mean: number, expected: number): void => {
      expect(Math.abs(mean / expected - 1)).toBeLessThan(0.03);
    };
    within(
      meanOf(heapSelect, ({ comparisons }) => comparisons),
      288.6,
    );
    within(
      meanOf(partialQuicksort, ({ comparisons }) => comparisons),
      245.4,
    );
    for (const [batch, expected] of [
      [2, 125.9],
      [8, 36.7],
      [32, 15.7],
    ] as const) {
      within(
        meanOf(partialQuicksort, (each) => inferences(each, batch)),
        expected,
      );
    }
    within(
      meanOf(bubbleSelect, ({ misses }) => misses),
      828.2,
    );
  });

  it('on nearly sorted orders repeats far more pairs by bubbling', () => {
    const random = createRandom(2);
    const counts = Array.from({ length: 100 }, () => {
      const scores = Array.from({ length: 100 }, (_, i) => 100 - i + 15 * random.normal());
      return run(bubbleSelect, scores, 10).misses;
    });
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    expect(Math.abs(mean / 585.4 - 1)).toBeLessThan(0.05);
  });
});

describe.each([
  ['heap', heapSelect],
  ['bubble', bubbleSelect],
  ['quicksort', partialQuicksort],
] as const)('%s', (_, sort) => {
  it('gives the first places of a stable sort, and every place once', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 40 }), fc.nat(50), (scores, keep) => {
        const { order } = run(sort, scores, keep);
        const stable = [...scores.keys()].toSorted((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
        expect(order.slice(0, keep)).toEqual(stable.slice(0, keep));
        expect(order.toSorted((a, b) => a - b)).toEqual([...scores.keys()]);
      }),
      { seed: 6, numRuns: 300 },
    );
  });

  it('gives every place once whatever it is told', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 }), fc.infiniteStream(fc.boolean()), (count, coins) => {
        const asking = sort([...Array(count).keys()], 5);
        let step = asking.next();
        while (step.done !== true) step = asking.next(step.value.map(() => coins.next().value ?? false));
        expect(step.value.toSorted((a, b) => a - b)).toEqual([...Array(count).keys()]);
      }),
      { seed: 6, numRuns: 200 },
    );
  });

  it.each([[[]], [[1]]])('asks nothing about %j', (scores) => {
    expect(run(sort, scores, 3)).toMatchObject({ comparisons: 0, order: [...scores.keys()] });
  });
});
