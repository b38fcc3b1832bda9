import { InvalidOptionError } from '@tollgate/sdk';

/** The error of a call whose grant is unknown, or closed. */
export function grantNotOpen(grantId: string): InvalidOptionError {
  return new InvalidOptionError(
    'scopes.grant',
    `There is no open grant ${JSON.stringify(grantId)} in this ledger. ledger.grant makes one.`,
  );
}
