import { InvalidOptionError, type Money } from '@tollgate/sdk';
import { moneyOf, nanoFromUsd } from '../money/nano-usd.ts';
import type { StoredLimit } from '../stores/store.ts';
import { checkAmount } from './check-amount.ts';
import { checkName } from './scope-pair.ts';

/** A cap on one scope, or on each scope of a kind. */
export interface LimitOptions {
  /** Any kind that calls name: `run`, `user`, `task`, … */
  readonly kind: string;
  /** One id, or `each`: every id of the kind has this cap of its own, and every call must name one. An id's own limit stands in for `each`. */
  readonly id: string;
  /** US dollars. 0 closes the scope. Range [0, 1e9]. */
  readonly usd: number;
  /** The time it spans: all of it. @defaultValue 'total' */
  readonly per?: 'total';
}

/** A limit in force. */
export interface Limit {
  readonly kind: string;
  readonly id: string;
  readonly per: 'total';
  readonly cap: Money;
  /** Counts changes of limits in the store; later is higher. */
  readonly version: number;
}

/** @throws InvalidOptionError for a limit that cannot be meant. */
export function checkLimit({ kind, id, usd, per = 'total' }: LimitOptions): Omit<StoredLimit, 'version'> {
  checkName('kind', kind);
  checkName('id', id);
  if (per !== 'total') {
    throw new InvalidOptionError('per', `per must be 'total', received ${JSON.stringify(per)}.`);
  }
  const capNano = nanoFromUsd(usd, 'usd');
  checkAmount('usd', capNano);
  return { kind, id, per, capNano };
}

/** A stored limit for people and programs. */
export function limitOf({ kind, id, per, capNano, version }: StoredLimit): Limit {
  return { kind, id, per, cap: moneyOf(capNano), version };
}
