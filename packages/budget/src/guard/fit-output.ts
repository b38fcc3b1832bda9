/** Where to look for the largest output cap that money allows. */
export interface OutputFit {
  /** Tokens of one sample that are known to fit. */
  readonly floorTokens: number;
  /** Tokens of one sample that were asked for. At least `floorTokens`. */
  readonly askedTokens: number;
  /** Price at a cap; never falls as the cap rises. */
  readonly priceNano: (tokens: number) => bigint;
  readonly moneyNano: bigint;
}

/** The largest output cap whose price is at most `moneyNano`, by bisection. */
export function fitOutput({ floorTokens, askedTokens, priceNano, moneyNano }: OutputFit): number {
  let fits = floorTokens;
  let beyond = askedTokens + 1;
  while (beyond - fits > 1) {
    const middle = Math.floor((fits + beyond) / 2);
    if (priceNano(middle) <= moneyNano) fits = middle;
    else beyond = middle;
  }
  return fits;
}
