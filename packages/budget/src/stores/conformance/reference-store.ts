import { amountsBy, type Dimension, noAmounts } from '../../ledger/dimension.ts';
import type { ScopePair } from '../../ledger/scope-pair.ts';
import type { Amounts } from '../../ledger/dimension.ts';
import type { Balance, Ending, HoldAsk, LimitKey, StoredLimit } from '../store.ts';

interface ReferenceAttempt {
  readonly ask: HoldAsk;
  status: 'held' | Ending['status'];
  hold: Amounts;
  cost: Amounts;
  overrun: Amounts;
}

/** What is left over of a refusal that the reference can foretell. */
type Expected = 'duplicate' | 'missing-scope' | { readonly hold: Amounts } | { readonly forGood: boolean };

const dayMs = 86_400_000;

/**
 * What a store must answer, the slow way: every sum is made anew from the list of attempts. Knows the windows `total`,
 * `day@UTC` and rolling ones, by arithmetic of its own.
 */
export class ReferenceStore {
  readonly attempts: ReferenceAttempt[] = [];
  readonly limits = new Map<string, Omit<StoredLimit, 'version'>>();

  setLimit(limit: Omit<StoredLimit, 'version'>): void {
    this.limits.set(nameOf(limit), limit);
  }

  removeLimit(key: LimitKey): boolean {
    return this.limits.delete(nameOf(key));
  }

  /** Limits that count an attempt of these scopes. */
  applying(
    scopes: readonly ScopePair[],
    paid: readonly ScopePair[],
  ): readonly (readonly [ScopePair, Omit<StoredLimit, 'version'>])[] {
    return scopes.flatMap((scope) =>
      [...this.limits.values()].flatMap((limit) => {
        const own = limit.kind === scope.kind && limit.id === scope.id;
        const each =
          limit.kind === scope.kind && limit.id === 'each' && !this.limits.has(nameOf({ ...limit, id: scope.id }));
        const isPaid = limit.dimension === 'usd' && paid.some((other) => isSame(other, scope));
        return (own || each) && !isPaid ? [[scope, limit] as const] : [];
      }),
    );
  }

  sums(scope: ScopePair, { dimension, per }: LimitKey, nowMs: number): Balance & { readonly expired: bigint } {
    const sums = { settled: 0n, held: 0n, overrun: 0n, expired: 0n };
    for (const attempt of this.attempts) {
      const { scopes, paid, atMs, leaseUntilMs } = attempt.ask;
      if (!scopes.some((other) => isSame(other, scope)) || !isWithin(per, atMs, nowMs)) continue;
      if (dimension === 'usd' && paid.some((other) => isSame(other, scope))) continue;
      sums.settled += attempt.cost[dimension];
      sums.overrun += attempt.overrun[dimension];
      if (attempt.status !== 'held') continue;
      sums.held += attempt.hold[dimension];
      if (leaseUntilMs <= nowMs) sums.expired += attempt.hold[dimension];
    }
    return sums;
  }

  reserve(ask: HoldAsk): Expected {
    for (const { kind, id } of this.limits.values()) {
      if (id === 'each' && !ask.scopes.some((scope) => scope.kind === kind)) return 'missing-scope';
    }
    if (this.attempts.some((attempt) => attempt.ask.attemptId === ask.attemptId)) return 'duplicate';
    const least = (
      dimension: Dimension,
      left: (cap: bigint, sums: ReturnType<ReferenceStore['sums']>) => bigint,
    ): bigint =>
      this.applying(ask.scopes, ask.paid)
        .filter(([, limit]) => limit.dimension === dimension && !limit.soft)
        .map(([scope, limit]) => left(limit.cap, this.sums(scope, limit, ask.atMs)))
        .reduce((lowest, each) => (each < lowest ? each : lowest), ask.want[dimension]);
    const hold = amountsBy((each) => least(each, (cap, { settled, held }) => cap - settled - held));
    const isShort = (amounts: Amounts): boolean =>
      (Object.keys(amounts) as Dimension[]).some((each) => amounts[each] < ask.min[each]);
    if (isShort(hold)) {
      return {
        forGood: isShort(amountsBy((each) => least(each, (cap, { settled, expired }) => cap - settled - expired))),
      };
    }
    this.attempts.push({ ask, status: 'held', hold, cost: noAmounts, overrun: noAmounts });
    return { hold };
  }

  trim(index: number, lower: Amounts): void {
    const attempt = this.attempts[index];
    if (attempt?.status !== 'held') return;
    const { hold } = attempt;
    attempt.hold = amountsBy((each) => (lower[each] < hold[each] ? lower[each] : hold[each]));
  }

  end(index: number, status: Ending['status'], cost: Amounts): void {
    const attempt = this.attempts[index];
    if (attempt === undefined) return;
    const { hold, cost: earlier } = attempt;
    if (attempt.status !== 'held' && (attempt.status !== 'reconciled' || status === 'reconciled')) return;
    const wasHeld = attempt.status === 'held';
    attempt.status = status;
    attempt.cost = cost;
    attempt.overrun = amountsBy((each) => {
      const setAside = wasHeld || earlier[each] > hold[each] ? hold[each] : earlier[each];
      return cost[each] > setAside ? cost[each] - setAside : 0n;
    });
  }
}

function isWithin(per: string, atMs: number, nowMs: number): boolean {
  if (per === 'total') return true;
  if (per === 'day@UTC') return Math.floor(atMs / dayMs) === Math.floor(nowMs / dayMs);
  const lengthMs = Number(/^rolling:(\d+)$/.exec(per)?.[1]);
  const sliceMs = Math.ceil(lengthMs / 60);
  // To the slice: as long as any part of an attempt's slice may lie within the window, and from the future on.
  return Math.floor(atMs / sliceMs) >= Math.floor(nowMs / sliceMs) - Math.ceil(lengthMs / sliceMs);
}

function isSame(one: ScopePair, other: ScopePair): boolean {
  return one.kind === other.kind && one.id === other.id;
}

function nameOf({ kind, id, dimension, per }: LimitKey): string {
  return JSON.stringify([kind, id, dimension, per]);
}
