import { amountsBy, type Dimension } from '../ledger/dimension.ts';
import type { ScopePair } from '../ledger/scope-pair.ts';
import type { Claim } from './limit-book.ts';
import type { Admission, Balance, HoldAsk, Refusal } from './store.ts';

/** A limit that counts the attempt, and the balance of its window. */
export interface Claimed extends Balance {
  readonly claim: Claim;
}

/**
 * Grants, in every dimension, the lesser of what is wanted and what every limit has free, or refuses where that is below
 * the least that is needed. A refusal for good is told before one that waiting mends; among equals the limit that has the
 * smallest part of its cap left.
 *
 * `expiredOf` gives what of a balance is held by attempts whose lease has run out. Asked only before a refusal.
 */
export function decideAdmission(
  ask: HoldAsk,
  claimed: readonly Claimed[],
  expiredOf: (scope: ScopePair, claim: Claim) => bigint,
): Admission {
  let fits = true;
  let lowered: Partial<Record<Dimension, bigint>> | undefined;
  for (const { claim, settled, held } of claimed) {
    const { dimension, cap, soft } = claim.limit;
    if (soft) continue;
    const free = cap - settled - held;
    if (free >= (lowered?.[dimension] ?? ask.want[dimension])) continue;
    (lowered ??= {})[dimension] = free;
    if (free < ask.min[dimension]) fits = false;
  }
  if (!fits) return refuse(ask, claimed, expiredOf);
  const { want } = ask;
  return { outcome: 'held', hold: lowered === undefined ? want : amountsBy((each) => lowered[each] ?? want[each]) };
}

function refuse(
  ask: HoldAsk,
  claimed: readonly Claimed[],
  expiredOf: (scope: ScopePair, claim: Claim) => bigint,
): Refusal {
  const refusals = claimed.flatMap(({ claim, settled, held }): Refusal[] => {
    const { limit, scope } = claim;
    const min = ask.min[limit.dimension];
    if (limit.soft || limit.cap - settled - held >= min) return [];
    const expired = expiredOf(scope, claim);
    const forGood = limit.cap - settled - expired < min;
    return [{ outcome: 'refused', forGood, limit, scope, settled, held, expired }];
  });
  return refusals.reduce((worst, refusal) => {
    if (worst.forGood !== refusal.forGood) return worst.forGood ? worst : refusal;
    return leftOf(refusal) < leftOf(worst) ? refusal : worst;
  });
}

/** The part of the cap that is left, which compares dollars with tokens. */
function leftOf({ forGood, limit, settled, held, expired }: Refusal): number {
  const left = limit.cap - settled - (forGood ? expired : held);
  return Number(left) / Math.max(1, Number(limit.cap));
}
