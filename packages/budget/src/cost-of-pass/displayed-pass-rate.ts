import { InvalidOptionError } from '@tollgate/sdk';

/** A pass rate for a page that people read. */
export interface DisplayedPassRate {
  /** Posterior mean under a Beta(1/2, 1/2) prior. Range (0, 1). */
  readonly rate: number;
  readonly passes: number;
  readonly runs: number;
  /** Says that the rate is smoothed: never put it into a frontier or a price, where 0 of 4 must stay infinite. */
  readonly smoothed: true;
}

/**
 * A pass rate of few runs that does not claim 0 or 1: `(passes + 1/2) / (runs + 1)`. For display only.
 *
 * @throws InvalidOptionError unless 0 ≤ passes ≤ runs, both whole.
 * @example
 * displayedPassRate(0, 4).rate; // 0.1
 */
// Source: Jeffreys' prior for a binomial proportion.
export function displayedPassRate(passes: number, runs: number): DisplayedPassRate {
  if (!Number.isSafeInteger(runs) || runs < 0) {
    throw new InvalidOptionError('runs', `runs must be a whole number of at least 0, received ${runs}.`);
  }
  if (!Number.isSafeInteger(passes) || passes < 0 || passes > runs) {
    throw new InvalidOptionError('passes', `passes must be a whole number in [0, ${runs}], received ${passes}.`);
  }
  return { rate: (passes + 0.5) / (runs + 1), passes, runs, smoothed: true };
}
