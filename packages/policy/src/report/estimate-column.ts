import type { EstimateText } from './strategy-figures.ts';

/** Values with their intervals behind them, all three numbers of each row in line with those of the others. */
export function estimateColumn(texts: readonly EstimateText[]): string[] {
  const width = (parts: readonly string[]): number => Math.max(0, ...parts.map((part) => part.length));
  const values = width(texts.map(({ value }) => value));
  const lowers = width(texts.map(({ ends }) => ends?.[0] ?? ''));
  const uppers = width(texts.map(({ ends }) => ends?.[1] ?? ''));
  return texts.map(({ value, ends }) => {
    const shown = value.padStart(values);
    return ends === undefined ? shown : `${shown} [${ends[0].padStart(lowers)}, ${ends[1].padStart(uppers)}]`;
  });
}
