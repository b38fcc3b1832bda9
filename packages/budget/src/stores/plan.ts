import { amountIn, type Amounts, type Dimension } from '../ledger/dimension.ts';
import type { ScopePair } from '../ledger/scope-pair.ts';
import type { LimitBook } from './limit-book.ts';
import type { OpenClaim } from './open-claim.ts';
import type { Balance, StoredAttempt } from './store.ts';

/** For what a plan was made. */
export interface PlanBasis {
  readonly limits: LimitBook;
  readonly paid: readonly ScopePair[];
  /** A kind that attempts would have to name and do not. */
  readonly missingKind: string | undefined;
}

/** What attempts with the same scopes are counted by, for as long as limits and windows stay the same. */
export class Plan {
  /** In the order in which limits are asked. */
  readonly claims: readonly OpenClaim[];
  /** Those whose limit is soft. */
  readonly soft: readonly OpenClaim[];
  readonly missingKind: string | undefined;
  readonly #byDimension: readonly { readonly dimension: Dimension; readonly claims: readonly OpenClaim[] }[];
  readonly #limits: LimitBook;
  readonly #version: number;
  readonly #paid: readonly ScopePair[];
  readonly #since: number;
  readonly #until: number;

  constructor(claims: readonly OpenClaim[], { limits, paid, missingKind }: PlanBasis) {
    this.claims = claims;
    this.soft = claims.filter(({ claim }) => claim.limit.soft);
    this.missingKind = missingKind;
    this.#byDimension = [...Map.groupBy(claims, ({ claim }) => claim.limit.dimension)].map(([dimension, own]) => ({
      dimension,
      claims: own,
    }));
    this.#limits = limits;
    this.#version = limits.version;
    this.#paid = paid;
    this.#since = Math.max(-Infinity, ...claims.map(({ claim }) => claim.span.since));
    this.#until = Math.min(Infinity, ...claims.map(({ claim }) => claim.span.until));
  }

  /** Whether it still says what counts an attempt. */
  holds(limits: LimitBook, paid: readonly ScopePair[], atMs: number): boolean {
    return (
      this.#limits === limits &&
      this.#version === limits.version &&
      this.#paid === paid &&
      atMs >= this.#since &&
      atMs < this.#until
    );
  }

  /** Whether every limit has all of it free. */
  fits(want: Amounts): boolean {
    for (const { dimension, claims } of this.#byDimension) {
      const amount = amountIn(want, dimension);
      for (const open of claims) if (!open.fits(amount)) return false;
    }
    return true;
  }

  /** Counts what an attempt is now instead of what it was; undefined before it was admitted. */
  move(was: StoredAttempt | undefined, is: StoredAttempt): void {
    for (const { dimension, claims } of this.#byDimension) {
      const change = changeOf(dimension, was, is);
      for (const open of claims) open.add(change);
    }
  }
}

/** What the sums of a dimension change by when an attempt becomes what it is now. */
export function changeOf(dimension: Dimension, was: StoredAttempt | undefined, is: StoredAttempt): Balance {
  const after = shareOf(dimension, is);
  if (was === undefined) return after;
  const before = shareOf(dimension, was);
  return {
    settled: after.settled - before.settled,
    held: after.held - before.held,
    overrun: after.overrun - before.overrun,
  };
}

/** What an attempt adds to the sums of a dimension. */
function shareOf(dimension: Dimension, { status, hold, cost, overrun }: StoredAttempt): Balance {
  if (status === 'held') return { settled: 0n, held: amountIn(hold, dimension), overrun: 0n };
  return { settled: amountIn(cost, dimension), held: 0n, overrun: amountIn(overrun, dimension) };
}
