import { TollgateError } from '../errors/tollgate-error.ts';
import type { CallContext } from '../spec/context.ts';
import type { ModelRef } from '../spec/pricing.ts';
import type { Charge, Warning } from '../spec/result.ts';
import type { Permit, Settled } from '../spec/spend-guard.ts';
import type { Usage, UsageKnown } from '../spec/usage.ts';
import type { ModelDefinition } from './model-definition.ts';
import { messageOf } from './result-of-parts.ts';

/** The charge of an attempt, and what went wrong in writing it down. */
export interface PricedCharge {
  readonly charge: Charge;
  readonly warning?: Warning;
}

/** What is charged for an attempt, and to whom. */
export interface Chargeable {
  readonly definition: Pick<ModelDefinition, 'pricing'>;
  readonly context: CallContext;
  readonly permit: Permit | undefined;
  readonly model: ModelRef;
  readonly attemptId: string;
  readonly usage: Usage;
  readonly usageKnown: UsageKnown;
  readonly candidateIds: readonly string[];
}

/** Charges an attempt, in the ledger where it was held and in the trace. */
export async function settle(attempt: Chargeable): Promise<PricedCharge> {
  const { permit, usage, usageKnown, candidateIds } = attempt;
  if (permit === undefined) return priced(attempt);
  try {
    return charged(attempt, await permit.settle({ usage, usageKnown, candidateIds }));
  } catch (error) {
    return unrecorded(attempt, error);
  }
}

/** Charges an attempt that nothing was held for, by the model's own price. */
export function priced(attempt: Chargeable): PricedCharge {
  try {
    return charged(attempt, priceWithout(attempt));
  } catch (error) {
    return unrecorded(attempt, error);
  }
}

// The answer is there and is not thrown away; the hold stays at its upper bound, so the cap still holds.
function unrecorded(attempt: Chargeable, error: unknown): PricedCharge {
  const message = `The ledger could not record this attempt; its hold stays at the upper bound. ${messageOf(error)}`;
  return { ...charged(attempt, undefined), warning: { code: 'other', message } };
}

function charged(attempt: Chargeable, settled: Settled | undefined): PricedCharge {
  const { context, model, attemptId, usage, usageKnown, candidateIds } = attempt;
  if (settled === undefined) {
    context.span.add({ charge: { attemptId, usageKnown } });
    return { charge: { attemptId, model, usage, usageKnown, candidateIds } };
  }
  const { cost, priceKnown } = settled;
  context.span.add({ charge: { attemptId, usageKnown, cost } });
  return { charge: { attemptId, model, usage, usageKnown, cost, priceKnown, candidateIds } };
}

function priceWithout(attempt: {
  readonly definition: Pick<ModelDefinition, 'pricing'>;
  readonly context: CallContext;
  readonly model: ModelRef;
  readonly usage: Usage;
}): Settled | undefined {
  const { pricing } = attempt.definition;
  if (pricing === undefined) return undefined;
  try {
    const price = pricing.priceOf(attempt.usage, attempt.model, attempt.context.clock.now());
    return { cost: price.amount, priceKnown: price.known };
  } catch (error) {
    if (TollgateError.isInstance(error) && error.code === 'unknown-price') return undefined;
    throw error;
  }
}

/** Returns the hold. A ledger that cannot do so keeps it, so the cap holds, and its error does not hide the one that matters. */
export async function giveBack(
  permit: Permit | undefined,
  { reason, context }: { readonly reason: string; readonly context: CallContext },
): Promise<void> {
  try {
    await permit?.release(reason);
  } catch (error) {
    context.span.add({ values: { 'hold not returned': messageOf(error) } });
  }
}
