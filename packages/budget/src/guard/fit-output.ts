/** Where to look for the largest output cap that what was granted allows. */
export interface OutputFit {
  /** Tokens of one sample that are known to fit. */
  readonly floorTokens: number;
  /** Tokens of one sample that were asked for. At least `floorTokens`. */
  readonly askedTokens: number;
  /** Whether a cap fits; where one does, every lower one does. */
  readonly fits: (tokens: number) => boolean;
}

/** The largest output cap that fits, by bisection. */
export function fitOutput({ floorTokens, askedTokens, fits }: OutputFit): number {
  let fitting = floorTokens;
  let beyond = askedTokens + 1;
  while (beyond - fitting > 1) {
    const middle = Math.floor((fitting + beyond) / 2);
    if (fits(middle)) fitting = middle;
    else beyond = middle;
  }
  return fitting;
}
