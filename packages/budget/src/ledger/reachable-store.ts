import { BudgetExceededError, TollgateError } from '@tollgate/sdk';
import { formatUsd } from '../money/format-usd.ts';
import { moneyOf, nanoFromUsd } from '../money/nano-usd.ts';
import type {
  Admission,
  AttemptQuery,
  Awaitable,
  Ended,
  Ending,
  HoldAsk,
  LimitBalance,
  LimitKey,
  Store,
  StoredAttempt,
  StoredLimit,
  StoredOutcome,
  StoredTotals,
} from '../stores/store.ts';
import { checkAmount } from './check-amount.ts';
import type { Amounts } from './dimension.ts';
import type { ScopePair } from './scope-pair.ts';

/** What a ledger does while its store cannot be reached. */
export type WhenUnreachable =
  /** Refuses every call. */
  | 'refuse'
  /**
   * Lets calls through until they may have cost this much together, in US dollars, each process on its own; no other limit
   * is looked at meanwhile. They are written down as soon as the store is back, past a cap where it must be. A process
   * that dies before that takes its rows with it. Range (0, 1e9].
   */
  | { readonly localUsd: number };

interface LocalAttempt {
  readonly ask: HoldAsk;
  readonly hold: Amounts;
  ending?: Ending;
}

/**
 * The store, whose failures are `store-unavailable`; with an allowance, calls go on without it until that is used up.
 *
 * @throws InvalidOptionError for an allowance that cannot be meant.
 */
export function reachable(store: Store, whenUnreachable: WhenUnreachable): Store {
  if (whenUnreachable === 'refuse') return new ReachableStore(store);
  const allowance = nanoFromUsd(whenUnreachable.localUsd, 'whenUnreachable.localUsd');
  checkAmount('whenUnreachable.localUsd', allowance);
  return new AllowedStore(store, allowance);
}

/** Says of every failure of a store that it is one. What answers at once is answered at once. */
class ReachableStore implements Store {
  protected readonly inner: Store;

  constructor(inner: Store) {
    this.inner = inner;
  }

  open(): Awaitable<string> {
    return reached(() => this.inner.open());
  }

  reserve(ask: HoldAsk): Awaitable<Admission> {
    return reached(() => this.inner.reserve(ask));
  }

  trim(attemptId: string, hold: Amounts): Awaitable<void> {
    return reached(() => this.inner.trim(attemptId, hold));
  }

  end(ending: Ending): Awaitable<Ended | undefined> {
    return reached(() => this.inner.end(ending));
  }

  record(ask: HoldAsk, ending: Ending): Awaitable<Ended> {
    return reached(() => this.inner.record(ask, ending));
  }

  setLimit(limit: Omit<StoredLimit, 'version'>): Awaitable<StoredLimit> {
    return reached(() => this.inner.setLimit(limit));
  }

  removeLimit(key: LimitKey): Awaitable<boolean> {
    return reached(() => this.inner.removeLimit(key));
  }

  limits(): Awaitable<readonly StoredLimit[]> {
    return reached(() => this.inner.limits());
  }

  balances(asked: Pick<HoldAsk, 'scopes' | 'paid'>, nowMs: number): Awaitable<readonly LimitBalance[]> {
    return reached(() => this.inner.balances(asked, nowMs));
  }

  attempts(query: AttemptQuery): Awaitable<readonly StoredAttempt[]> {
    return reached(() => this.inner.attempts(query));
  }

  totals(scopes: readonly ScopePair[]): Awaitable<StoredTotals> {
    return reached(() => this.inner.totals(scopes));
  }

  reportOutcome(outcome: StoredOutcome): Awaitable<void> {
    return reached(() => this.inner.reportOutcome(outcome));
  }

  outcomes(scopes: readonly ScopePair[]): Awaitable<readonly StoredOutcome[]> {
    return reached(() => this.inner.outcomes(scopes));
  }

  close(): Awaitable<void> {
    return reached(() => this.inner.close());
  }
}

/** Goes on without the store, on an allowance of this process. */
class AllowedStore extends ReachableStore {
  readonly #allowance: bigint;
  readonly #local = new Map<string, LocalAttempt>();
  #flushing: Promise<void> | undefined;

  constructor(inner: Store, allowance: bigint) {
    super(inner);
    this.#allowance = allowance;
  }

