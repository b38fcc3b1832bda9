import type { ScopePair } from '../../ledger/scope-pair.ts';
import { windowAt } from '../../ledger/window.ts';
import { decideAdmission } from '../decide-admission.ts';
import type { Claim, LimitBook } from '../limit-book.ts';
import type { Admission, HoldAsk, StoredAttempt } from '../store.ts';

/** What `step` gives. */
export interface StepAnswer {
  readonly changed: readonly string[];
  readonly results: readonly (
    | { readonly outcome: 'held'; readonly hold: readonly string[] }
    | { readonly outcome: 'refused'; readonly balances: readonly (readonly [string, string])[] }
    | { readonly outcome: 'duplicate' }
    | { readonly outcome: 'grant-closed'; readonly grantId: string }
  )[];
}

/** Which limit refused, by the rules of all stores over the balances that the server saw. */
export function refusalOf(
  ask: HoldAsk,
  seen: {
    readonly book: LimitBook;
    readonly balances: readonly (readonly [string, string])[];
    readonly expired: readonly StoredAttempt[];
  },
): Admission {
  const claimed = seen.book.claims(ask, ask.atMs).map((claim, i) => {
    const [settled, held] = seen.balances[i] ?? ['0', '0'];
    return { claim, settled: BigInt(settled), held: BigInt(held), overrun: 0n };
  });
  return decideAdmission(ask, claimed, (_, claim) => expiredOf(claim, seen.expired));
}

/** What a limit counts of attempts whose lease has run out. */
export function expiredOf({ limit, scope, span }: Claim, expired: readonly StoredAttempt[]): bigint {
  const isScope = ({ kind, id }: ScopePair): boolean => kind === scope.kind && id === scope.id;
  return expired
    .filter(({ scopes, paid }) => scopes.some(isScope) && !(limit.dimension === 'usd' && paid.some(isScope)))
    .filter(({ atMs }) => {
      const { slice } = windowAt(limit.per, atMs);
      return slice >= span.from && slice <= span.to;
    })
    .reduce((sum, { hold }) => sum + hold[limit.dimension], 0n);
}
