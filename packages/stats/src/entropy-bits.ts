import { outOfRange } from './out-of-range.ts';

/**
 * The Shannon entropy of a distribution given as counts or weights, in bits.
 *
 * Range [0, log2(number of positive counts)]. No counts, or only zeros, give 0.
 *
 * @throws RangeError when a count is negative or not finite.
 * @example
 * entropyBits([2, 1, 1]); // 1.5
 */
export function entropyBits(counts: Iterable<number>): number {
  const list = [...counts];
  for (const [i, count] of list.entries()) {
    if (!(count >= 0 && count < Infinity)) throw outOfRange(`counts[${i}]`, 'finite and at least 0', count);
  }
  const total = list.reduce((running, count) => running + count, 0);
  return list.reduce((bits, count) => (count > 0 ? bits + (count / total) * Math.log2(total / count) : bits), 0);
}
