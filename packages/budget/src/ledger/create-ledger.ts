import {
  type Clock,
  InvalidOptionError,
  MissingScopeError,
  type ModelRef,
  type MoneyAdvice,
  type Pricing,
  type Scopes,
  type Settled,
  systemClock,
  TollgateError,
} from '@tollgate/sdk';
import { moneyOf, nanoFromUsd } from '../money/nano-usd.ts';
import type { Admission, Ending, Store, StoredAttempt } from '../stores/store.ts';
import { checkAmount, largestNano } from './check-amount.ts';
import type { Hold, Ledger, LedgerTotals, ReconcileOptions, ReserveAsk } from './ledger.ts';
import { checkLimit, type Limit, type LimitOptions, limitOf } from './limits.ts';
import { refusalError } from './refusal-error.ts';
import { type LedgerRow, type RowQuery, rowOf } from './rows.ts';
import { checkName, scopeName, type ScopePair, scopePairs } from './scope-pair.ts';

/** What a ledger is made of. */
export interface LedgerOptions {
  /** Where limits, holds and rows are kept. Ledgers on one store share its caps. */
  readonly store: Store;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock;
  /** Prices by exact name, `provider/modelId` or `modelId`, for models that declare none of their own. */
  readonly prices?: { readonly [modelName: string]: Pricing };
  /**
   * How long whoever holds is waited for. An older hold goes on counting in full until it is reconciled. Longer than the
   * longest call. Range (0, ∞). @defaultValue 600,000 (10 minutes)
   */
  readonly leaseMs?: number;
}

/**
 * Opens the ledger of a store.
 *
 * @throws InvalidOptionError when `leaseMs` is outside its range, and what the store throws when it cannot be opened.
 * @example
 * const ledger = await createLedger({ store: memoryStore() });
 * await ledger.setLimit({ kind: 'run', id: 'each', usd: 2 });
 */
export async function createLedger(options: LedgerOptions): Promise<Ledger> {
  const { store, clock = systemClock, prices = {}, leaseMs = 600_000 } = options;
  if (!(leaseMs > 0 && leaseMs < Infinity)) {
    throw new InvalidOptionError('leaseMs', `leaseMs must be a time in (0, ∞) milliseconds, received ${leaseMs}.`);
  }
  return new StoreLedger(await store.open(), { store, clock, prices, leaseMs });
}

class StoreLedger implements Ledger {
  readonly ledgerId: string;
  readonly clock: Clock;
  readonly #store: Store;
  readonly #prices: { readonly [modelName: string]: Pricing };
  readonly #leaseMs: number;

  constructor(ledgerId: string, options: Required<LedgerOptions>) {
    this.ledgerId = ledgerId;
    this.clock = options.clock;
    this.#store = options.store;
    this.#prices = options.prices;
    this.#leaseMs = options.leaseMs;
  }

