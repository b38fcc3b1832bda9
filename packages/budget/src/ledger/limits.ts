import { InvalidOptionError, type Money } from '@tollgate/sdk';
import { moneyOf, nanoFromUsd } from '../money/nano-usd.ts';
import type { LimitKey, StoredLimit } from '../stores/store.ts';
import { checkAmount, largestNano } from './check-amount.ts';
import { type Dimension, dimensions } from './dimension.ts';
import { checkName } from './scope-pair.ts';
import { type WindowOptions, windowName, windowOf } from './window.ts';

/** What a limit is on. */
export interface LimitScope {
  /** Any kind that calls name: `run`, `user`, `task`, … */
  readonly kind: string;
  /** One id, or `each`: every id of the kind has this cap of its own, and every call must name one. An id's own limit stands in for `each`. */
  readonly id: string;
  /**
   * The time it spans. Calendar windows start again by the clock of `zone`; an attempt counts in the window it was admitted
   * in. A rolling window is counted in 60 slices, and never shorter than it says. @defaultValue 'total'
   */
  readonly per?: WindowOptions;
  /** IANA time zone of calendar windows. @defaultValue 'UTC' */
  readonly zone?: string;
}

/** A cap in one dimension. Amounts are in [0, 1e9] dollars, or whole numbers in [0, 1e15]; 0 closes the scope. */
export type LimitAmount =
  | { readonly usd: number }
  /** Tokens in and out, cached ones included. */
  | { readonly tokens: number }
  /** Attempts on the wire: retries and discarded samples included. */
  | { readonly calls: number }
  /** Turns of agents. */
  | { readonly turns: number }
  /** Seconds that calls are in flight, added up. A call is cut off where they end. May have a fraction. */
  | { readonly seconds: number };

/**
 * A cap on one scope, or on each scope of a kind.
 *
 * @example
 * await ledger.setLimit({ kind: 'user', id: 'each', usd: 0.5, per: 'day', zone: 'Europe/Berlin' });
 */
export type LimitOptions = LimitScope &
  LimitAmount & {
    /** Reaching it is told once a window (`onEvent` of the ledger), and nothing is refused. @defaultValue false */
    readonly soft?: boolean;
  };

/** An amount of a dimension for people and programs: money, or a plain number of tokens, calls, turns, seconds. */
export type DimensionAmount = Money | number;

/** A limit in force. */
export interface Limit {
  readonly kind: string;
  readonly id: string;
  readonly dimension: Dimension;
  readonly per: WindowOptions;
  readonly zone?: string;
  readonly cap: DimensionAmount;
  readonly soft: boolean;
  /** Counts changes of limits in the store; later is higher. */
  readonly version: number;
}

/** @throws InvalidOptionError for a limit that cannot be meant. */
export function checkLimit(limit: LimitOptions): Omit<StoredLimit, 'version'> {
  const given = dimensions.filter((each) => Object.hasOwn(limit, each));
  const [dimension] = given;
  if (dimension === undefined || given.length > 1) {
    throw new InvalidOptionError(
      'limit',
      `A limit must have one of ${dimensions.join(', ')}, received ${given.length === 0 ? 'none of them' : given.join(' and ')}. Set one limit for each.`,
    );
  }
  const amount = (limit as { readonly [each in Dimension]?: number })[dimension] ?? Number.NaN;
  return { ...checkLimitKey(limit, dimension), cap: capOf(dimension, amount), soft: limit.soft ?? false };
}

/** @throws InvalidOptionError for a scope or a window that cannot be meant. */
export function checkLimitKey({ kind, id, per = 'total', zone = 'UTC' }: LimitScope, dimension: Dimension): LimitKey {
  checkName('kind', kind);
  checkName('id', id);
  return { kind, id, dimension, per: windowName(per, zone) };
}

const largestCount = 1e15;

function capOf(dimension: Dimension, amount: number): bigint {
  if (dimension === 'usd') {
    const nano = nanoFromUsd(amount, 'usd');
    checkAmount('usd', nano);
    return nano;
  }
  const isRight = dimension === 'seconds' ? Number.isFinite(amount) : Number.isInteger(amount);
  if (!isRight || amount < 0 || amount > largestCount) {
    throw new InvalidOptionError(
      dimension,
      `${dimension} must be ${dimension === 'seconds' ? 'a number' : 'a whole number'} in [0, 1e15], received ${String(amount)}.`,
    );
  }
  return BigInt(Math.ceil(dimension === 'seconds' ? amount * 1000 : amount));
}

/** What no attempt takes more of. */
export const mostOf = { usd: largestNano, tokens: BigInt(largestCount), seconds: BigInt(largestCount) } as const;

/** Whole units of a dimension for people and programs. */
export function amountOf(dimension: Dimension, units: bigint): DimensionAmount {
  if (dimension === 'usd') return moneyOf(units);
  return dimension === 'seconds' ? Number(units) / 1000 : Number(units);
}

/** A stored limit for people and programs. */
export function limitOf({ kind, id, dimension, per, cap, soft, version }: StoredLimit): Limit {
  return { kind, id, dimension, ...windowOf(per), cap: amountOf(dimension, cap), soft, version };
}
