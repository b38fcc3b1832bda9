import type { Scopes } from './context.ts';
import type { Money } from './money.ts';
import type { ModelRef, PriceKnown, Pricing } from './pricing.ts';
import type { GenerateRequest } from './request.ts';
import type { Usage, UsageBound, UsageKnown } from './usage.ts';

/** An attempt that wants to be sent. */
export interface SpendAsk {
  readonly attemptId: string;
  readonly model: ModelRef;
  /** As the caller wrote it; the permit's request is what may be sent. */
  readonly request: GenerateRequest;
  /** What the attempt cannot exceed at the request's own output cap. `outputTokensPerSample` is Infinity where nothing limits it. */
  readonly bound: UsageBound;
  readonly scopes: Scopes;
  /** The model's own declared price, which wins over a price book. */
  readonly pricing?: Pricing;
  /** Name of the span the attempt belongs to, for the ledger's rows. */
  readonly label?: string;
  /** Milliseconds since the epoch after which the caller does not wait any more. */
  readonly deadlineMs?: number;
}

/** A turn of an agent that is about to start. */
export interface TurnAsk {
  /** Names the turn: asking twice about the same one counts it once. */
  readonly turnKey: string;
  readonly scopes: Scopes;
}

/** What happened to an attempt. */
export interface Settlement {
  readonly usage: Usage;
  readonly usageKnown: UsageKnown;
  readonly candidateIds: readonly string[];
}

/** What a settled attempt cost. */
export interface Settled {
  readonly cost: Money;
  readonly priceKnown: PriceKnown;
  /** How far the cost passed the hold, with the assumption that broke. */
  readonly overrun?: { readonly amount: Money; readonly assumption: string };
}

/** Leave to send one attempt. Exactly one of `settle` and `release` ends it; the second call is ignored. */
export interface Permit {
  /** The request fitted to the hold: the same, or with a lower `maxOutputTokens`, and then perhaps a lower `effort`. */
  readonly request: GenerateRequest;
  /** The hold lowered the output cap. */
  readonly fitted: boolean;
  /** Milliseconds since the epoch at which the attempt is cut off, where a limit counts seconds. */
  readonly deadlineMs?: number;
  /** Charges what was consumed. A `usageKnown` of `upper-bound` with empty usage charges the whole hold. */
  settle(settlement: Settlement): Promise<Settled>;
  /** Returns the hold: nothing was sent, or it was refused unbilled. */
  release(reason: string): Promise<void>;
}

/** What could be spent. Advice: a strategy that never asks is still bounded. */
export interface MoneyAdvice {
  /** Free at this moment. */
  readonly now: Money;
  /** Free if everything in flight settles at nothing: never less than `now`. */
  readonly afterInFlight: Money;
  /** The scope and limit that binds. */
  readonly limitedBy?: string;
  readonly retryAfterMs?: number;
}

/** Admits attempts. The budget package implements it; a leaf asks every guard of its context before a byte is sent. */
export interface SpendGuard {
  /** Guards with the same ledger are admitted in one transaction, by way of `combine`. */
  readonly ledgerId: string;
  /** One guard that stands for both. Called only with guards of the same `ledgerId`. */
  combine(other: SpendGuard): SpendGuard;
  /**
   * Holds the money for an attempt, lowering its output cap where that makes it fit.
   *
   * @throws BudgetExceededError, BudgetBusyError, UnknownPriceError, MissingScopeError. Nothing is held then.
   */
  admit(ask: SpendAsk): Promise<Permit>;
  afford(scopes: Scopes): Promise<MoneyAdvice>;
  /**
   * Counts a turn of an agent, for limits on turns.
   *
   * @throws BudgetExceededError, MissingScopeError.
   */
  countTurn?(turn: TurnAsk): Promise<void>;
}
