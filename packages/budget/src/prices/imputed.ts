import type { Price, Pricing } from '@tollgate/sdk';

/**
 * What calls under a flat subscription would have cost: nothing is billed for them, and they count against limits in
 * dollars all the same, so that a budget does not read 0 % while a quota runs out.
 *
 * Rows say `imputed` for how the price is known. Keep real money and imputed money under limits of different scopes where
 * their sum has no meaning.
 *
 * @example
 * const ledger = await createLedger({ store, prices: { 'claude-opus-5-5': imputed(list) } });
 */
export function imputed(pricing: Pricing): Pricing {
  const mark = (price: Price): Price => ({ amount: price.amount, known: 'imputed' });
  return {
    priceOf: (usage, model, atMs) => mark(pricing.priceOf(usage, model, atMs)),
    upperBound: (bound, model, atMs) => mark(pricing.upperBound(bound, model, atMs)),
    declaration: { kind: 'imputed', of: pricing.declaration },
  };
}
