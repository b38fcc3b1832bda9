import { InvalidOptionError } from '@tollgate/sdk';
import type { HoldAsk } from '../stores/store.ts';
import { checkAmount } from './check-amount.ts';
import { type Amounts, dimensions, isWithin, noAmounts } from './dimension.ts';
import type { ReserveAsk } from './ledger.ts';
import { mostOf } from './limits.ts';
import { checkName } from './scope-pair.ts';

/** @throws InvalidOptionError for an attempt without a name, or amounts that cannot be meant. */
export function wantedAmounts(ask: ReserveAsk): Pick<HoldAsk, 'want' | 'min'> {
  checkName('attemptId', ask.attemptId);
  const { usd = 0n, tokens = mostOf.tokens, calls = 1n, turns = 0n, seconds = mostOf.seconds } = ask.want;
  const want = { usd, tokens, calls, turns, seconds };
  const min = leastOf(want, ask.min);
  checkAmount('want.usd', usd);
  if (!(isWithin(noAmounts, min) && isWithin(min, want))) throw unmeant(want, min);
  return { want, min };
}

function leastOf(want: Amounts, given: Partial<Amounts> = {}): Amounts {
  const { usd = want.usd, tokens = 0n, calls = want.calls, turns = 0n, seconds = 0n } = given;
  return { usd, tokens, calls, turns, seconds };
}

function unmeant(want: Amounts, min: Amounts): InvalidOptionError {
  const each = dimensions.find((one) => min[one] < 0n || want[one] < min[one]) ?? 'usd';
  return new InvalidOptionError(
    `want.${each}`,
    `want.${each} must be at least min.${each} ${min[each]}, which must be 0 or more; received ${want[each]}.`,
  );
}