  override async reserve(ask: HoldAsk): Promise<Admission> {
    await this.#flush();
    try {
      return await super.reserve(ask);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      return { outcome: 'held', hold: this.#holdLocally(ask) };
    }
  }

  override async trim(attemptId: string, hold: Amounts): Promise<void> {
    const local = this.#local.get(attemptId);
    if (local === undefined) await super.trim(attemptId, hold);
    else this.#local.set(attemptId, { ...local, hold });
  }

  override async end(ending: Ending): Promise<Ended | undefined> {
    const local = this.#local.get(ending.attemptId);
    if (local === undefined) return super.end(ending);
    local.ending ??= ending;
    const ended = { attempt: endedLocally(local, local.ending), crossed: [] };
    await this.#flush();
    return ended;
  }

  override async close(): Promise<void> {
    await this.#flush();
    await super.close();
  }

  /** Nano-dollars of the allowance that attempts may have cost which are not written down yet. */
  #used(): bigint {
    let used = 0n;
    for (const { hold, ending } of this.#local.values()) used += ending?.cost.usd ?? hold.usd;
    return used;
  }

  #holdLocally(ask: HoldAsk): Amounts {
    const allowance = this.#allowance;
    const free = allowance - this.#used();
    if (free < ask.min.usd) {
      throw new BudgetExceededError(
        `The store of the ledger cannot be reached, and ${formatUsd(free > 0n ? free : 0n)} of the ${formatUsd(allowance)} that may be spent without it are left (whenUnreachable.localUsd); this call needs at least ${formatUsd(ask.min.usd)}.`,
        {
          scope: { kind: 'process', id: 'local' },
          dimension: 'usd',
          cap: moneyOf(allowance),
          settled: moneyOf(0n),
          held: moneyOf(this.#used()),
          asked: moneyOf(ask.min.usd),
        },
      );
    }
    const hold = { ...ask.want, usd: free < ask.want.usd ? free : ask.want.usd };
    this.#local.set(ask.attemptId, { ask, hold });
    return hold;
  }

  /** Writes down what ended while the store was away, as far as it can be reached. Together with whoever does so already. */
  async #flush(): Promise<void> {
    if (this.#local.size === 0) return;
    this.#flushing ??= this.#writeDown().finally(() => (this.#flushing = undefined));
    await this.#flushing;
  }

  async #writeDown(): Promise<void> {
    for (const [attemptId, { ask, hold, ending }] of this.#local) {
      if (ending === undefined) continue;
      try {
        await super.record({ ...ask, want: hold }, ending);
        this.#local.delete(attemptId);
      } catch (error) {
        // Still away: they stay here, and count against the allowance. One that the store will not have keeps no other back.
        if (isUnavailable(error)) return;
      }
    }
  }
}

function reached<T>(question: () => Awaitable<T>): Awaitable<T> {
  try {
    const answer = question();
    return isPromise(answer) ? Promise.resolve(answer).catch(fail) : answer;
  } catch (error) {
    return fail(error);
  }
}

/** Also what only behaves like one. */
function isPromise<T>(answer: Awaitable<T>): answer is Promise<T> {
  return typeof answer === 'object' && answer !== null && 'then' in answer && typeof answer.then === 'function';
}

function fail(error: unknown): never {
  throw TollgateError.isInstance(error) ? error : unavailable(error);
}

function endedLocally({ ask, hold }: LocalAttempt, ending: Ending): Ended['attempt'] {
  const { attemptId, status, cost, usage, usageKnown, candidateIds, reason, priceKnown = ask.priceKnown } = ending;
  const overran = cost.usd > hold.usd;
  const { kind, atMs, leaseUntilMs, scopes, paid, model, label } = ask;
  return {
    attemptId,
    kind,
    atMs,
    leaseUntilMs,
    scopes,
    paid,
    model,
    label,
    status,
    hold,
    cost,
    usage,
    usageKnown,
    candidateIds,
    reason,
    priceKnown,
    endedAtMs: ending.atMs,
    overrun: { usd: overran ? cost.usd - hold.usd : 0n, tokens: 0n, calls: 0n, turns: 0n, seconds: 0n },
    assumption: overran ? ending.assumption : undefined,
  };
}

function isUnavailable(error: unknown): boolean {
  return TollgateError.isInstance(error) && error.code === 'store-unavailable';
}

function unavailable(cause: unknown): TollgateError {
  return new TollgateError(
    'store-unavailable',
    `The store of the ledger cannot be reached, so nothing may be spent: ${cause instanceof Error ? cause.message : String(cause)}. Bring it back, or allow a little without it: createLedger({ whenUnreachable: { localUsd: … } }).`,
    { cause },
  );
}
