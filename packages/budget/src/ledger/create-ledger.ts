import {
  BudgetBusyError,
  type Clock,
  InvalidOptionError,
  type ModelRef,
  type Pricing,
  type Scopes,
  systemClock,
  TollgateError,
} from '@tollgate/sdk';
import { moneyOf, nanoFromUsd } from '../money/nano-usd.ts';
import { builtInPrices, type PriceBook } from '../prices/price-book.ts';
import type { Awaitable, Crossing, Ended, Ending, HoldAsk, Store, StoredAttempt } from '../stores/store.ts';
import { admitted } from './admitted.ts';
import { checkAmount } from './check-amount.ts';
import { checkLease } from './check-lease.ts';
import { type Amounts, noAmounts } from './dimension.ts';
import type { Grant, GrantOptions } from './grant.ts';
import { Granting } from './granting.ts';
import { KnownScopes } from './known-scopes.ts';
import type { Hold, Ledger, LedgerEvent, LedgerTotals, ReconcileOptions, Remaining, ReserveAsk } from './ledger.ts';
import { type HoldKeeper, LedgerHold } from './ledger-hold.ts';
import { amountOf, checkLimit, checkLimitKey, type Limit, limitOf } from './limits.ts';
import { checkOutcome, type Outcome, type OutcomeReport, outcomesOf } from './outcomes.ts';
import { reachable, type WhenUnreachable } from './reachable-store.ts';
import { remainingOf } from './remaining-of.ts';
import { type LedgerRow, type RowQuery, rowOf } from './rows.ts';
import { checkName, scopeName, type ScopePair, scopePairs } from './scope-pair.ts';
import { boundedTokens } from './tokens-of.ts';
import { type Tried, WaitingLine } from './waiting-line.ts';
import { wantedAmounts } from './wanted-amounts.ts';

/** What a ledger is made of. */
export interface LedgerOptions {
  /** Where limits, holds and rows are kept. Ledgers on one store share its caps. */
  readonly store: Store;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock;
  /** Prices by exact name, `provider/modelId` or `modelId`, for models that declare none of their own. */
  readonly prices?: { readonly [modelName: string]: Pricing };
  /** Prices of models that neither declare one nor are named in `prices`; `false` for none. @defaultValue the built-in list prices */
  readonly priceBook?: PriceBook | false;
  /**
   * How long whoever holds is waited for. An older hold goes on counting in full until it is reconciled. Longer than the
   * longest call. Range (0, ∞). @defaultValue 600,000 (10 minutes)
   */
  readonly leaseMs?: number;
  /** What happens to calls while the store cannot be reached. @defaultValue 'refuse' */
  readonly whenUnreachable?: WhenUnreachable;
  /** Told of soft limits that were reached. What it throws is not caught. */
  readonly onEvent?: (event: LedgerEvent) => void;
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
  const { clock = systemClock, prices = {}, leaseMs = 600_000, onEvent = () => undefined } = options;
  checkLease(leaseMs);
  const store = reachable(options.store, options.whenUnreachable ?? 'refuse');
  const { priceBook = builtInPrices() } = options;
  return new StoreLedger(await store.open(), { store, clock, prices, priceBook, leaseMs, onEvent });
}

class StoreLedger implements Ledger, HoldKeeper {
  readonly ledgerId: string;
  readonly clock: Clock;
  readonly #store: Store;
  readonly #prices: { readonly [modelName: string]: Pricing };
  readonly #priceBook: PriceBook | false;
  readonly #leaseMs: number;
  readonly #onEvent: (event: LedgerEvent) => void;
  readonly #line: WaitingLine;
  readonly #granting: Granting;
  readonly #scopes = new KnownScopes();

