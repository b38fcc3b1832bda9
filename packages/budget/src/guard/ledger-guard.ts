import {
  type EffortLevel,
  InvalidOptionError,
  type ModelRef,
  type MoneyAdvice,
  type Permit,
  type Pricing,
  type Scopes,
  type SpendAsk,
  type SpendGuard,
  TollgateError,
  type TurnAsk,
  UnknownPriceError,
  type Usage,
} from '@tollgate/sdk';
import type { Ledger, Remaining } from '../ledger/ledger.ts';
import { KnownScopes } from '../ledger/known-scopes.ts';
import { mostOf } from '../ledger/limits.ts';
import { type ScopePair, scopePairs } from '../ledger/scope-pair.ts';
import { moneyOf, nanoOf } from '../money/nano-usd.ts';
import { builtInPrices } from '../prices/price-book.ts';
import { AttemptBound } from './attempt-bound.ts';
import { type AdmittedAttempt, chargeOf } from './charge-of.ts';
import { fitOutput } from './fit-output.ts';
import { calibrationOf } from './input-calibration.ts';
import { atLowerEffort, bothAllow } from './lower-effort.ts';
import { usualReasoningOf } from './usual-reasoning.ts';

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
  /** The level down to which effort may be lowered. */
  readonly allowEffort?: EffortLevel | undefined;
}

/** A call that may take as many times its highest price is far from the cap: its prompt may be held at the calibrated bound. */
const farFromCap = 20n;
/** Milliseconds below which a call is of no use, where a limit counts seconds. */
const leastMs = 1000n;

/** Admits attempts against a ledger: prices them, holds what they may take, lowers their output cap where that makes them fit. */
export class LedgerGuard implements SpendGuard {
  readonly ledgerId: string;
  readonly #options: LedgerGuardOptions;
  /** One list for the scopes of calls that share a record of scopes, so that stores know it again. */
  readonly #scopes: KnownScopes;

