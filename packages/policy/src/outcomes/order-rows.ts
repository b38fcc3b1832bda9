/** Rows by pair, and within a pair by sample. */
export interface RowOrder {
  /** For each place in the new order, the row that stands there. */
  readonly rows: Uint32Array;
  /** The place of the first row of each pair, and at the end the number of rows. */
  readonly firsts: Uint32Array;
}

/** Orders rows by the number of their pair, then by sample number; rows that are equal in both keep their order. */
export function orderRows(pairs: readonly number[], samples: readonly number[], pairCount: number): RowOrder {
  const firsts = new Uint32Array(pairCount + 1);
  for (const pair of pairs) firsts[pair + 1] = (firsts[pair + 1] ?? 0) + 1;
  for (let pair = 0; pair < pairCount; pair += 1) firsts[pair + 1] = (firsts[pair + 1] ?? 0) + (firsts[pair] ?? 0);
  const rows = new Uint32Array(pairs.length);
  const next = firsts.slice();
  for (const [row, pair] of pairs.entries()) {
    const place = next[pair] ?? 0;
    rows[place] = row;
    next[pair] = place + 1;
  }
  const sampleOf = (row: number): number => samples[row] ?? 0;
  for (let pair = 0; pair < pairCount; pair += 1) {
    rows.subarray(firsts[pair], firsts[pair + 1]).sort((a, b) => sampleOf(a) - sampleOf(b) || a - b);
  }
  return { rows, firsts };
}
