import type { ScopePair } from '../ledger/scope-pair.ts';
import type { Admission, HoldAsk } from './store.ts';

/** The kind of scope that attempts of a grant name. */
export const grantKind = 'grant';

/** The id of the row of a grant. */
export function grantRowId(grantId: string): string {
  return `grant:${grantId}`;
}

/** The scope that the attempts of a grant name, by the id of its row. */
export function grantScope(rowId: string): ScopePair {
  return { kind: grantKind, id: rowId.slice(grantRowId('').length) };
}

/** The refusal of an attempt whose dollars were to come from a grant that is not open. */
export function closedGrant(
  { scopes, paid }: Pick<HoldAsk, 'scopes' | 'paid'>,
  isOpen: (rowId: string) => boolean,
): Admission | undefined {
  if (paid.length === 0) return undefined;
  const closed = scopes.find(({ kind, id }) => kind === grantKind && !isOpen(grantRowId(id)));
  return closed === undefined ? undefined : { outcome: 'grant-closed', grantId: closed.id };
}
