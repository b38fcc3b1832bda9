import {
  BudgetBusyError,
  type Clock,
  InvalidOptionError,
  MissingScopeError,
  type ModelRef,
  type Pricing,
  type Scopes,
  type Settled,
  systemClock,
  TollgateError,
} from '@tollgate/sdk';
import { moneyOf, nanoFromUsd } from '../money/nano-usd.ts';
import { builtInPrices, type PriceBook } from '../prices/price-book.ts';
import type { Admission, Crossing, Ended, Ending, HoldAsk, Store, StoredAttempt } from '../stores/store.ts';
import { checkAmount, largestNano } from './check-amount.ts';
import { type Amounts, dimensions, noAmounts } from './dimension.ts';
import { checkShare, type Grant, grantAttemptId, grantKind, type GrantOptions } from './grant.ts';
import type {
  Hold,
  HoldCharge,
  Ledger,
  LedgerEvent,
  LedgerTotals,
  LimitStatus,
  ReconcileOptions,
  Remaining,
  ReserveAsk,
} from './ledger.ts';
import { amountOf, checkLimit, checkLimitKey, type Limit, limitOf, mostOf } from './limits.ts';
import { checkOutcome, type Outcome, type OutcomeReport, outcomesOf } from './outcomes.ts';
import { reachable, type WhenUnreachable } from './reachable-store.ts';
import { refusalError } from './refusal-error.ts';
import { type LedgerRow, type RowQuery, rowOf } from './rows.ts';
import { checkName, scopeName, type ScopePair, scopePairs } from './scope-pair.ts';
import { tokensOf } from './tokens-of.ts';
import { WaitingLine } from './waiting-line.ts';

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

function checkLease(leaseMs: number): void {
  if (leaseMs > 0 && leaseMs < Infinity) return;
  throw new InvalidOptionError('leaseMs', `leaseMs must be a time in (0, ∞) milliseconds, received ${leaseMs}.`);
}

class StoreLedger implements Ledger {
  readonly ledgerId: string;
  readonly clock: Clock;
  readonly #store: Store;
  readonly #prices: { readonly [modelName: string]: Pricing };
  readonly #priceBook: PriceBook | false;
  readonly #leaseMs: number;
  readonly #onEvent: (event: LedgerEvent) => void;
  readonly #line: WaitingLine;
  /** Scopes of whoever a grant was carved from, by the grant's id. They never change. */
  readonly #grants = new Map<string, readonly ScopePair[]>();
  /** One list for scopes that come in the same object, so that stores can know it again. */
  readonly #pairs = new WeakMap<object, readonly ScopePair[]>();

