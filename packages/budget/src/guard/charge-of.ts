import {
  type ModelRef,
  type Price,
  type Pricing,
  type Settlement,
  TollgateError,
  type UsageBound,
} from '@tollgate/sdk';
import type { HoldCharge } from '../ledger/ledger.ts';
import { nanoOf } from '../money/nano-usd.ts';
import { isBilledUnreported } from './asked-of.ts';
import { brokenAssumption } from './broken-assumption.ts';

/** An attempt as it was admitted: how it is priced, and what it cannot exceed. */
export interface AdmittedAttempt {
  readonly pricing: Pricing;
  readonly model: ModelRef;
  /** The moment whose price is held and charged alike. */
  readonly atMs: number;
  readonly bound: UsageBound;
  readonly held: Price;
}

/**
 * What a settled attempt is charged. Where its usage is unknown, or lacks what the price needs, it is charged all that
 * was held for it, and the row says `upper-bound`.
 */
export function chargeOf(attempt: AdmittedAttempt, settlement: Settlement): HoldCharge {
  const price = priceOf(attempt, settlement);
  const { amount, known } = price ?? attempt.held;
  return {
    costNano: nanoOf(amount),
    priceKnown: known,
    usage: settlement.usage,
    usageKnown: price === undefined ? 'upper-bound' : settlement.usageKnown,
    candidateIds: settlement.candidateIds,
    assumption: brokenAssumption(settlement.usage, attempt.bound, attempt.pricing),
  };
}

function priceOf(
  { pricing, model, atMs, bound }: AdmittedAttempt,
  { usage, usageKnown }: Settlement,
): Price | undefined {
  if (usageKnown === 'upper-bound' && Object.keys(usage).length === 0) return undefined;
  if (isBilledUnreported(bound) && usage.units === undefined) return undefined;
  try {
    // What the provider does not say it billed by is what was asked for.
    return pricing.priceOf({ ...usage, billed: { ...bound.asked, ...usage.billed } }, model, atMs);
  } catch (error) {
    if (TollgateError.isInstance(error) && error.code === 'unknown-price') return undefined;
    throw error;
  }
}
