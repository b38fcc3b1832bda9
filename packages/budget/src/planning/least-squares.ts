/** Five regressors, then what was measured. */
export type Row = readonly [number, number, number, number, number, number];

/** Sums of products of all rows: what least squares needs, whatever the number of rows. Plain JSON. */
export interface NormalEquations {
  readonly rows: number;
  /** The 6 × 6 matrix of products, row by row. */
  readonly gram: readonly number[];
}

const width = 6;
const columns = width - 1;

/** With one more row. */
export function withRow({ rows, gram }: NormalEquations, row: Row): NormalEquations {
  return {
    rows: rows + 1,
    gram: gram.map((sum, i) => sum + (row[Math.floor(i / width)] ?? 0) * (row[i % width] ?? 0)),
  };
}

/**
 * Least squares with coefficients ≥ 0, exactly: the best of the unconstrained fits on every subset of the columns. Five
 * columns make 32 subsets. Of equal fits the one with fewer terms, then the one with earlier columns.
 */
export function leastSquares({ gram }: NormalEquations): {
  readonly coefficients: readonly number[];
  readonly squaredError: number;
} {
  const at = (i: number, j: number): number => gram[i * width + j] ?? 0;
  const total = at(columns, columns);
  let best = { coefficients: Array.from({ length: columns }, () => 0), squaredError: total };
  const subsets = Array.from({ length: 2 ** columns }, (_, bits) => bits)
    .map((bits) => Array.from({ length: columns }, (_, column) => column).filter((column) => (bits >> column) & 1))
    .toSorted((one, other) => one.length - other.length);
  for (const subset of subsets) {
    const solution = solve(subset.map((i) => [...subset.map((j) => at(i, j)), at(i, columns)]));
    if (solution === undefined || solution.some((value) => value < 0)) continue;
    const explained = solution.reduce((sum, value, i) => sum + value * at(subset[i] ?? 0, columns), 0);
    const squaredError = Math.max(0, total - explained);
    // What rounding alone can gain is no reason for another term.
    if (squaredError >= best.squaredError - 1e-12 * total) continue;
    const coefficients = Array.from({ length: columns }, () => 0);
    for (const [i, column] of subset.entries()) coefficients[column] = solution[i] ?? 0;
    best = { coefficients, squaredError };
  }
  return best;
}

/** Gauss elimination of a symmetric system, its right side last. Undefined where columns cannot be told apart. */
function solve(system: readonly (readonly number[])[]): readonly number[] | undefined {
  const rows = system.map((row) => Float64Array.from(row));
  for (const [i, pivotRow] of rows.entries()) {
    const pivot = pivotRow[i] ?? 0;
    // A positive definite system needs no pivoting; what is left of a diagonal is the part the columns before do not explain.
    if (!(pivot > 1e-12 * (system[i]?.[i] ?? 0))) return undefined;
    for (const [k, row] of rows.entries()) {
      if (k === i) continue;
      const factor = (row[i] ?? 0) / pivot;
      for (let j = i; j < row.length; j += 1) row[j] = (row[j] ?? 0) - factor * (pivotRow[j] ?? 0);
    }
  }
  return rows.map((row, i) => (row.at(-1) ?? 0) / (row[i] ?? 1));
}
