import { type Amounts, amountsBy, dimensions, noAmounts } from '../../ledger/dimension.ts';
import type { ScopePair } from '../../ledger/scope-pair.ts';
import type { AttemptKind, Balance, Ending, HoldAsk, LimitKey, StoredLimit, StoredTotals } from '../store.ts';

/** An attempt as the reference keeps it. */
export interface ReferenceAttempt {
  readonly ask: HoldAsk;
  status: 'held' | Ending['status'];
  hold: Amounts;
  cost: Amounts;
  overrun: Amounts;
}

/** What is left over of an answer that the reference can foretell. */
export type Expected =
  | { readonly outcome: 'duplicate' | 'missing-scope' | 'grant-closed' }
  | { readonly outcome: 'refused'; readonly forGood: boolean }
  | { readonly outcome: 'held'; readonly hold: Amounts };

/** A sum over attempts, and the part of what is held whose lease has run out. */
export type ReferenceSums = Balance & { readonly expired: bigint };

type Limit = Omit<StoredLimit, 'version'>;

const dayMs = 86_400_000;

/**
 * What a store must answer, the slow way: every sum is made anew from the list of attempts. Knows the windows `total`,
 * `day@UTC` and rolling ones, by arithmetic of its own.
 */
export class ReferenceStore {
  readonly attempts: ReferenceAttempt[] = [];
  readonly #byId = new Map<string, ReferenceAttempt>();
  readonly #byScope = new Map<string, ReferenceAttempt[]>();
  readonly #limits = new Map<string, Limit>();

  setLimit(limit: Limit): void {
    this.#limits.set(nameOf(limit), limit);
  }

  removeLimit(key: LimitKey): boolean {
    return this.#limits.delete(nameOf(key));
  }

  capOf(key: LimitKey): bigint | undefined {
    return this.#limits.get(nameOf(key))?.cap;
  }

  /** Limits that count an attempt of these scopes. */
  applying(scopes: readonly ScopePair[], paid: readonly ScopePair[]): readonly (readonly [ScopePair, Limit])[] {
    const applying: (readonly [ScopePair, Limit])[] = [];
    for (const scope of scopes) {
      const isPaid = paid.some((other) => isSame(other, scope));
      for (const limit of this.#limits.values()) {
        if (limit.kind !== scope.kind || (isPaid && limit.dimension === 'usd')) continue;
        const each = limit.id === 'each' && !this.#limits.has(nameOf({ ...limit, id: scope.id }));
        if (each || limit.id === scope.id) applying.push([scope, limit]);
      }
    }
    return applying;
  }

  sums(scope: ScopePair, { dimension, per }: LimitKey, nowMs: number): ReferenceSums {
    let [settled, held, overrun, expired] = [0n, 0n, 0n, 0n];
    const isWithin = withinOf(per, nowMs);
    for (const { ask, status, hold, ...attempt } of this.#byScope.get(scopeName(scope)) ?? []) {
      if (!isWithin(ask.atMs)) continue;
      if (dimension === 'usd' && ask.paid.some((other) => isSame(other, scope))) continue;
      settled += attempt.cost[dimension];
      overrun += attempt.overrun[dimension];
      if (status !== 'held') continue;
      held += hold[dimension];
      if (ask.leaseUntilMs <= nowMs) expired += hold[dimension];
    }
    return { settled, held, overrun, expired };
  }

