import { outOfRange } from './out-of-range.ts';

// Source: Kendall 1945, τ-b. Rule: (agreeing − contrary pairs) / √(pairs untied in first · pairs untied in second).
/**
 * Kendall's rank correlation of paired values (τ-b), in [-1, 1]: of two pairs, how much more often they are ordered alike
 * than contrarily. Without ties the share of agreeing pairs minus that of contrary ones.
 *
 * `undefined` when there are fewer than two pairs or one side is constant. Time grows with the square of the length.
 *
 * @throws RangeError when the lengths differ or a value is NaN.
 * @example
 * kendallCorrelation([1, 2, 3, 4, 5], [0.25, 0.27, 0.26, 0.3, 0.33]); // 0.8
 */
export function kendallCorrelation(first: readonly number[], second: readonly number[]): number | undefined {
  if (second.length !== first.length) {
    throw outOfRange('second.length', `equal to first.length (${first.length})`, second.length);
  }
  for (const [parameter, values] of [
    ['first', first],
    ['second', second],
  ] as const) {
    const i = values.findIndex((value) => Number.isNaN(value));
    if (i !== -1) throw outOfRange(`${parameter}[${i}]`, 'a number', NaN);
  }
  let balance = 0;
  let untiedFirst = 0;
  let untiedSecond = 0;
  for (const [i, x] of first.entries()) {
    const y = second[i] ?? NaN;
    for (let j = 0; j < i; j += 1) {
      const otherX = first[j] ?? NaN;
      const otherY = second[j] ?? NaN;
      // Compared, not subtracted: two infinities would give NaN.
      const inFirst = Number(x > otherX) - Number(x < otherX);
      const inSecond = Number(y > otherY) - Number(y < otherY);
      balance += inFirst * inSecond;
      untiedFirst += inFirst ** 2;
      untiedSecond += inSecond ** 2;
    }
  }
  return untiedFirst === 0 || untiedSecond === 0 ? undefined : balance / Math.sqrt(untiedFirst * untiedSecond);
}