  async setLimit(limit: LimitOptions): Promise<Limit> {
    return limitOf(await this.#store.setLimit(checkLimit(limit)));
  }

  async limits(): Promise<readonly Limit[]> {
    return (await this.#store.limits()).map(limitOf);
  }

  priceFor({ provider, modelId }: ModelRef): Pricing | undefined {
    for (const name of [`${provider}/${modelId}`, modelId]) {
      if (Object.hasOwn(this.#prices, name)) return this.#prices[name];
    }
    return undefined;
  }

  async reserve(ask: ReserveAsk): Promise<Hold> {
    checkName('attemptId', ask.attemptId);
    checkAmount('minNano', ask.minNano);
    checkAmount('wantNano', ask.wantNano);
    if (ask.wantNano < ask.minNano) {
      throw new InvalidOptionError(
        'wantNano',
        `wantNano must be at least minNano ${ask.minNano}, received ${ask.wantNano}.`,
      );
    }
    const scopes = scopePairs(ask.scopes);
    const atMs = this.#now();
    const admission = await this.#store.reserve({
      ...ask,
      scopes,
      atMs,
      leaseUntilMs: atMs + Math.ceil(this.#leaseMs),
    });
    return this.#hold(ask.attemptId, granted(admission, ask, scopes));
  }

  async remaining(scopes: Scopes | readonly ScopePair[]): Promise<MoneyAdvice> {
    let now = largestNano;
    let afterInFlight = largestNano;
    let limitedBy: string | undefined;
    for (const balance of await this.#store.balances(scopePairs(scopes), this.#now())) {
      if (balance.capNano === undefined) continue;
      const unspent = balance.capNano - balance.settledNano;
      if (limitedBy === undefined || unspent - balance.heldNano < now) {
        now = unspent - balance.heldNano;
        limitedBy = scopeName(balance.scope);
      }
      if (unspent - balance.expiredNano < afterInFlight) afterInFlight = unspent - balance.expiredNano;
    }
    return {
      now: moneyOf(now > 0n ? now : 0n),
      afterInFlight: moneyOf(afterInFlight > 0n ? afterInFlight : 0n),
      ...(limitedBy !== undefined && { limitedBy }),
    };
  }

  async rows({ scopes, status }: RowQuery = {}): Promise<readonly LedgerRow[]> {
    const nowMs = this.#now();
    const attempts = await this.#store.attempts({
      nowMs,
      ...(scopes !== undefined && { scopes: scopePairs(scopes) }),
      ...(status !== undefined && { status }),
    });
    return attempts.map((attempt) => rowOf(attempt, nowMs));
  }

  async totals(scopes: Scopes = {}): Promise<LedgerTotals> {
    const pairs = scopePairs(scopes);
    const totals = await this.#store.totals(pairs);
    let capNano: bigint | undefined;
    for (const balance of await this.#store.balances(pairs, this.#now())) {
      if (balance.capNano !== undefined && (capNano === undefined || balance.capNano < capNano))
        capNano = balance.capNano;
    }
    return {
      ...(capNano !== undefined && { cap: moneyOf(capNano) }),
      settled: moneyOf(totals.settledNano),
      held: moneyOf(totals.heldNano),
      overrun: moneyOf(totals.overrunNano),
      rows: totals.rows,
    };
  }

  async reconcile({ attemptId, costUsd, reason }: ReconcileOptions): Promise<LedgerRow> {
    const nowMs = this.#now();
    const [attempt] = await this.#store.attempts({ attemptId, status: 'expired', nowMs });
    if (attempt === undefined) {
      throw new InvalidOptionError(
        'attemptId',
        `No hold of an attempt ${JSON.stringify(attemptId)} has run out of its lease. ledger.rows({ status: 'expired' }) lists those that have.`,
      );
    }
    const costNano = costUsd === 'hold' ? attempt.holdNano : nanoFromUsd(costUsd, 'costUsd');
    checkAmount('costUsd', costNano);
    const assumption = 'the hold is an upper bound of what the attempt costs';
    return rowOf(
      await this.#end({ attemptId, status: 'reconciled', costNano, candidateIds: [], assumption, reason }),
      nowMs,
    );
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  #now(): number {
    return Math.floor(this.clock.now());
  }

  #hold(attemptId: string, nano: bigint): Hold {
    return {
      attemptId,
      nano,
      trim: async (trimmed) => {
        checkAmount('nano', trimmed);
        await this.#store.trim(attemptId, trimmed);
      },
      settle: async (charge) => {
        checkAmount('costNano', charge.costNano);
        return settledOf(await this.#end({ attemptId, status: 'settled', ...charge }));
      },
      release: async (reason) => {
        await this.#end({
          attemptId,
          status: 'released',
          costNano: 0n,
          candidateIds: [],
          assumption: 'a released attempt costs nothing',
          reason,
        });
      },
    };
  }

  async #end(ending: Ending): Promise<StoredAttempt> {
    const attempt = await this.#store.end(ending);
    if (attempt !== undefined) return attempt;
    throw new TollgateError(
      'internal',
      `The store of this ledger has lost attempt ${JSON.stringify(ending.attemptId)}. Was its file replaced while it was open?`,
    );
  }
}

function granted(admission: Admission, ask: ReserveAsk, scopes: readonly ScopePair[]): bigint {
  switch (admission.outcome) {
    case 'held':
      return admission.holdNano;
    case 'refused':
      throw refusalError(admission, ask.minNano);
    case 'missing-scope':
      throw new MissingScopeError(admission.kind, Object.fromEntries(scopes.map(({ kind, id }) => [kind, id])));
    case 'duplicate':
      throw new InvalidOptionError(
        'attemptId',
        `attemptId must be new, and this ledger has an attempt ${JSON.stringify(ask.attemptId)} already. Name every attempt on the wire apart.`,
      );
    default:
      return admission satisfies never;
  }
}

function settledOf(attempt: StoredAttempt): Settled {
  return {
    cost: moneyOf(attempt.costNano),
    priceKnown: attempt.priceKnown,
    ...(attempt.assumption !== undefined && {
      overrun: { amount: moneyOf(attempt.overrunNano), assumption: attempt.assumption },
    }),
  };
}
