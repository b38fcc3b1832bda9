import { InvalidOptionError } from '@tollgate/sdk';
import { correlation, mean } from '@tollgate/stats';
import { checkMatrix } from './check-matrix.ts';

// Source: heterotrait-monotrait ratio of correlations, Henseler et al. 2015, with absolute correlations (arXiv 2509.20293).
// Rule: mean |r| between items of two criteria / √(mean |r| within the one · mean |r| within the other).
/**
 * How far two criteria measure the same: near 0 they are apart, above 0.85 they are one criterion under two names. Range
 * [0, ∞).
 *
 * Undefined where a criterion has fewer than two items that vary, or its own items do not go together at all.
 *
 * @param first Scores on one criterion: a row per rated object (model), a column per item (question).
 * @param second The same objects in the same order, on the other criterion.
 * @throws InvalidOptionError when rows differ in length or number, or a score is not finite.
 */
export function traitRatio(
  first: readonly (readonly number[])[],
  second: readonly (readonly number[])[],
): number | undefined {
  checkMatrix('first', first);
  checkMatrix('second', second);
  if (first.length !== second.length) {
    const message = `second must hold as many rows as first (${first.length}), received ${second.length}.`;
    throw new InvalidOptionError('second', message);
  }
  const [own, other] = [columnsOf(first), columnsOf(second)];
  const across = meanSize(own.flatMap((x) => other.map((y) => correlation(x, y))));
  const scale = Math.sqrt((withinSize(own) ?? 0) * (withinSize(other) ?? 0));
  return across === undefined || scale === 0 ? undefined : across / scale;
}

function columnsOf(rows: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return (rows[0] ?? []).map((_, j) => rows.map((row) => row[j] ?? 0));
}

function withinSize(columns: readonly (readonly number[])[]): number | undefined {
  return meanSize(columns.flatMap((x, i) => columns.slice(i + 1).map((y) => correlation(x, y))));
}

function meanSize(correlations: readonly (number | undefined)[]): number | undefined {
  const known = correlations.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : mean(known.map(Math.abs));
}
