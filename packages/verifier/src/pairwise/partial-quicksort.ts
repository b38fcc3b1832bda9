import type { PairSort } from './pair-sort.ts';

/**
 * Quicksort that orders the first `keep` places only: all comparisons with a pivot are asked at once, and the part behind it
 * is sorted only while places are missing.
 *
 * @param places What is sorted, as it was ranked before: the middle one is the pivot, so a list that is nearly in order
 * splits evenly.
 */
// Source: batched sorting for pairwise ranking, arXiv 2505.24643. Rule: ⌈(m − 1) / b⌉ inferences for a partition of m.
export function* partialQuicksort(places: readonly number[], keep: number): PairSort {
  const middle = Math.floor(places.length / 2);
  const pivot = places[middle];
  if (pivot === undefined || places.length === 1 || keep < 1) return places;
  const others = places.toSpliced(middle, 1);
  const isBefore = yield others.map((one) => ({ one, other: pivot }));
  const before = others.filter((_, i) => isBefore[i] === true);
  const behind = others.filter((_, i) => isBefore[i] !== true);
  return [
    ...(yield* partialQuicksort(before, keep)),
    pivot,
    ...(yield* partialQuicksort(behind, keep - before.length - 1)),
  ];
}
