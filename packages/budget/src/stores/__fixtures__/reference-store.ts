import type { ScopePair } from '../../ledger/scope-pair.ts';
import type { Admission, Ending, HoldAsk, ScopeBalance } from '../store.ts';

interface ReferenceAttempt {
  readonly ask: HoldAsk;
  status: 'held' | Ending['status'];
  holdNano: bigint;
  costNano: bigint;
  overrunNano: bigint;
}

/** What a store must answer, the slow way: every sum is made anew from the list of attempts. */
export class ReferenceStore {
  readonly attempts: ReferenceAttempt[] = [];
  readonly caps = new Map<string, bigint>();

  capOf({ kind, id }: ScopePair): bigint | undefined {
    return this.caps.get(`${kind}=${id}`) ?? this.caps.get(`${kind}=each`);
  }

  sums(scope: ScopePair, nowMs: number): Omit<ScopeBalance, 'scope' | 'capNano'> {
    const sums = { settledNano: 0n, heldNano: 0n, overrunNano: 0n, expiredNano: 0n };
    for (const attempt of this.attempts) {
      if (!attempt.ask.scopes.some(({ kind, id }) => kind === scope.kind && id === scope.id)) continue;
      sums.settledNano += attempt.costNano;
      sums.overrunNano += attempt.overrunNano;
      if (attempt.status !== 'held') continue;
      sums.heldNano += attempt.holdNano;
      if (attempt.ask.leaseUntilMs <= nowMs) sums.expiredNano += attempt.holdNano;
    }
    return sums;
  }

  reserve(ask: HoldAsk): Admission['outcome'] | { readonly holdNano: bigint } | { readonly forGood: boolean } {
    for (const cap of this.caps.keys()) {
      const [kind, id] = cap.split('=');
      if (id === 'each' && !ask.scopes.some((scope) => scope.kind === kind)) return 'missing-scope';
    }
    const least = (leftOf: (cap: bigint, sums: ReturnType<ReferenceStore['sums']>) => bigint): bigint => {
      const all = ask.scopes.flatMap((scope) => {
        const cap = this.capOf(scope);
        return cap === undefined ? [] : [leftOf(cap, this.sums(scope, ask.atMs))];
      });
      return all.reduce((lowest, left) => (left < lowest ? left : lowest), ask.wantNano);
    };
    const holdNano = least((cap, sums) => cap - sums.settledNano - sums.heldNano);
    if (holdNano < ask.minNano) {
      return { forGood: least((cap, sums) => cap - sums.settledNano - sums.expiredNano) < ask.minNano };
    }
    this.attempts.push({ ask, status: 'held', holdNano, costNano: 0n, overrunNano: 0n });
    return { holdNano };
  }

  trim(index: number, holdNano: bigint): void {
    const attempt = this.attempts[index];
    if (attempt?.status === 'held' && holdNano < attempt.holdNano) attempt.holdNano = holdNano;
  }

  end(index: number, status: Ending['status'], costNano: bigint): void {
    const attempt = this.attempts[index];
    if (attempt === undefined) return;
    const open = attempt.status === 'held' || (attempt.status === 'reconciled' && status !== 'reconciled');
    if (!open) return;
    const setAside =
      attempt.status === 'held' || attempt.costNano > attempt.holdNano ? attempt.holdNano : attempt.costNano;
    attempt.status = status;
    attempt.costNano = costNano;
    attempt.overrunNano = costNano > setAside ? costNano - setAside : 0n;
  }
}
