import { InvalidOptionError } from '@tollgate/sdk';

/** Something that a score puts in order, and what it is worth. */
export interface ScoredGain {
  /** Higher is better. `-Infinity` for what was pruned: it stays last. */
  readonly score: number;
  readonly gain: number;
}

/** Items with the same score. */
export interface TieBlock {
  readonly size: number;
  readonly gain: number;
}

/** Items by score, best first, equal scores together. @throws InvalidOptionError when a score is NaN. */
export function tieBlocks(items: readonly ScoredGain[]): readonly TieBlock[] {
  for (const [i, { score }] of items.entries()) {
    if (!Number.isNaN(score)) continue;
    const option = `items[${i}].score`;
    throw new InvalidOptionError(
      option,
      `${option} must be a number, received NaN. Use -Infinity for what was pruned.`,
    );
  }
  return [...Map.groupBy(items, ({ score }) => score)]
    .toSorted(([a], [b]) => (a < b ? 1 : -1))
    .map(([, block]) => ({ size: block.length, gain: block.reduce((total, { gain }) => total + gain, 0) }));
}

/** The expected gain at each rank, best first, where ties are broken at random: the order of generation must not leak in. */
export function expectedGains(items: readonly ScoredGain[]): readonly number[] {
  return tieBlocks(items).flatMap(({ size, gain }) => Array.from({ length: size }, () => gain / size));
}
