/** The mean of non-negative amounts, infinite as soon as one is. */
export function meanOrInfinity(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total / values.length;
}