  constructor(ledgerId: string, options: Required<Omit<LedgerOptions, 'whenUnreachable'>>) {
    this.ledgerId = ledgerId;
    this.clock = options.clock;
    this.#store = options.store;
    this.#prices = options.prices;
    this.#priceBook = options.priceBook;
    this.#leaseMs = options.leaseMs;
    this.#onEvent = options.onEvent;
    this.#line = new WaitingLine(options.clock);
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
    const scopes = this.#pairsOf(ask.scopes);
    const paid = await this.#paidOf(scopes);
    const wanted = checkedAmounts(ask);
    const attempt = async (): Promise<Hold> => {
      const atMs = this.#now();
      const holdAsk: HoldAsk = {
        attemptId: ask.attemptId,
        kind: 'call',
        scopes,
        paid,
        model: ask.model,
        priceKnown: ask.priceKnown,
        ...(ask.label !== undefined && { label: ask.label }),
        ...wanted,
        atMs,
        leaseUntilMs: atMs + Math.ceil(this.#leaseMs),
      };
      return this.#hold(holdAsk, granted(await this.#store.reserve(holdAsk), holdAsk));
    };
    if (this.#line.isAhead(scopes)) {
      if (whenBusy === 'refuse') throw new BudgetBusyError(...aheadInLine(scopes, wanted.min));
    } else {
      try {
        return await attempt();
      } catch (error) {
        if (whenBusy === 'refuse' || !(error instanceof BudgetBusyError)) throw error;
      }
    }
    const tryAgain = (): Promise<Hold | undefined> =>
      attempt().catch((error: unknown) => {
        if (error instanceof BudgetBusyError) return undefined;
        throw error;
      });
    return this.#line.wait(scopes, tryAgain, { pauseMs: 100, signal });
  }

  async countTurn({ turnKey, scopes: named }: Parameters<Ledger['countTurn']>[0]): Promise<void> {
    checkName('turnKey', turnKey);
    const scopes = scopePairs(named);
    const atMs = this.#now();
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
    granted(admission, ask);
    const assumption = 'a turn is one turn';
    await this.#end({
      attemptId: ask.attemptId,
      status: 'settled',
      cost: ask.want,
      atMs,
      candidateIds: [],
      assumption,
    });
  }

  async grant(parent: Scopes | readonly ScopePair[], options: GrantOptions): Promise<Grant> {
    const { id = crypto.randomUUID(), keepUsd = 0, leaseMs = 86_400_000 } = options;
    checkName('id', id);
    checkLease(leaseMs);
    const keep = nanoFromUsd(keepUsd, 'keepUsd');
    const scopes = scopePairs(parent);
    const paid = await this.#paidOf(scopes);
    const free = BigInt((await this.remaining(scopes)).now.nanoUsd) - keep;
    const usd = 'usd' in options ? nanoFromUsd(options.usd, 'usd') : shareOf(free, options.share);
    checkAmount('usd', usd);
    if (usd === 0n) throw new InvalidOptionError('usd', 'A grant must be of more than $0.');
    const atMs = this.#now();
    const ask: HoldAsk = {
      attemptId: grantAttemptId(id),
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
    granted(await this.#store.reserve(ask), ask);
    if (keep > 0n) await this.#store.trim(ask.attemptId, { ...noAmounts, usd });
    await this.#store.setLimit({ kind: grantKind, id, dimension: 'usd', per: 'total', cap: usd, soft: false });
    this.#grants.set(id, scopes);
    const own = scopePairs(scopes, [{ kind: grantKind, id }]);
    return {
      id,
      amount: moneyOf(usd),
      scopes: own,
      record: Object.fromEntries(own.map((scope) => [scope.kind, scope.id])),
      close: () => this.#closeGrant(id, usd),
    };
  }

  async #closeGrant(
    id: string,
    amount: bigint,
  ): Promise<{ readonly spent: Settled['cost']; readonly returned: Settled['cost'] }> {
    const scope = { kind: grantKind, id };
    // Nothing new is admitted while the sum is made.
    await this.#store.setLimit({ ...scope, dimension: 'usd', per: 'total', cap: 0n, soft: false });
    const nowMs = this.#now();
    const inFlight = await this.#store.attempts({ scopes: [scope], status: 'held', nowMs });
    if (inFlight.length > 0) {
      await this.#store.setLimit({ ...scope, dimension: 'usd', per: 'total', cap: amount, soft: false });
      throw new BudgetBusyError(
        `Grant "${id}" cannot be closed: ${inFlight.length} of its calls are in flight. Close it when they have ended.`,
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
    // What a lost call might have cost is spent, for all that is known.
    const { settledNano, heldNano } = await this.#store.totals([scope]);
    const spent = settledNano + heldNano;
    await this.#end({
      attemptId: grantAttemptId(id),
      status: 'settled',
      cost: { ...noAmounts, usd: spent },
      atMs: nowMs,
      candidateIds: [],
      assumption: "the grant's own calls stayed within their holds",
    });
    await this.#store.removeLimit({ ...scope, dimension: 'usd', per: 'total' });
    return { spent: moneyOf(spent), returned: moneyOf(spent < amount ? amount - spent : 0n) };
  }

  async remaining(scopes: Scopes | readonly ScopePair[]): Promise<Remaining> {
    let now = largestNano;
    let afterInFlight = largestNano;
    let limitedBy: string | undefined;
    const limits: LimitStatus[] = [];
    const pairs = this.#pairsOf(scopes);
    const asked = { scopes: pairs, paid: await this.#paidOf(pairs) };
    for (const { limit, scope, settled, held, expired, resetsAtMs } of await this.#store.balances(asked, this.#now())) {
      const unspent = limit.cap - settled;
      const left = unspent - held;
      limits.push({
        limit: limitOf(limit),
        scope,
        settled: amountOf(limit.dimension, settled),
        held: amountOf(limit.dimension, held),
        left: amountOf(limit.dimension, left > 0n ? left : 0n),
        ...(Number.isFinite(resetsAtMs) && { resetsAtMs }),
      });
      if (limit.dimension !== 'usd' || limit.soft) continue;
      if (limitedBy === undefined || left < now) {
        now = left;
        limitedBy = scopeName(scope);
      }
      if (unspent - expired < afterInFlight) afterInFlight = unspent - expired;
    }
    return {
      now: moneyOf(now > 0n ? now : 0n),
      afterInFlight: moneyOf(afterInFlight > 0n ? afterInFlight : 0n),
      ...(limitedBy !== undefined && { limitedBy }),
      limits,
    };
  }

  async rows({ scopes, ...query }: RowQuery = {}): Promise<readonly LedgerRow[]> {
    const nowMs = this.#now();
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
    for (const { limit } of await this.#store.balances({ scopes: pairs, paid: nothing }, this.#now())) {
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
    await this.#store.reportOutcome(checkOutcome(report, this.#now()));
  }

  async outcomes(scopes: Scopes = {}): Promise<readonly Outcome[]> {
    const pairs = scopePairs(scopes);
    const [stored, attempts] = await Promise.all([
      this.#store.outcomes([]),
      this.#store.attempts({ scopes: pairs, nowMs: this.#now() }),
    ]);
    // A verdict on a result need not repeat whom its attempts were for: those with no attempt here are others'.
    return outcomesOf(stored, attempts).filter(({ attempts: count }) => pairs.length === 0 || count > 0);
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
    const usd = costUsd === 'hold' ? attempt.hold.usd : nanoFromUsd(costUsd, 'costUsd');
    checkAmount('costUsd', usd);
    return rowOf(
      await this.#end({
        attemptId,
        status: 'reconciled',
        cost: { ...attempt.hold, usd },
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

  #now(): number {
    return Math.floor(this.clock.now());
  }

  #pairsOf(scopes: Scopes | readonly ScopePair[]): readonly ScopePair[] {
    let pairs = this.#pairs.get(scopes);
    if (pairs === undefined) this.#pairs.set(scopes, (pairs = scopePairs(scopes)));
    return pairs;
  }

  /** Scopes that a grant among these was carved from: they have paid already. */
  async #paidOf(scopes: readonly ScopePair[]): Promise<readonly ScopePair[]> {
    let paid: readonly ScopePair[] = nothing;
    for (const { kind, id } of scopes) if (kind === grantKind) paid = [...paid, ...(await this.#parentOf(id))];
    return paid;
  }

  async #parentOf(grantId: string): Promise<readonly ScopePair[]> {
    const known = this.#grants.get(grantId);
    if (known !== undefined) return known;
    const [grant] = await this.#store.attempts({ attemptId: grantAttemptId(grantId), nowMs: this.#now() });
    if (grant?.status !== 'held') {
      throw new InvalidOptionError(
        'scopes.grant',
        `There is no open grant ${JSON.stringify(grantId)} in this ledger. ledger.grant makes one.`,
      );
    }
    this.#grants.set(grantId, grant.scopes);
    return grant.scopes;
  }

  #hold(ask: HoldAsk, amounts: Amounts): Hold {
    const { attemptId } = ask;
    const end = async (ending: Omit<Ending, 'attemptId' | 'atMs'>): Promise<StoredAttempt> =>
      this.#end({ attemptId, atMs: this.#now(), ...ending });
    return {
      attemptId,
      granted: amounts,
      deadlineMs: amounts.seconds < ask.want.seconds ? ask.atMs + Number(amounts.seconds) : Infinity,
      trim: async (lower) => {
        await this.#store.trim(attemptId, { ...amounts, ...lower });
        this.#line.rouse();
      },
      settle: async (charge) => settledOf(await end({ status: 'settled', ...this.#costOf(charge, ask, amounts) })),
      release: async (reason) => {
        const assumption = 'a released attempt costs nothing';
        await end({ status: 'released', cost: noAmounts, candidateIds: [], assumption, reason });
      },
    };
  }

  #costOf(
    { costNano, ...charge }: HoldCharge,
    ask: HoldAsk,
    hold: Amounts,
  ): Omit<Ending, 'attemptId' | 'atMs' | 'status'> {
    checkAmount('costNano', costNano);
    const elapsedMs = Math.max(0, this.#now() - ask.atMs);
    return {
      ...charge,
      cost: {
        usd: costNano,
        tokens: tokensOf(charge.usage) ?? hold.tokens,
        calls: hold.calls,
        turns: hold.turns,
        seconds: BigInt(elapsedMs),
      },
    };
  }

  async #end(ending: Ending): Promise<StoredAttempt> {
    const ended: Ended | undefined = await this.#store.end(ending);
    if (ended === undefined) {
      throw new TollgateError(
        'internal',
        `The store of this ledger has lost attempt ${JSON.stringify(ending.attemptId)}. Was its file replaced while it was open?`,
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

function checkedAmounts(ask: ReserveAsk): Pick<HoldAsk, 'want' | 'min'> {
  checkName('attemptId', ask.attemptId);
  const want: Amounts = { usd: 0n, calls: 1n, turns: 0n, tokens: mostOf.tokens, seconds: mostOf.seconds, ...ask.want };
  const min: Amounts = { usd: want.usd, calls: want.calls, turns: 0n, tokens: 0n, seconds: 0n, ...ask.min };
  checkAmount('want.usd', want.usd);
  for (const each of dimensions) {
    if (min[each] >= 0n && want[each] >= min[each]) continue;
    throw new InvalidOptionError(
      `want.${each}`,
      `want.${each} must be at least min.${each} ${min[each]}, which must be 0 or more; received ${want[each]}.`,
    );
  }
  return { want, min };
}

function shareOf(free: bigint, share: number): bigint {
  checkShare(share);
  if (free <= 0n) return 0n;
  const parts = 1_000_000;
  return (free * BigInt(Math.floor(share * parts))) / BigInt(parts);
}

function granted(admission: Admission, ask: HoldAsk): Amounts {
  switch (admission.outcome) {
    case 'held':
      return admission.hold;
    case 'refused':
      throw refusalError(admission, ask.min, ask.atMs);
    case 'missing-scope':
      throw new MissingScopeError(admission.kind, Object.fromEntries(ask.scopes.map(({ kind, id }) => [kind, id])));
    case 'duplicate':
      throw new InvalidOptionError(
        'attemptId',
        `attemptId must be new, and this ledger has an attempt ${JSON.stringify(ask.attemptId)} already. Name every attempt on the wire apart.`,
      );
    default:
      return admission satisfies never;
  }
}

function aheadInLine(scopes: readonly ScopePair[], min: Amounts): ConstructorParameters<typeof BudgetBusyError> {
  const zero = moneyOf(0n);
  const scope = scopes[0] ?? { kind: 'ledger', id: 'all' };
  return [
    `Calls are waiting in line for ${scopes.map(scopeName).join(', ')}, and nobody overtakes them. Try again, or wait in line: whenBusy: 'wait'.`,
    { scope, dimension: 'usd', cap: zero, settled: zero, held: zero, asked: moneyOf(min.usd) },
    100,
  ];
}

function settledOf(attempt: StoredAttempt): Settled {
  return {
    cost: moneyOf(attempt.cost.usd),
    priceKnown: attempt.priceKnown,
    ...(attempt.assumption !== undefined &&
      attempt.overrun.usd > 0n && {
        overrun: { amount: moneyOf(attempt.overrun.usd), assumption: attempt.assumption },
      }),
  };
}
