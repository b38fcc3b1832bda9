import { BudgetBusyError, type Clock, InvalidOptionError, type Money, type Scopes } from '@tollgate/sdk';
import { moneyOf, nanoFromUsd } from '../money/nano-usd.ts';
import { grantKind, grantRowId } from '../stores/grant-row.ts';
import type { Awaitable, Ending, HoldAsk, Store, StoredAttempt } from '../stores/store.ts';
import { admitted } from './admitted.ts';
import { checkAmount } from './check-amount.ts';
import { checkLease } from './check-lease.ts';
import { noAmounts } from './dimension.ts';
import { checkShare, type Grant, type GrantOptions } from './grant.ts';
import { grantNotOpen } from './grant-not-open.ts';
import { checkName, type ScopePair, scopePairs } from './scope-pair.ts';

/** What grants are made with. */
export interface GrantingOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Nano-dollars that scopes have free now. */
  readonly freeOf: (scopes: readonly ScopePair[]) => Promise<bigint>;
  /** Ends an attempt and tells everybody who waits. */
  readonly end: (ending: Ending) => Awaitable<StoredAttempt>;
}

/** Nothing was paid. One list for all, so that stores know it again. */
const nothing: readonly ScopePair[] = [];

/** Carves money out for sub-agents, and takes back what they did not spend. */
export class Granting {
  readonly #options: GrantingOptions;
  /** Scopes of whoever an open grant was carved from, by its id. They never change. */
  readonly #parents = new Map<string, readonly ScopePair[]>();

  constructor(options: GrantingOptions) {
    this.#options = options;
  }

  /** Those of some scopes that a grant among them was carved from: they have paid already. At once where none is a grant. */
  paidOf(scopes: readonly ScopePair[]): readonly ScopePair[] | Promise<readonly ScopePair[]> {
    return scopes.some(({ kind }) => kind === grantKind) ? this.#paidOf(scopes) : nothing;
  }

  async #paidOf(scopes: readonly ScopePair[]): Promise<readonly ScopePair[]> {
    const paid: ScopePair[] = [];
    for (const { kind, id } of scopes) if (kind === grantKind) paid.push(...(await this.#parentOf(id)));
    return paid;
  }

  async grant(parent: Scopes | readonly ScopePair[], options: GrantOptions): Promise<Grant> {
    const { id = crypto.randomUUID(), keepUsd = 0, leaseMs = 86_400_000 } = options;
    const { store } = this.#options;
    checkName('id', id);
    checkLease(leaseMs);
    const keep = nanoFromUsd(keepUsd, 'keepUsd');
    const scopes = scopePairs(parent);
    const paid = await this.paidOf(scopes);
    const usd =
      'usd' in options
        ? nanoFromUsd(options.usd, 'usd')
        : shareOf((await this.#options.freeOf(scopes)) - keep, options.share);
    checkAmount('usd', usd);
    if (usd === 0n) throw new InvalidOptionError('usd', 'A grant must be of more than $0.');
    const atMs = this.#now();
    const ask: HoldAsk = {
      attemptId: grantRowId(id),
      kind: 'grant',
      scopes,
      paid,
      model: { provider: 'tollgate', modelId: 'grant' },
      priceKnown: 'override',
      want: { ...noAmounts, usd: usd + keep },
      min: { ...noAmounts, usd: usd + keep },
      atMs,
      leaseUntilMs: atMs + Math.ceil(leaseMs),
    };
    admitted(await store.reserve(ask), ask);
    if (keep > 0n) await store.trim(ask.attemptId, { ...noAmounts, usd });
    await this.#cap(id, usd);
    this.#parents.set(id, scopes);
    const own = scopePairs(scopes, [{ kind: grantKind, id }]);
    return {
      id,
      amount: moneyOf(usd),
      scopes: own,
      record: Object.fromEntries(own.map((scope) => [scope.kind, scope.id])),
      close: () => this.#close(id, usd),
    };
  }

  /** The grant stays shut from here on, also where it cannot be closed yet: what comes back is not given out again. */
  async #close(id: string, amount: bigint): Promise<{ readonly spent: Money; readonly returned: Money }> {
    const { store } = this.#options;
    const scope = { kind: grantKind, id };
    await this.#cap(id, 0n);
    const nowMs = this.#now();
    const inFlight = await store.attempts({ scopes: [scope], status: 'held', nowMs });
    if (inFlight.length > 0) throw stillInFlight(scope, amount, inFlight);
    // What a lost call might have cost is spent, for all that is known.
    const { settledNano, heldNano } = await store.totals([scope]);
    const spent = settledNano + heldNano;
    await this.#options.end({
      attemptId: grantRowId(id),
      status: 'settled',
      cost: { ...noAmounts, usd: spent },
      atMs: nowMs,
      candidateIds: [],
      assumption: "the grant's own calls stayed within their holds",
    });
    this.#parents.delete(id);
    await store.removeLimit({ ...scope, dimension: 'usd', per: 'total' });
    return { spent: moneyOf(spent), returned: moneyOf(spent < amount ? amount - spent : 0n) };
  }

  async #cap(id: string, cap: bigint): Promise<void> {
    await this.#options.store.setLimit({ kind: grantKind, id, dimension: 'usd', per: 'total', cap, soft: false });
  }

  async #parentOf(grantId: string): Promise<readonly ScopePair[]> {
    const known = this.#parents.get(grantId);
    if (known !== undefined) return known;
    const [grant] = await this.#options.store.attempts({ attemptId: grantRowId(grantId), nowMs: this.#now() });
    if (grant?.status !== 'held') throw grantNotOpen(grantId);
    this.#parents.set(grantId, grant.scopes);
    return grant.scopes;
  }

  #now(): number {
    return Math.floor(this.#options.clock.now());
  }
}

function stillInFlight(scope: ScopePair, amount: bigint, inFlight: readonly StoredAttempt[]): BudgetBusyError {
  return new BudgetBusyError(
    `Grant "${scope.id}" cannot be closed: ${inFlight.length} of its calls are in flight. It takes no new ones; close it again when they have ended.`,
    {
      scope,
      dimension: 'usd',
      cap: moneyOf(amount),
      settled: moneyOf(0n),
      held: moneyOf(inFlight.reduce((sum, { hold }) => sum + hold.usd, 0n)),
      asked: moneyOf(0n),
    },
    100,
  );
}

function shareOf(free: bigint, share: number): bigint {
  checkShare(share);
  if (free <= 0n) return 0n;
  const parts = 1_000_000;
  return (free * BigInt(Math.floor(share * parts))) / BigInt(parts);
}
