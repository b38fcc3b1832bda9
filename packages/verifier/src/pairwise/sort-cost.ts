/** The sorts that a pairwise ranker can use. */
export type PairSortName = 'quicksort' | 'heap' | 'bubble';

/** What is to be sorted, and how much of it can be asked at once. */
export interface SortTask {
  readonly items: number;
  /** Places that are wanted in order. Range [1, items]. */
  readonly keep: number;
  /** Comparisons at once. Range [1, ∞). */
  readonly atOnce: number;
}

/**
 * Rounds of asking that a sort is expected to take on items in random order, where `atOnce` comparisons are one round: what
 * a run takes in time. Without a cache's hits.
 */
// Source: cost model of arXiv 2505.24643; mean comparisons of partial quicksort, Martínez 2004.
export function sortCost(name: PairSortName, { items: n, keep: k, atOnce }: SortTask): number {
  switch (name) {
    case 'bubble':
      // Each comparison waits for the one before it.
      return k * (n - 1) - (k * (k - 1)) / 2;
    case 'heap':
      // The build takes about 1.88 n, and an extraction sinks a leaf almost to the bottom.
      return 1.88 * n + 2 * k * Math.max(1, Math.log2(n) - 1.5);
    case 'quicksort': {
      const comparisons = 2 * n + 2 * (n + 1) * harmonic(n) - 2 * (n + 3 - k) * harmonic(n + 1 - k) - 6 * k + 6;
      // Pivots among the first k, but for those that stand alone (a third, and half of the ends), and those behind them.
      const partitions = (2 / 3) * k - (k === n ? 1 / 3 : 1 / 6) + harmonic(n + 1 - k) - 1;
      return comparisons / atOnce + partitions * (1 - 1 / atOnce);
    }
    default:
      return name satisfies never;
  }
}

/** The sort with the least expected rounds; of equals quicksort, then bubble. */
export function cheapestSort(task: SortTask): PairSortName {
  const [cheapest] = (['quicksort', 'bubble', 'heap'] as const)
    .map((name) => ({ name, cost: sortCost(name, task) }))
    .toSorted((one, other) => one.cost - other.cost);
  return cheapest?.name ?? 'quicksort';
}

function harmonic(n: number): number {
  let sum = 0;
  for (let i = 1; i <= n; i += 1) sum += 1 / i;
  return sum;
}
