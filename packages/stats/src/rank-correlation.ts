import { outOfRange } from './out-of-range.ts';

// Source: Spearman 1904. Rule: Pearson's correlation of the ranks, which stays right under ties.
/**
 * Spearman's rank correlation of paired values, in [-1, 1]: whether one orders things as the other does.
 *
 * Ties get their average rank. `undefined` when there are fewer than two pairs or one side is constant, since neither
 * has an order to compare.
 *
 * @throws RangeError when the lengths differ or a value is NaN.
 * @example
 * rankCorrelation([1, 2, 3, 4], [10, 20, 40, 30]); // 0.8
 */
export function rankCorrelation(first: readonly number[], second: readonly number[]): number | undefined {
  if (second.length !== first.length) {
    throw outOfRange('second.length', `equal to first.length (${first.length})`, second.length);
  }
  const x = centredRanks('first', first);
  const y = centredRanks('second', second);
  // Centred average ranks are multiples of ½, so these sums are exact and a constant side gives exactly 0.
  const scale = Math.sqrt(dot(x, x)) * Math.sqrt(dot(y, y));
  if (scale === 0) return undefined;
  return Math.max(-1, Math.min(1, dot(x, y) / scale));
}

/** Average ranks, shifted to have mean 0. */
function centredRanks(parameter: string, values: readonly number[]): number[] {
  for (const [i, value] of values.entries()) {
    if (Number.isNaN(value)) throw outOfRange(`${parameter}[${i}]`, 'a number', value);
  }
  const sorted = Float64Array.from(values).sort();
  const firstPlace = new Map<number, number>();
  const lastPlace = new Map<number, number>();
  for (const [place, value] of sorted.entries()) {
    if (!firstPlace.has(value)) firstPlace.set(value, place);
    lastPlace.set(value, place);
  }
  const middle = (values.length - 1) / 2;
  return values.map((value) => ((firstPlace.get(value) ?? 0) + (lastPlace.get(value) ?? 0)) / 2 - middle);
}

function dot(x: readonly number[], y: readonly number[]): number {
  return x.reduce((total, value, i) => total + value * (y[i] ?? 0), 0);
}
