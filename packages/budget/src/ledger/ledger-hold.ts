import type { Settled } from '@tollgate/sdk';
import { moneyOf } from '../money/nano-usd.ts';
import type { Awaitable, Ending, HoldAsk, StoredAttempt } from '../stores/store.ts';
import { checkAmount } from './check-amount.ts';
import { type Amounts, noAmounts } from './dimension.ts';
import type { Hold, HoldCharge } from './ledger.ts';
import { boundedTokens, tokensOf } from './tokens-of.ts';

/** What a hold needs of its ledger. */
export interface HoldKeeper {
  /** Milliseconds since the epoch, whole. */
  now(): number;
  trim(attemptId: string, hold: Amounts): Promise<void>;
  end(ending: Ending): Awaitable<StoredAttempt>;
}

/** What is set aside for one attempt of a ledger. */
export class LedgerHold implements Hold {
  readonly granted: Amounts;
  readonly #ask: HoldAsk;
  readonly #keeper: HoldKeeper;

  constructor(ask: HoldAsk, granted: Amounts, keeper: HoldKeeper) {
    this.#ask = ask;
    this.granted = granted;
    this.#keeper = keeper;
  }

  get attemptId(): string {
    return this.#ask.attemptId;
  }

  get deadlineMs(): number {
    const { want, atMs } = this.#ask;
    return this.granted.seconds < want.seconds ? atMs + Number(this.granted.seconds) : Infinity;
  }

  async trim(amounts: Partial<Amounts>): Promise<void> {
    await this.#keeper.trim(this.attemptId, { ...this.granted, ...amounts });
  }

  async settle(charge: HoldCharge): Promise<Settled> {
    const { costNano, usage } = charge;
    checkAmount('costNano', costNano);
    const { calls, turns, tokens } = this.granted;
    const atMs = this.#keeper.now();
    const ended = this.#keeper.end({
      attemptId: this.attemptId,
      status: 'settled',
      cost: {
        usd: costNano,
        tokens: tokensOf(usage) ?? boundedTokens(tokens),
        calls,
        turns,
        seconds: BigInt(Math.max(0, atMs - this.#ask.atMs)),
      },
      atMs,
      priceKnown: charge.priceKnown,
      usage,
      usageKnown: charge.usageKnown,
      candidateIds: charge.candidateIds,
      assumption: charge.assumption,
    });
    const { cost, priceKnown, overrun, assumption } = ended instanceof Promise ? await ended : ended;
    const settled = { cost: moneyOf(cost.usd), priceKnown };
    if (assumption === undefined || overrun.usd === 0n) return settled;
    return { ...settled, overrun: { amount: moneyOf(overrun.usd), assumption } };
  }

  async release(reason: string): Promise<void> {
    await this.#keeper.end({
      attemptId: this.attemptId,
      status: 'released',
      atMs: this.#keeper.now(),
      cost: noAmounts,
      candidateIds: [],
      assumption: 'a released attempt costs nothing',
      reason,
    });
  }
}