  constructor(options: LedgerGuardOptions) {
    this.ledgerId = options.ledger.ledgerId;
    this.#options = options;
    this.#scopes = new KnownScopes(options.scopes);
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
      allowEffort: bothAllow(own.allowEffort, others.allowEffort),
    });
  }

  async admit(ask: SpendAsk): Promise<Permit> {
    const { ledger, whenBusy, allowEffort, answerFloorTokens } = this.#options;
    const scopes = this.#scopes.pairsOf(ask.scopes);
    const reasoning = usualReasoningOf(ledger);
    const lower = atLowerEffort(ask.request, allowEffort);
    const usualTokens = reasoning.of(ask.model, ask.request);
    const leastTokens = lower === undefined ? usualTokens : Math.min(usualTokens, reasoning.of(ask.model, lower));
    const bound = await this.#boundOf(ask, { scopes, floorTokens: answerFloorTokens + leastTokens });
    const { askedTokens, mostTokens, floorTokens } = bound;
    const most = bound.price(mostTokens);
    const wantUsd = nanoOf(most.amount);
    const minUsd = bound.usd(floorTokens);
    if (askedTokens === Infinity && wantUsd !== minUsd) await this.#refuseUnlimited(ask.model, scopes);
    const { signal } = ask.request;
    const hold = await ledger.reserve({
      attemptId: ask.attemptId,
      scopes,
      model: ask.model,
      priceKnown: most.known,
      want: { usd: wantUsd, tokens: bound.tokens(mostTokens), seconds: patienceMs(ask, bound.atMs) },
      min: { usd: minUsd, tokens: bound.tokens(floorTokens), seconds: leastMs },
      ...(ask.label !== undefined && { label: ask.label }),
      whenBusy,
      ...(signal !== undefined && { signal }),
    });
    const { granted } = hold;
    const isWhole = granted.usd === wantUsd && granted.tokens === bound.tokens(mostTokens);
    const tokens = isWhole
      ? askedTokens
      : fitOutput({
          floorTokens,
          askedTokens: mostTokens,
          fits: (cap) => bound.usd(cap) <= granted.usd && bound.tokens(cap) <= granted.tokens,
        });
    const heldUsd = tokens === askedTokens ? wantUsd : bound.usd(tokens);
    const heldTokens = bound.tokens(Math.min(tokens, mostTokens));
    if (heldUsd < granted.usd || heldTokens < granted.tokens) await hold.trim({ usd: heldUsd, tokens: heldTokens });
    const fitted = tokens < askedTokens;
    const pays = tokens >= Math.min(answerFloorTokens + usualTokens, mostTokens);
    const sent = pays || lower === undefined ? ask.request : lower;
    const attempt: AdmittedAttempt = {
      pricing: bound.pricing,
      model: ask.model,
      atMs: bound.atMs,
      bound: { ...bound.bound, outputTokensPerSample: tokens },
      held: { amount: moneyOf(heldUsd), known: most.known },
    };
    return {
      request: fitted ? { ...sent, maxOutputTokens: tokens } : ask.request,
      fitted,
      ...(hold.deadlineMs < Infinity && { deadlineMs: hold.deadlineMs }),
      settle: async (settlement) => {
        reasoning.observe(ask.model, sent.effort, settlement);
        const inputTokens = inputTokensOf(settlement.usage);
        if (settlement.usageKnown === 'exact' && inputTokens !== undefined) {
          calibrationOf(ledger).observe(ask.model, ask.bound, inputTokens);
        }
        return hold.settle(chargeOf(attempt, settlement));
      },
      release: (reason) => hold.release(reason),
    };
  }

  /** The proved bound, or, far from the cap, the calibrated one, so that long prompts do not lock money they will not cost. */
  async #boundOf(
    ask: SpendAsk,
    { scopes, floorTokens }: { readonly scopes: readonly ScopePair[]; readonly floorTokens: number },
  ): Promise<AttemptBound> {
    const { ledger, priceOf } = this.#options;
    const pricing = priceOf(ask.model) ?? ask.pricing ?? ledger.priceFor(ask.model);
    if (pricing === undefined) throw unknownPrice(ask.model);
    const options = { pricing, atMs: ledger.clock.now(), answerFloorTokens: floorTokens };
    const proved = new AttemptBound(ask, ask.bound, options);
    const calibrated = calibrationOf(ledger).calibrated(ask.model, ask.bound);
    if (calibrated === undefined) return proved;
    const { now } = await ledger.remaining(scopes);
    return nanoOf(now) >= farFromCap * proved.usd(proved.mostTokens)
      ? new AttemptBound(ask, calibrated, options)
      : proved;
  }

  async afford(scopes: Scopes): Promise<MoneyAdvice> {
    return this.#options.ledger.remaining(this.#scopes.pairsOf(scopes));
  }

  async countTurn({ turnKey, scopes }: TurnAsk): Promise<void> {
    await this.#options.ledger.countTurn({ turnKey, scopes: this.#scopes.pairsOf(scopes) });
  }

  /** Without a limit there is nothing that an endless answer could be fitted to. */
  async #refuseUnlimited(model: ModelRef, scopes: readonly ScopePair[]): Promise<void> {
    const { limits }: Remaining = await this.#options.ledger.remaining(scopes);
    const isLimited = limits.some(
      ({ limit }) => !limit.soft && (limit.dimension === 'usd' || limit.dimension === 'tokens'),
    );
    if (isLimited) return;
    throw new InvalidOptionError(
      'maxOutputTokens',
      `Nothing limits what a call of ${model.provider}/${model.modelId} may cost: the request has no maxOutputTokens, the model states no limit, and no cap applies to the call. Set maxOutputTokens, or a limit (ledger.setLimit).`,
    );
  }
}

/** How long the caller waits for the attempt at most. */
function patienceMs({ deadlineMs }: SpendAsk, nowMs: number): bigint {
  return deadlineMs === undefined ? mostOf.seconds : BigInt(Math.max(Number(leastMs), Math.ceil(deadlineMs - nowMs)));
}

function inputTokensOf({ inputUncached, cacheRead = 0, cacheWrite }: Usage): number | undefined {
  return inputUncached === undefined ? undefined : inputUncached + cacheRead + (cacheWrite?.total ?? 0);
}

function unknownPrice({ provider, modelId }: ModelRef): UnknownPriceError {
  const name = `${provider}/${modelId}`;
  return new UnknownPriceError(
    `${builtInPrices().unknown({ provider, modelId }).message} Nothing may be spent on it. Give the model its own price, name one for the ledger (createLedger({ prices: { '${name}': perToken({ … }) } })), or declare what a call costs at most: declaredCeiling({ usdPerCall: … }).`,
  );
}
