import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cheapestSort, sortCost } from './sort-cost.ts';

const task = { items: 100, keep: 10 };

describe('sortCost', () => {
  it.each([
    ['heap', 1, 288.6],
    ['bubble', 1, 945],
    ['quicksort', 1, 245.4],
    ['quicksort', 2, 125.9],
    ['quicksort', 8, 36.7],
    ['quicksort', 32, 15.7],
  ] as const)('of %s with %d at once is near what random orders take (%d)', (name, atOnce, measured) => {
    expect(Math.abs(sortCost(name, { ...task, atOnce }) / measured - 1)).toBeLessThan(0.2);
  });

  it('of bubbling is its closed form', () => {
    expect(sortCost('bubble', { items: 8, keep: 3, atOnce: 1 })).toBe(7 + 6 + 5);
  });
});

describe('cheapestSort', () => {
  it.each([
    [{ items: 100, keep: 10, atOnce: 1 }, 'quicksort'],
    [{ items: 100, keep: 1, atOnce: 1 }, 'bubble'],
    [{ items: 100, keep: 1, atOnce: 2 }, 'quicksort'],
    [{ items: 2, keep: 1, atOnce: 1 }, 'quicksort'],
    [{ items: 1, keep: 1, atOnce: 1 }, 'quicksort'],
  ] as const)('for %j is %s', (given, expected) => {
    expect(cheapestSort(given)).toBe(expected);
  });

  it('is quicksort wherever two comparisons or more run at once', () => {
    const sizes = fc.integer({ min: 2, max: 300 }).chain((items) =>
      fc.record({
        items: fc.constant(items),
        keep: fc.integer({ min: 1, max: items }),
        atOnce: fc.integer({ min: 2, max: 64 }),
      }),
    );
    fc.assert(
      fc.property(sizes, (given) => {
        expect(cheapestSort(given)).toBe('quicksort');
      }),
      { seed: 4, numRuns: 500 },
    );
  });
});
