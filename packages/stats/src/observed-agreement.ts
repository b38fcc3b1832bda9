import { checkRatings } from './check-ratings.ts';
import { mean } from './mean.ts';

// Source: Fleiss 1971. Rule: P̄ = mean over items of (Σ n² − m) / (m(m − 1)), n the ratings of a class and m of the item.
/**
 * How often two ratings of one item, drawn at random, agree: the mean over the items. Range [0, 1].
 *
 * Ratings are answers of several prompts, models or judges to one item. Agreement by chance counts too: `fleissKappa`
 * takes it out.
 *
 * @param counts By item and by class, how many of its ratings say that class; the same number of ratings for each item.
 * @throws RangeError when there is no item, a count is not a whole number of at least 0, items have different numbers of
 * ratings or classes, or fewer than two ratings.
 * @example
 * observedAgreement([[4, 0], [3, 1]]); // 0.75
 */
export function observedAgreement(counts: readonly (readonly number[])[]): number {
  const ratings = checkRatings(counts);
  return mean(
    counts.map((row) => {
      const pairs = row.reduce((total, count) => total + count * (count - 1), 0);
      return pairs / (ratings * (ratings - 1));
    }),
  );
}
