import { askPair, type Pair, type PairSort } from './pair-sort.ts';

/**
 * Heap selection: a heap of all places, from which the first `keep` are taken. Each comparison waits for the one before it;
 * in return the worst case is as good as any.
 */
// Source: arXiv 2505.24643. Rule: build from the last parent up, two comparisons a level, `keep` extractions.
export function* heapSelect(places: readonly number[], keep: number): PairSort {
  const heap = [...places];
  for (let parent = Math.floor(heap.length / 2) - 1; parent >= 0; parent -= 1) yield* sink(heap, parent);
  const taken: number[] = [];
  while (taken.length < keep && heap.length > 0) {
    const last = heap.pop() as number;
    taken.push(heap[0] ?? last);
    if (heap.length === 0) break;
    heap[0] = last;
    yield* sink(heap, 0);
  }
  return [...taken, ...heap];
}

/** Moves a place down until neither of those below it comes before it. */
function* sink(heap: number[], from: number): Generator<readonly Pair[], void, readonly boolean[]> {
  const sunk = heap[from];
  if (sunk === undefined) return;
  let at = from;
  for (;;) {
    let first = at;
    for (const below of [2 * at + 1, 2 * at + 2]) {
      const [one, other] = [heap[below], heap[first]];
      if (one !== undefined && other !== undefined && (yield* askPair(one, other))) first = below;
    }
    if (first === at) return;
    heap[at] = heap[first] as number;
    heap[first] = sunk;
    at = first;
  }
}
