import type { Pricing } from '@tollgate/sdk';

/** A price of so many US dollars for every call. */
export function usdPerCall(usd: number): Pricing {
  const amount = { usd, nanoUsd: String(Math.round(usd * 1e9)) };
  return {
    priceOf: () => ({ amount, known: 'override' }),
    upperBound: () => ({ amount, known: 'override' }),
    declaration: { kind: 'per-call', usd },
  };
}
