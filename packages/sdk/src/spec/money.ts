/**
 * An amount of money as plain JSON.
 *
 * `nanoUsd` is exact: a whole number of nano-dollars (10⁻⁹ USD) in decimal digits. `usd` is the same amount as a
 * floating-point number, for display and arithmetic that does not decide anything.
 *
 * @example
 * const price: Money = { usd: 0.00034, nanoUsd: '340000' };
 */
export interface Money {
  /** US dollars, rounded to the nearest double. For display. */
  readonly usd: number;
  /** Whole nano-dollars in decimal digits, for example `"340000"`. Never a fraction. */
  readonly nanoUsd: string;
}