  constructor(ledgerId: string, options: Required<Omit<LedgerOptions, 'whenUnreachable'>>) {
    this.ledgerId = ledgerId;
    this.clock = options.clock;
    this.#store = options.store;
    this.#prices = options.prices;
    this.#priceBook = options.priceBook;
    this.#leaseMs = options.leaseMs;
    this.#onEvent = options.onEvent;
    this.#line = new WaitingLine(options.clock);
    this.#granting = new Granting({
      store: options.store,
      clock: options.clock,
      freeOf: async (scopes) => BigInt((await this.remaining(scopes)).now.nanoUsd),
      end: (ending) => this.end(ending),
    });
  }

  async setLimit(limit: Parameters<Ledger['setLimit']>[0]): Promise<Limit> {
    const stored = await this.#store.setLimit(checkLimit(limit));
    this.#line.rouse();
    return limitOf(stored);
  }

  async removeLimit({ dimension, ...scope }: Parameters<Ledger['removeLimit']>[0]): Promise<boolean> {
    const removed = await this.#store.removeLimit(checkLimitKey(scope, dimension));
    this.#line.rouse();
    return removed;
  }

  async limits(): Promise<readonly Limit[]> {
    return (await this.#store.limits()).map(limitOf);
  }

  priceFor({ provider, modelId }: ModelRef): Pricing | undefined {
    for (const name of [`${provider}/${modelId}`, modelId]) {
      if (Object.hasOwn(this.#prices, name)) return this.#prices[name];
    }
    return this.#priceBook === false ? undefined : this.#priceBook.priceFor({ provider, modelId });
  }

  async reserve(ask: ReserveAsk): Promise<Hold> {
    const { whenBusy = 'refuse', signal } = ask;
    const scopes = this.#scopes.pairsOf(ask.scopes);
    const paid = this.#granting.paidOf(scopes);
    // What is there at once is not waited for here and below: each wait is a turn of the queue.
    const charged = { scopes, paid: paid instanceof Promise ? await paid : paid };
    const wanted = wantedAmounts(ask);
    const ahead = this.#line.ahead(scopes);
    if (whenBusy === 'refuse') {
      if (ahead !== undefined) throw aheadInLine(ahead, wanted.min);
      return this.#hold(ask, charged, wanted);
    }
    const tried = async (): Promise<Tried<Hold>> => {
      try {
        return { value: await this.#hold(ask, charged, wanted) };
      } catch (error) {
        if (error instanceof BudgetBusyError) return { busy: error.refusal.scope };
        throw error;
      }
    };
    const first = ahead === undefined ? await tried() : { busy: ahead };
    return 'value' in first ? first.value : this.#line.wait(first.busy, tried, { pauseMs: 100, signal });
  }

  async countTurn({ turnKey, scopes: named }: Parameters<Ledger['countTurn']>[0]): Promise<void> {
    checkName('turnKey', turnKey);
    const scopes = scopePairs(named);
    const atMs = this.now();
    const ask: HoldAsk = {
      attemptId: `turn:${turnKey}`,
      kind: 'turn',
      scopes,
      paid: nothing,
      model: { provider: 'tollgate', modelId: 'turn' },
      priceKnown: 'override',
      want: { ...noAmounts, turns: 1n },
      min: { ...noAmounts, turns: 1n },
      atMs,
      leaseUntilMs: atMs + Math.ceil(this.#leaseMs),
    };
    const admission = await this.#store.reserve(ask);
    if (admission.outcome === 'duplicate') return;
    admitted(admission, ask);
    const assumption = 'a turn is one turn';
    await this.end({
      attemptId: ask.attemptId,
      status: 'settled',
      cost: ask.want,
      atMs,
      candidateIds: [],
      assumption,
    });
  }

  grant(parent: Scopes | readonly ScopePair[], options: GrantOptions): Promise<Grant> {
    return this.#granting.grant(parent, options);
  }

  async remaining(scopes: Scopes | readonly ScopePair[]): Promise<Remaining> {
    const pairs = this.#scopes.pairsOf(scopes);
    const paid = await this.#granting.paidOf(pairs);
    return remainingOf(await this.#store.balances({ scopes: pairs, paid }, this.now()));
  }

  async rows({ scopes, ...query }: RowQuery = {}): Promise<readonly LedgerRow[]> {
    const nowMs = this.now();
    const attempts = await this.#store.attempts({
      ...query,
      nowMs,
      ...(scopes !== undefined && { scopes: scopePairs(scopes) }),
    });
    return attempts.map((attempt) => rowOf(attempt, nowMs));
  }

  async totals(scopes: Scopes = {}): Promise<LedgerTotals> {
    const pairs = scopePairs(scopes);
    const totals = await this.#store.totals(pairs);
    let cap: bigint | undefined;
    for (const { limit } of await this.#store.balances({ scopes: pairs, paid: nothing }, this.now())) {
      if (limit.dimension === 'usd' && !limit.soft && (cap === undefined || limit.cap < cap)) cap = limit.cap;
    }
    return {
      ...(cap !== undefined && { cap: moneyOf(cap) }),
      settled: moneyOf(totals.settledNano),
      held: moneyOf(totals.heldNano),
      overrun: moneyOf(totals.overrunNano),
      rows: totals.rows,
    };
  }

  async reportOutcome(report: OutcomeReport): Promise<void> {
    await this.#store.reportOutcome(checkOutcome(report, this.now()));
  }

  async outcomes(scopes: Scopes = {}): Promise<readonly Outcome[]> {
    const pairs = scopePairs(scopes);
    const [stored, attempts] = await Promise.all([
      this.#store.outcomes([]),
      this.#store.attempts({ scopes: pairs, nowMs: this.now() }),
    ]);
    // A verdict on a result need not repeat whom its attempts were for: those with no attempt here are others'.
    return outcomesOf(stored, attempts).filter(({ attempts: count }) => pairs.length === 0 || count > 0);
  }

  async reconcile({ attemptId, costUsd, reason }: ReconcileOptions): Promise<LedgerRow> {
    const nowMs = this.now();
    const [attempt] = await this.#store.attempts({ attemptId, status: 'expired', nowMs });
    if (attempt === undefined) {
      throw new InvalidOptionError(
        'attemptId',
        `No hold of an attempt ${JSON.stringify(attemptId)} has run out of its lease. ledger.rows({ status: 'expired' }) lists those that have.`,
      );
    }
    const usd = costUsd === 'hold' ? attempt.hold.usd : nanoFromUsd(costUsd, 'costUsd');
    checkAmount('costUsd', usd);
    return rowOf(
      await this.end({
        attemptId,
        status: 'reconciled',
        cost: {
          ...attempt.hold,
          usd,
          tokens: boundedTokens(attempt.hold.tokens),
          seconds: leastOf(attempt.hold.seconds, BigInt(Math.max(0, nowMs - attempt.atMs))),
        },
        atMs: nowMs,
        candidateIds: [],
        assumption: 'the hold is an upper bound of what the attempt costs',
        reason,
      }),
      nowMs,
    );
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  #hold(
    { attemptId, model, priceKnown, label }: ReserveAsk,
    { scopes, paid }: Pick<HoldAsk, 'scopes' | 'paid'>,
    { want, min }: Pick<HoldAsk, 'want' | 'min'>,
  ): Awaitable<Hold> {
    const atMs = this.now();
    const leaseUntilMs = atMs + Math.ceil(this.#leaseMs);
    const ask: HoldAsk = {
      attemptId,
      kind: 'call',
      scopes,
      paid,
      model,
      priceKnown,
      label,
      want,
      min,
      atMs,
      leaseUntilMs,
    };
    const admission = this.#store.reserve(ask);
    return admission instanceof Promise
      ? admission.then((each) => new LedgerHold(ask, admitted(each, ask), this))
      : new LedgerHold(ask, admitted(admission, ask), this);
  }

  now(): number {
    return Math.floor(this.clock.now());
  }

  async trim(attemptId: string, hold: Amounts): Promise<void> {
    await this.#store.trim(attemptId, hold);
    this.#line.rouse();
  }

  end(ending: Ending): Awaitable<StoredAttempt> {
    const ended = this.#store.end(ending);
    return ended instanceof Promise ? ended.then((each) => this.#ended(each, ending)) : this.#ended(ended, ending);
  }

  #ended(ended: Ended | undefined, { attemptId }: Ending): StoredAttempt {
    if (ended === undefined) {
      throw new TollgateError(
        'internal',
        `The store of this ledger has lost attempt ${JSON.stringify(attemptId)}. Was its file replaced while it was open?`,
      );
    }
    this.#line.rouse();
    for (const crossing of ended.crossed) this.#onEvent(eventOf(crossing));
    return ended.attempt;
  }
}

/** One list for all, so that stores know it again. */
const nothing: readonly ScopePair[] = [];

function eventOf({ limit, scope, settled }: Crossing): LedgerEvent {
  return { type: 'soft-limit', limit: limitOf(limit), scope, settled: amountOf(limit.dimension, settled) };
}

function leastOf(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

function aheadInLine(scope: ScopePair, min: Amounts): BudgetBusyError {
  const zero = moneyOf(0n);
  return new BudgetBusyError(
    `Calls are waiting in line for ${scopeName(scope)}, and nobody overtakes them. Try again, or wait in line: whenBusy: 'wait'.`,
    { scope, dimension: 'usd', cap: zero, settled: zero, held: zero, asked: moneyOf(min.usd) },
    100,
  );
}
