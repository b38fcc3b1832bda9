/**
 * US dollars for people: cents, and two significant digits of amounts below ten cents, so that a positive amount never
 * reads as nothing.
 */
export function showUsd(usd: number): string {
  return `$${usd.toFixed(usdDecimals(usd))}`;
}

/** Decimals that show two significant digits of an amount below ten cents, and cents of any other. */
export function usdDecimals(usd: number): number {
  return usd > 0 && usd < 0.1 ? 1 - Math.floor(Math.log10(usd)) : 2;
}

/** A whole number with commas between thousands. */
export function showCount(count: number): string {
  return String(Math.round(count)).replace(/(?<=\d)(?=(\d{3})+$)/g, ',');
}

/** A number of things: `1 task`, `1,200 tasks`. */
export function showCounted(count: number, one: string, many: string): string {
  return `${showCount(count)} ${count === 1 ? one : many}`;
}

/** A share in percent, without the sign: `84.2`. */
export function showPercent(share: number, decimals = 1): string {
  return (share * 100).toFixed(decimals);
}

/** Decimals that the percentages of an interval deserve: with few tasks it is many points wide. */
export function intervalDecimals(tasks: number): number {
  return tasks >= 1000 ? 1 : 0;
}
