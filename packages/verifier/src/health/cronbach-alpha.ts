import { sampleVariance } from '@tollgate/stats';
import { checkMatrix } from './check-matrix.ts';

// Source: Cronbach 1951. Rule: k / (k − 1) · (1 − Σ variances of the items / variance of the totals).
/**
 * How consistently several items measure one thing: 1 where they agree, 0 or below where they do not go together.
 *
 * Undefined with fewer than two items or rows, or where all totals are the same.
 *
 * @param rows One per rated object (model), each with its scores on all items (questions).
 * @throws InvalidOptionError when rows differ in length or a score is not finite.
 * @example
 * cronbachAlpha([[1, 2], [5, 4], [2, 2], [4, 5], [3, 3]]); // 0.909091
 */
export function cronbachAlpha(rows: readonly (readonly number[])[]): number | undefined {
  checkMatrix('rows', rows);
  const items = rows[0]?.length ?? 0;
  if (items < 2 || rows.length < 2) return undefined;
  const total = sampleVariance(rows.map((row) => row.reduce((sum, score) => sum + score, 0)));
  if (total === 0) return undefined;
  const apart = Array.from({ length: items }, (_, j) => sampleVariance(rows.map((row) => row[j] ?? 0)));
  return (items / (items - 1)) * (1 - apart.reduce((sum, variance) => sum + variance, 0) / total);
}
