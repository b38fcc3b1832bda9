/** Values that stand at these shares of a sorted list, each once. */
export function atShares(sorted: Float64Array, shares: readonly number[]): readonly number[] {
  const last = sorted.length - 1;
  return [...new Set(shares.map((share) => sorted[Math.min(last, Math.floor(share * sorted.length))] ?? 0))];
}

/** About `count` shares, evenly spread over (0, 1). */
export function evenShares(size: { readonly from: number; readonly to: number }, count: number): readonly number[] {
  const whole = Math.max(size.from, Math.min(size.to, Math.ceil(count)));
  return Array.from({ length: whole }, (_, i) => (i + 0.5) / whole);
}
