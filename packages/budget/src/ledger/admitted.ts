import { InvalidOptionError, MissingScopeError } from '@tollgate/sdk';
import type { Admission, HoldAsk } from '../stores/store.ts';
import type { Amounts } from './dimension.ts';
import { grantNotOpen } from './grant-not-open.ts';
import { refusalError } from './refusal-error.ts';

/**
 * What was granted to an attempt.
 *
 * @throws BudgetExceededError, BudgetBusyError, MissingScopeError, InvalidOptionError where it was not admitted.
 */
export function admitted(admission: Admission, ask: HoldAsk): Amounts {
  switch (admission.outcome) {
    case 'held':
      return admission.hold;
    case 'refused':
      throw refusalError(admission, ask.min, ask.atMs);
    case 'missing-scope':
      throw new MissingScopeError(admission.kind, Object.fromEntries(ask.scopes.map(({ kind, id }) => [kind, id])));
    case 'grant-closed':
      throw grantNotOpen(admission.grantId);
    case 'duplicate':
      throw new InvalidOptionError(
        'attemptId',
        `attemptId must be new, and this ledger has an attempt ${JSON.stringify(ask.attemptId)} already. Name every attempt on the wire apart.`,
      );
    default:
      return admission satisfies never;
  }
}
