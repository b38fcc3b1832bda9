/** Two places of the list that is sorted, and the question whether `one` comes before `other`. */
export interface Pair {
  readonly one: number;
  readonly other: number;
}

/**
 * A sort that asks and does not compare by itself: it yields pairs that may be asked at the same time, is told for each
 * whether `one` comes before `other`, and returns all places with the first `keep` in order.
 */
export type PairSort = Generator<readonly Pair[], readonly number[], readonly boolean[]>;

/** Asks about a single pair. */
export function* askPair(one: number, other: number): Generator<readonly Pair[], boolean, readonly boolean[]> {
  const [before = false] = yield [{ one, other }];
  return before;
}
