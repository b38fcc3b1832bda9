import type { ScopePair } from '../ledger/scope-pair.ts';
import type { LimitBook } from './limit-book.ts';
import type { Admission, Balance, HoldAsk, Refusal } from './store.ts';

/** What a decision is made from: the limits and balances of one moment. */
export interface AdmissionView {
  readonly limits: LimitBook;
  balanceOf(scope: ScopePair): Balance | undefined;
  /** Nano-dollars held for a scope by attempts whose lease has run out. Asked only before a refusal. */
  expiredOf(scope: ScopePair): bigint;
}

const empty: Balance = { settledNano: 0n, heldNano: 0n, overrunNano: 0n };

/**
 * Grants the lesser of what is wanted and what every limit has free, or refuses where that is below the least that is
 * needed. A refusal for good is told before one that waiting mends; among equals the limit with the least left.
 */
export function decideAdmission(ask: HoldAsk, view: AdmissionView): Admission {
  const missing = view.limits.missingKind(ask.scopes);
  if (missing !== undefined) return { outcome: 'missing-scope', kind: missing };
  let holdNano = ask.wantNano;
  for (const scope of ask.scopes) {
    const capNano = view.limits.capOf(scope);
    if (capNano === undefined) continue;
    const balance = view.balanceOf(scope) ?? empty;
    const freeNano = capNano - balance.settledNano - balance.heldNano;
    if (freeNano < holdNano) holdNano = freeNano;
  }
  return holdNano >= ask.minNano ? { outcome: 'held', holdNano } : refuse(ask, view);
}

function refuse(ask: HoldAsk, view: AdmissionView): Refusal {
  const refusals = ask.scopes.flatMap((scope): Refusal[] => {
    const capNano = view.limits.capOf(scope);
    if (capNano === undefined) return [];
    const { settledNano, heldNano } = view.balanceOf(scope) ?? empty;
    if (capNano - settledNano - heldNano >= ask.minNano) return [];
    const expiredNano = view.expiredOf(scope);
    const forGood = capNano - settledNano - expiredNano < ask.minNano;
    return [{ outcome: 'refused', forGood, scope, capNano, settledNano, heldNano, expiredNano }];
  });
  return refusals.reduce((worst, refusal) => {
    if (worst.forGood !== refusal.forGood) return worst.forGood ? worst : refusal;
    return leftNano(refusal) < leftNano(worst) ? refusal : worst;
  });
}

function leftNano({ forGood, capNano, settledNano, heldNano, expiredNano }: Refusal): bigint {
  return capNano - settledNano - (forGood ? expiredNano : heldNano);
}
