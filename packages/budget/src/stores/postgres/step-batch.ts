import { dimensions } from '../../ledger/dimension.ts';
import { grantKind } from '../grant-row.ts';
import type { Claim } from '../limit-book.ts';
import type { HoldAsk, StoredAttempt } from '../store.ts';
import { listOf } from './attempt-row.ts';
import { lockSlice } from './postgres-schema.ts';

/** A change of an attempt that is made if the attempt is still as it was. */
export interface AttemptChange {
  readonly was: StoredAttempt;
  readonly becomes: StoredAttempt;
}

type JsonRow = { readonly [column: string]: unknown };

/** What one call of `step` is given, as the JSON of its parameters. */
export class StepBatch {
  readonly #accounts: JsonRow[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #changes: JsonRow[] = [];
  readonly #deltas: JsonRow[] = [];
  readonly #asks: JsonRow[] = [];
  readonly #isKnown: (name: string) => boolean;

  /** `isKnown` says of an account slice that its row is there, which saves the server from looking. */
  constructor(isKnown: (name: string) => boolean) {
    this.#isKnown = isKnown;
  }

  addChange({ was, becomes }: AttemptChange, claims: readonly Claim[]): void {
    this.#changes.push({
      attempt_id: was.attemptId,
      was: was.status,
      was_hold: listOf(was.hold),
      was_cost: listOf(was.cost),
      status: becomes.status,
      ended_at_ms: becomes.endedAtMs ?? null,
      price_known: becomes.priceKnown,
      assumption: becomes.assumption ?? null,
      usage: becomes.usage ?? null,
      usage_known: becomes.usageKnown ?? null,
      candidate_ids: becomes.candidateIds,
      reason: becomes.reason ?? null,
      hold: listOf(becomes.hold),
      cost: listOf(becomes.cost),
      overrun: listOf(becomes.overrun),
    });
    for (const claim of claims) {
      const { dimension } = claim.limit;
      const heldBy = (attempt: StoredAttempt): bigint => (attempt.status === 'held' ? attempt.hold[dimension] : 0n);
      this.#deltas.push({
        attempt_id: was.attemptId,
        account: this.#number(claim),
        settled: String(becomes.cost[dimension] - was.cost[dimension]),
        held: String(heldBy(becomes) - heldBy(was)),
        overrun: String(becomes.overrun[dimension] - was.overrun[dimension]),
      });
    }
  }

  /** Answers come in the order of asking. With `isSpent` no limit refuses. */
  addAsk(
    ask: HoldAsk,
    options: {
      readonly claims: readonly Claim[];
      readonly scopeSet: string;
      readonly paidSet: string;
      readonly isSpent: boolean;
    },
  ): void {
    const { claims, scopeSet, paidSet, isSpent } = options;
    this.#asks.push({
      n: this.#asks.length + 1,
      attempt_id: ask.attemptId,
      kind: ask.kind,
      at_ms: ask.atMs,
      lease_until_ms: ask.leaseUntilMs,
      scope_set: scopeSet,
      paid_set: paidSet,
      provider: ask.model.provider,
      model_id: ask.model.modelId,
      label: ask.label ?? null,
      price_known: ask.priceKnown,
      want: listOf(ask.want),
      min: listOf(ask.min),
      accounts: claims.map((claim) => this.#number(claim)),
      dimensions: claims.map(({ limit }) => dimensions.indexOf(limit.dimension) + 1),
      caps: claims.map(({ limit }) => String(limit.cap)),
      soft: claims.map(({ limit }) => isSpent || limit.soft),
      grants:
        ask.paid.length === 0 || isSpent ? [] : ask.scopes.flatMap(({ kind, id }) => (kind === grantKind ? [id] : [])),
    });
  }

  /** Names of the account slices that are written, which are there afterwards. */
  get accountNames(): Iterable<string> {
    return this.#numbers.keys();
  }

  parameters(limitsVersion: number, flush: boolean): unknown[] {
    const json = [this.#accounts, this.#changes, this.#deltas, this.#asks].map((rows) => JSON.stringify(rows));
    return [limitsVersion, ...json, flush];
  }

  #number({ limit, scope, span }: Claim): number {
    const key = { kind: scope.kind, id: scope.id, dimension: limit.dimension, per: limit.per, slice: span.slice };
    const name = JSON.stringify(Object.values(key));
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#accounts.length + 1;
      this.#numbers.set(name, number);
      const lock = span.from === span.to ? span.slice : lockSlice;
      this.#accounts.push({ n: number, ...key, lock, first: span.from, last: span.to, is_new: !this.#isKnown(name) });
    }
    return number;
  }
}
