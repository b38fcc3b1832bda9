import { outOfRange } from './out-of-range.ts';

/**
 * The number of ratings of each item.
 *
 * @throws RangeError when there is no item, a count is not a whole number of at least 0, items have different numbers of
 * ratings or classes, or fewer than two ratings.
 */
export function checkRatings(counts: readonly (readonly number[])[]): number {
  const [first] = counts;
  if (first === undefined) throw outOfRange('counts.length', 'at least 1', 0);
  const ratings = first.reduce((total, count) => total + count, 0);
  for (const [i, row] of counts.entries()) {
    if (row.length !== first.length)
      throw outOfRange(`counts[${i}].length`, `${first.length}, as of item 0`, row.length);
    for (const [j, count] of row.entries()) {
      if (!Number.isSafeInteger(count) || count < 0) {
        throw outOfRange(`counts[${i}][${j}]`, 'a whole number of at least 0', count);
      }
    }
    const total = row.reduce((running, count) => running + count, 0);
    if (total !== ratings) throw outOfRange(`the sum of counts[${i}]`, `${ratings}, as of item 0`, total);
  }
  if (ratings < 2) throw outOfRange('the number of ratings of an item', 'at least 2', ratings);
  return ratings;
}
