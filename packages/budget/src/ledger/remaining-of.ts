import { moneyOf } from '../money/nano-usd.ts';
import type { LimitBalance } from '../stores/store.ts';
import { largestNano } from './check-amount.ts';
import type { LimitStatus, Remaining } from './ledger.ts';
import { amountOf, limitOf } from './limits.ts';
import { scopeName } from './scope-pair.ts';

/** What may still be spent, by the limits that apply. */
export function remainingOf(balances: readonly LimitBalance[]): Remaining {
  let now = largestNano;
  let afterInFlight = largestNano;
  let limitedBy: string | undefined;
  for (const { limit, scope, settled, held, expired } of balances) {
    if (limit.dimension !== 'usd' || limit.soft) continue;
    const unspent = limit.cap - settled;
    if (limitedBy === undefined || unspent - held < now) {
      now = unspent - held;
      limitedBy = scopeName(scope);
    }
    if (unspent - expired < afterInFlight) afterInFlight = unspent - expired;
  }
  return {
    now: moneyOf(now > 0n ? now : 0n),
    afterInFlight: moneyOf(afterInFlight > 0n ? afterInFlight : 0n),
    ...(limitedBy !== undefined && { limitedBy }),
    limits: balances.map(statusOf),
  };
}

function statusOf({ limit, scope, settled, held, resetsAtMs }: LimitBalance): LimitStatus {
  const left = limit.cap - settled - held;
  return {
    limit: limitOf(limit),
    scope,
    settled: amountOf(limit.dimension, settled),
    held: amountOf(limit.dimension, held),
    left: amountOf(limit.dimension, left > 0n ? left : 0n),
    ...(Number.isFinite(resetsAtMs) && { resetsAtMs }),
  };
}
