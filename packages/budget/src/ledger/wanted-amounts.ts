import { InvalidOptionError } from '@tollgate/sdk';
import type { HoldAsk } from '../stores/store.ts';
import { checkAmount } from './check-amount.ts';
import { type Amounts, dimensions } from './dimension.ts';
import type { ReserveAsk } from './ledger.ts';
import { mostOf } from './limits.ts';
import { checkName } from './scope-pair.ts';

/** @throws InvalidOptionError for an attempt without a name, or amounts that cannot be meant. */
export function wantedAmounts(ask: ReserveAsk): Pick<HoldAsk, 'want' | 'min'> {
  checkName('attemptId', ask.attemptId);
  const want: Amounts = { usd: 0n, calls: 1n, turns: 0n, tokens: mostOf.tokens, seconds: mostOf.seconds, ...ask.want };
  const min: Amounts = { usd: want.usd, calls: want.calls, turns: 0n, tokens: 0n, seconds: 0n, ...ask.min };
  checkAmount('want.usd', want.usd);
  for (const each of dimensions) {
    if (min[each] >= 0n && want[each] >= min[each]) continue;
    throw new InvalidOptionError(
      `want.${each}`,
      `want.${each} must be at least min.${each} ${min[each]}, which must be 0 or more; received ${want[each]}.`,
    );
  }
  return { want, min };
}
