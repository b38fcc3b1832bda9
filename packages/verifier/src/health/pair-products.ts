/** Squares of columns and products of two: what a quadratic fit adds to a linear one. */
export function pairProducts(columns: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return columns.flatMap((first, i) =>
    columns.slice(i).map((second) => first.map((value, row) => value * (second[row] ?? 0))),
  );
}
