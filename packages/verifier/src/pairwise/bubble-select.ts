import { askPair, type PairSort } from './pair-sort.ts';

/**
 * Bubble selection: `keep` passes from the last place up, each of which brings the first of what is left to the front.
 * Later passes repeat most pairs that did not move, so it wants a cache.
 */
// Source: arXiv 2505.24643. Rule: Σ (n − 1 − i) comparisons over the passes i < keep, without an early stop.
export function* bubbleSelect(places: readonly number[], keep: number): PairSort {
  const list = [...places];
  for (let pass = 0; pass < Math.min(keep, list.length); pass += 1) {
    for (let at = list.length - 1; at > pass; at -= 1) {
      const [upper, lower] = [list[at - 1] as number, list[at] as number];
      if (!(yield* askPair(lower, upper))) continue;
      list[at - 1] = lower;
      list[at] = upper;
    }
  }
  return list;
}
