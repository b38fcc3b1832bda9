import type { Price, Pricing } from '@tollgate/sdk';
import { moneyOf, nanoFromUsd } from '../money/nano-usd.ts';

/** What one call costs at most, by the word of the user. */
export interface DeclaredCeilingOptions {
  /** US dollars per attempt on the wire, whatever it consumes. Range [0, ∞). */
  readonly usdPerCall: number;
}

/**
 * Prices every attempt at a ceiling that the user declares: for models without a price that must run under a budget.
 * Held and charged in full, because nothing better is known.
 *
 * @throws InvalidOptionError when `usdPerCall` is outside its range.
 * @example
 * const price = declaredCeiling({ usdPerCall: 0.02 });
 */
export function declaredCeiling({ usdPerCall }: DeclaredCeilingOptions): Pricing {
  const price: Price = { amount: moneyOf(nanoFromUsd(usdPerCall, 'usdPerCall')), known: 'declared-ceiling' };
  return {
    priceOf: () => price,
    upperBound: () => price,
    declaration: { kind: 'declared-ceiling', usdPerCall },
  };
}
