import { usdDecimals } from './show-number.ts';

const maxDecimals = 7;

/**
 * Shows amounts of one column with the same number of decimals, so that they stand in line: enough for two digits of the
 * smallest, at least cents. Without the dollar sign; an amount that would read as nothing reads as `<0.01`.
 */
export function usdColumn(amounts: readonly number[]): (usd: number) => string {
  const decimals = Math.min(maxDecimals, Math.max(2, ...amounts.map(usdDecimals)));
  const least = 10 ** -decimals;
  return (usd) => (usd > 0 && usd < least / 2 ? `<${least.toFixed(decimals)}` : usd.toFixed(decimals));
}
