import {
  AbortedError,
  BudgetBusyError,
  InvalidOptionError,
  type ModelRef,
  type MoneyAdvice,
  type Permit,
  type Price,
  type Pricing,
  type Scopes,
  type SpendAsk,
  type SpendGuard,
  TollgateError,
  UnknownPriceError,
} from '@tollgate/sdk';
import type { Hold, Ledger, ReserveAsk } from '../ledger/ledger.ts';
import { type ScopePair, scopePairs } from '../ledger/scope-pair.ts';
import { moneyOf, nanoOf } from '../money/nano-usd.ts';
import { type AdmittedAttempt, chargeOf } from './charge-of.ts';
import { fitOutput } from './fit-output.ts';

/** What a guard is made of. */
export interface LedgerGuardOptions {
  readonly ledger: Ledger;
  /** Charged beside the scopes of each call. */
  readonly scopes: readonly ScopePair[];
  /** Output tokens of one sample below which an answer is of no use. Range [1, ∞). */
  readonly answerFloorTokens: number;
  /** Prices that win over a model's own. */
  readonly priceOf: (model: ModelRef) => Pricing | undefined;
  readonly whenBusy: 'refuse' | 'wait';
}

/** No answer is longer. Stands in where nothing limits the output, to see whether the price depends on it. */
const longestAnswerTokens = 10_000_000;

/** Admits attempts against a ledger: prices them, holds the money, lowers their output cap where that makes them fit. */
export class LedgerGuard implements SpendGuard {
  readonly ledgerId: string;
  readonly #options: LedgerGuardOptions;

  constructor(options: LedgerGuardOptions) {
    this.ledgerId = options.ledger.ledgerId;
    this.#options = options;
  }

  combine(other: SpendGuard): SpendGuard {
    if (!(other instanceof LedgerGuard)) {
      throw new TollgateError(
        'internal',
        'Two guards claim one ledger and are not of one kind. Is @tollgate/budget installed twice? Run: npm ls @tollgate/budget',
      );
    }
    const [own, others] = [this.#options, other.#options];
    return new LedgerGuard({
      ledger: own.ledger,
      scopes: scopePairs(own.scopes, others.scopes),
      answerFloorTokens: Math.max(own.answerFloorTokens, others.answerFloorTokens),
      priceOf: (model) => own.priceOf(model) ?? others.priceOf(model),
      whenBusy: own.whenBusy === 'wait' && others.whenBusy === 'wait' ? 'wait' : 'refuse',
    });
  }

  async admit(ask: SpendAsk): Promise<Permit> {
    const { ledger, answerFloorTokens, priceOf } = this.#options;
    const pricing = priceOf(ask.model) ?? ask.pricing ?? ledger.priceFor(ask.model);
    if (pricing === undefined) throw unknownPrice(ask.model);
    const atMs = ledger.clock.now();
    // A guard of another ledger may have lowered the request below its bound already.
    const askedTokens = Math.min(ask.bound.outputTokensPerSample, ask.request.maxOutputTokens ?? Infinity);
    const mostTokens = Math.min(askedTokens, longestAnswerTokens);
    const floorTokens = Math.min(answerFloorTokens, mostTokens);
    const upperBound = (tokens: number): Price =>
      pricing.upperBound({ ...ask.bound, outputTokensPerSample: tokens }, ask.model, atMs);
    const priceNano = (tokens: number): bigint => nanoOf(upperBound(tokens).amount);
    const most = upperBound(mostTokens);
    const wantNano = nanoOf(most.amount);
    const minNano = priceNano(floorTokens);
    const scopes = scopePairs(ask.scopes, this.#options.scopes);
    if (askedTokens === Infinity && wantNano !== minNano) await this.#refuseUnlimited(ask.model, scopes);
    const hold = await this.#reserve(ask.request.signal, {
      attemptId: ask.attemptId,
      scopes,
      model: ask.model,
      priceKnown: most.known,
      wantNano,
      minNano,
      ...(ask.label !== undefined && { label: ask.label }),
    });
    const tokens =
      hold.nano === wantNano
        ? askedTokens
        : fitOutput({ floorTokens, askedTokens: mostTokens, priceNano, moneyNano: hold.nano });
    const heldNano = tokens === askedTokens ? wantNano : priceNano(tokens);
    if (heldNano < hold.nano) await hold.trim(heldNano);
    const fitted = tokens < askedTokens;
    const attempt: AdmittedAttempt = {
      pricing,
      model: ask.model,
      atMs,
      bound: { ...ask.bound, outputTokensPerSample: tokens },
      held: { amount: moneyOf(heldNano), known: most.known },
    };
    return {
      request: fitted ? { ...ask.request, maxOutputTokens: tokens } : ask.request,
      fitted,
      settle: async (settlement) => hold.settle(chargeOf(attempt, settlement)),
      release: (reason) => hold.release(reason),
    };
  }

  async #reserve(signal: AbortSignal | undefined, ask: ReserveAsk): Promise<Hold> {
    const { ledger, whenBusy } = this.#options;
    for (;;) {
      try {
        return await ledger.reserve(ask);
      } catch (error) {
        if (whenBusy === 'refuse' || !(error instanceof BudgetBusyError)) throw error;
        await ledger.clock.sleep(error.retryAfterMs, signal).catch((cause: unknown) => {
          throw new AbortedError('The call was aborted while it waited for money that calls in flight hold.', {
            cause,
          });
        });
      }
    }
  }

  async afford(scopes: Scopes): Promise<MoneyAdvice> {
    return this.#options.ledger.remaining(scopePairs(scopes, this.#options.scopes));
  }

  /** Without a limit there is nothing that an endless answer could be fitted to. */
  async #refuseUnlimited(model: ModelRef, scopes: readonly ScopePair[]): Promise<void> {
    const { limitedBy } = await this.#options.ledger.remaining(scopes);
    if (limitedBy !== undefined) return;
    throw new InvalidOptionError(
      'maxOutputTokens',
      `Nothing limits what a call of ${model.provider}/${model.modelId} may cost: the request has no maxOutputTokens, the model states no limit, and no cap applies to the call. Set maxOutputTokens, or a limit (ledger.setLimit).`,
    );
  }
}

function unknownPrice({ provider, modelId }: ModelRef): UnknownPriceError {
  const name = `${provider}/${modelId}`;
  return new UnknownPriceError(
    `No price is known for "${name}", so nothing may be spent on it. Give the model its own price, name one for the ledger (createLedger({ prices: { '${name}': perToken({ … }) } })), or declare what a call costs at most: declaredCeiling({ usdPerCall: … }).`,
  );
}