  totals(scopes: readonly ScopePair[]): StoredTotals {
    let [settledNano, heldNano, overrunNano, rows] = [0n, 0n, 0n, 0];
    const add: { readonly [kind in AttemptKind]: (attempt: ReferenceAttempt) => void } = {
      call: (attempt) => {
        rows += 1;
        add.turn(attempt);
      },
      turn: ({ status, hold, cost, overrun }) => {
        settledNano += cost.usd;
        overrunNano += overrun.usd;
        if (status === 'held') heldNano += hold.usd;
      },
      grant: ({ ask, status, hold }) => {
        if (status !== 'held') return;
        const inside = this.totals([{ kind: 'grant', id: ask.attemptId.slice('grant:'.length) }]);
        const left = hold.usd - inside.settledNano - inside.heldNano;
        if (left > 0n) heldNano += left;
      },
    };
    const [first, ...others] = scopes;
    for (const attempt of first === undefined ? this.attempts : (this.#byScope.get(scopeName(first)) ?? [])) {
      const { ask } = attempt;
      if (others.every((scope) => ask.scopes.some((other) => isSame(other, scope)))) add[ask.kind](attempt);
    }
    return { settledNano, heldNano, overrunNano, rows };
  }

  reserve(ask: HoldAsk): Expected {
    for (const { kind, id } of this.#limits.values()) {
      if (id === 'each' && !ask.scopes.some((scope) => scope.kind === kind)) return { outcome: 'missing-scope' };
    }
    if (this.#byId.has(ask.attemptId)) return { outcome: 'duplicate' };
    const isClosed = ({ kind, id }: ScopePair): boolean =>
      kind === 'grant' && this.#byId.get(`grant:${id}`)?.status !== 'held';
    if (ask.paid.length > 0 && ask.scopes.some(isClosed)) return { outcome: 'grant-closed' };
    const hold = { ...ask.want };
    const patient = { ...ask.want };
    for (const [scope, { soft, cap, ...key }] of this.applying(ask.scopes, ask.paid)) {
      if (soft) continue;
      const { settled, held, expired } = this.sums(scope, key, ask.atMs);
      hold[key.dimension] = lesser(hold[key.dimension], cap - settled - held);
      patient[key.dimension] = lesser(patient[key.dimension], cap - settled - expired);
    }
    const isShort = (amounts: Amounts): boolean => dimensions.some((each) => amounts[each] < ask.min[each]);
    if (isShort(hold)) return { outcome: 'refused', forGood: isShort(patient) };
    this.#add(ask, hold);
    return { outcome: 'held', hold };
  }

  trim(attemptId: string, lower: Amounts): void {
    const attempt = this.#byId.get(attemptId);
    if (attempt?.status !== 'held') return;
    const { hold } = attempt;
    attempt.hold = amountsBy((each) => lesser(lower[each], hold[each]));
  }

  /** The attempt as it is after that. */
  end(attemptId: string, status: Ending['status'], cost: Amounts): ReferenceAttempt | undefined {
    const attempt = this.#byId.get(attemptId);
    if (attempt === undefined) return undefined;
    const { hold, cost: earlier } = attempt;
    if (attempt.status !== 'held' && (attempt.status !== 'reconciled' || status === 'reconciled')) return attempt;
    const wasHeld = attempt.status === 'held';
    attempt.status = status;
    attempt.cost = cost;
    attempt.overrun = amountsBy((each) => {
      const setAside = wasHeld || earlier[each] > hold[each] ? hold[each] : earlier[each];
      return cost[each] > setAside ? cost[each] - setAside : 0n;
    });
    return attempt;
  }

  record(ask: HoldAsk, status: Ending['status'], cost: Amounts): ReferenceAttempt | undefined {
    if (!this.#byId.has(ask.attemptId)) this.#add(ask, ask.want);
    return this.end(ask.attemptId, status, cost);
  }

  #add(ask: HoldAsk, hold: Amounts): void {
    const attempt: ReferenceAttempt = { ask, status: 'held', hold, cost: noAmounts, overrun: noAmounts };
    this.attempts.push(attempt);
    this.#byId.set(ask.attemptId, attempt);
    for (const scope of ask.scopes) {
      const name = scopeName(scope);
      const known = this.#byScope.get(name);
      if (known === undefined) this.#byScope.set(name, [attempt]);
      else known.push(attempt);
    }
  }
}

function withinOf(per: string, nowMs: number): (atMs: number) => boolean {
  if (per === 'total') return () => true;
  if (per === 'day@UTC') {
    const day = Math.floor(nowMs / dayMs);
    return (atMs) => Math.floor(atMs / dayMs) === day;
  }
  const lengthMs = Number(/^rolling:(\d+)$/.exec(per)?.[1]);
  const sliceMs = Math.ceil(lengthMs / 60);
  // To the slice: as long as any part of an attempt's slice may lie within the window, and from the future on.
  const first = Math.floor(nowMs / sliceMs) - Math.ceil(lengthMs / sliceMs);
  return (atMs) => Math.floor(atMs / sliceMs) >= first;
}

function lesser(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

function isSame(one: ScopePair, other: ScopePair): boolean {
  return one.kind === other.kind && one.id === other.id;
}

function scopeName({ kind, id }: ScopePair): string {
  return `${kind}\n${id}`;
}

function nameOf({ kind, id, dimension, per }: LimitKey): string {
  return `${kind}\n${id}\n${dimension}\n${per}`;
}
