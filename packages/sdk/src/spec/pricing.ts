import type { Money } from './money.ts';
import type { JsonObject } from './json.ts';
import type { Usage, UsageBound } from './usage.ts';

/** Names a model the way price books and ledgers do. */
export interface ModelRef {
  readonly provider: string;
  readonly modelId: string;
}

/**
 * How a price was known: a list price, the user's own, or a ceiling the user declared. `imputed` is what a call under a
 * flat subscription would have cost: nothing is billed for it.
 */
export type PriceKnown = 'list' | 'override' | 'declared-ceiling' | 'imputed';

/** An amount and where it comes from. */
export interface Price {
  readonly amount: Money;
  readonly known: PriceKnown;
}

/**
 * Turns usage into money. One implementation estimates, holds and settles, so the three can never disagree.
 *
 * Both methods throw `UnknownPriceError` for a model or a unit that has no price. Nothing is ever priced at 0 for
 * lack of knowledge. Amounts are rounded **up** to whole nano-dollars, once per call.
 */
export interface Pricing {
  /** The price of what was consumed. Unknown buckets make the result `UnknownPriceError`, unless they cannot cost anything. */
  priceOf(usage: Usage, model: ModelRef, atMs: number): Price;
  /** A price that no attempt within these bounds can exceed: all input at the dearest bucket it can land in. Monotone in every bound. */
  upperBound(bound: UsageBound, model: ModelRef, atMs: number): Price;
  /** The price as data, for recordings and reports. */
  readonly declaration: JsonObject;
}
