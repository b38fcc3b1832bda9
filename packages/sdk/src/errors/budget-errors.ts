import type { Scopes } from '../spec/context.ts';
import type { Money } from '../spec/money.ts';
import { TollgateError } from './tollgate-error.ts';

/** The limit that refused, and where it stood. */
export interface BudgetRefusal {
  readonly scope: { readonly kind: string; readonly id: string };
  /** What the limit counts. Amounts below are money in `usd`, and plain numbers in every other dimension. */
  readonly dimension: 'usd' | 'tokens' | 'calls' | 'turns' | 'seconds';
  readonly cap: Money | number;
  readonly settled: Money | number;
  readonly held: Money | number;
  /** The least the call needed. */
  readonly asked: Money | number;
  /** Milliseconds since the epoch at which the window of the limit starts again. */
  readonly resetsAtMs?: number;
}

/** A limit is used up for good (until its window resets or somebody raises it). Retrying does not help. */
export class BudgetExceededError extends TollgateError {
  readonly refusal: BudgetRefusal;

  constructor(message: string, refusal: BudgetRefusal) {
    super('budget-exceeded', message);
    this.refusal = refusal;
  }
}

/** The money is there, but calls in flight hold it. Try again when they have settled. */
export class BudgetBusyError extends TollgateError {
  readonly refusal: BudgetRefusal;
  readonly retryAfterMs: number;

  constructor(message: string, refusal: BudgetRefusal, retryAfterMs: number) {
    super('budget-busy', message);
    this.refusal = refusal;
    this.retryAfterMs = retryAfterMs;
  }
}

/** A model or a unit without a price, which is refused and never priced at 0. */
export class UnknownPriceError extends TollgateError {
  constructor(message: string) {
    super('unknown-price', message);
  }
}

/** A limit applies to a kind of scope that the call does not name. */
export class MissingScopeError extends TollgateError {
  readonly kind: string;

  constructor(kind: string, scopes: Scopes) {
    const given = Object.keys(scopes);
    super(
      'missing-scope',
      `A limit is set on every "${kind}", and this call does not say which one it is for. Name it: scopes: { ${kind}: '…' }. The call's scopes are ${given.length === 0 ? 'empty' : given.join(', ')}.`,
    );
    this.kind = kind;
  }
}
