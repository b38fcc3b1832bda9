import { mean } from './mean.ts';
import { outOfRange } from './out-of-range.ts';

/** A least-squares fit of one column by others. */
export interface LinearFit {
  readonly intercept: number;
  /** One per column, in units of the target for each unit of the column. 0 for a column that the ones before it explain. */
  readonly coefficients: readonly number[];
  /** Share of the target's variance that the fit explains on these same rows (R²). Range [0, 1]; 1 where the target is constant. */
  readonly explained: number;
}

// What is left of a column after the ones before it, as a share of its size, from where on it is taken as rounding.
const RELATIVE_TOLERANCE = 1e-10;

interface Direction {
  readonly column: number;
  readonly unit: Float64Array;
  /** Size of the column along the earlier directions and, last, along its own. */
  readonly sizes: readonly number[];
  readonly target: number;
}

// Source: least squares by modified Gram-Schmidt (Björck 1967), on columns taken from their means.
/**
 * The plane closest to `target` in squared error, with an intercept.
 *
 * With as many columns as rows less one it fits anything: `explained` says something only where rows are many times more.
 *
 * @param columns One list per regressor, each with one value per row.
 * @throws RangeError when there are no rows, lengths differ or a value is not finite.
 * @example
 * linearFit([[1, 2, 3, 4]], [3, 5, 7, 9]); // { intercept: 1, coefficients: [2], explained: 1 }
 */
export function linearFit(columns: readonly (readonly number[])[], target: readonly number[]): LinearFit {
  if (target.length === 0) throw outOfRange('target.length', 'at least 1', 0);
  const centred = columns.map((column, i) => {
    if (column.length === target.length) return centre(`columns[${i}]`, column);
    throw outOfRange(`columns[${i}].length`, `equal to target.length (${target.length})`, column.length);
  });
  const wanted = centre('target', target);
  const rest = wanted.values.slice();
  const directions: Direction[] = [];
  for (const [column, { values }] of centred.entries()) {
    const left = values.slice();
    const sizes = directions.map(({ unit }) => removeAlong(left, unit));
    const size = norm(left);
    if (size <= RELATIVE_TOLERANCE * norm(values)) continue;
    const unit = left.map((value) => value / size);
    directions.push({ column, unit, sizes: [...sizes, size], target: removeAlong(rest, unit) });
  }
  const coefficients = columns.map(() => 0);
  for (const [i, { column, sizes, target: along }] of [...directions.entries()].reverse()) {
    const later = directions.slice(i + 1);
    const known = later.reduce((sum, next) => sum + (next.sizes[i] ?? 0) * (coefficients[next.column] ?? 0), 0);
    coefficients[column] = (along - known) / (sizes[i] ?? 1);
  }
  const total = norm(wanted.values) ** 2;
  return {
    intercept: coefficients.reduce((sum, value, i) => sum - value * (centred[i]?.mean ?? 0), wanted.mean),
    coefficients,
    explained: total === 0 ? 1 : Math.max(0, 1 - norm(rest) ** 2 / total),
  };
}

function centre(
  parameter: string,
  values: readonly number[],
): { readonly mean: number; readonly values: Float64Array } {
  for (const [i, value] of values.entries()) {
    if (!Number.isFinite(value)) throw outOfRange(`${parameter}[${i}]`, 'finite', value);
  }
  const middle = mean(values);
  // A constant column must come out as exactly 0, whatever its mean is rounded to.
  const isConstant = values.every((value) => value === values[0]);
  return { mean: middle, values: Float64Array.from(values, (value) => (isConstant ? 0 : value - middle)) };
}

/** Takes from `values` its part along `unit`, in place, and gives the size of that part. */
function removeAlong(values: Float64Array, unit: Float64Array): number {
  let size = 0;
  for (let i = 0; i < values.length; i += 1) size += (values[i] as number) * (unit[i] as number);
  for (let i = 0; i < values.length; i += 1) values[i] = (values[i] as number) - size * (unit[i] as number);
  return size;
}

function norm(values: Float64Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares);
}
