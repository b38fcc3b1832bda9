import { outOfRange } from './out-of-range.ts';

/** How to read the two goals from a point. */
export interface ParetoGoals<Point> {
  /** Lower is better. May be infinite. */
  readonly cost: (point: Point) => number;
  /** Higher is better. May be infinite. */
  readonly value: (point: Point) => number;
}

/**
 * The indices of the points that no other point beats, cheapest first.
 *
 * A point is beaten by one that costs no more and is worth no less, and is better in one of the two. Equal points do
 * not beat each other: all of them are kept, in input order.
 *
 * @throws RangeError when a cost or value is NaN.
 * @example
 * paretoFront([{ usd: 2, accuracy: 0.9 }, { usd: 1, accuracy: 0.8 }, { usd: 3, accuracy: 0.9 }], {
 *   cost: (point) => point.usd,
 *   value: (point) => point.accuracy,
 * }); // [1, 0]
 */
export function paretoFront<Point>(points: readonly Point[], goals: ParetoGoals<Point>): number[] {
  const entries = points.map((point, index) => ({ index, cost: goals.cost(point), value: goals.value(point) }));
  for (const { index, cost, value } of entries) {
    if (Number.isNaN(cost)) throw outOfRange(`cost of points[${index}]`, 'a number', cost);
    if (Number.isNaN(value)) throw outOfRange(`value of points[${index}]`, 'a number', value);
  }
  entries.sort((a, b) => compare(a.cost, b.cost) || compare(b.value, a.value) || a.index - b.index);
  const front: typeof entries = [];
  for (const entry of entries) {
    // The last one kept is the most valuable among all that cost no more.
    const best = front.at(-1);
    const isBetter = best === undefined || entry.value > best.value;
    const isEqual = best !== undefined && entry.value === best.value && entry.cost === best.cost;
    if (isBetter || isEqual) front.push(entry);
  }
  return front.map(({ index }) => index);
}

function compare(a: number, b: number): number {
  // Not a − b: two equal infinities would give NaN.
  return a < b ? -1 : a > b ? 1 : 0;
}
