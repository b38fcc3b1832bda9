import { deepStrictEqual, ok, partialDeepStrictEqual, strictEqual } from 'node:assert/strict';
import { createRandom } from '@tollgate/stats';
import { type Amounts, amountsBy, type Dimension, noAmounts } from '../../ledger/dimension.ts';
import type { ScopePair } from '../../ledger/scope-pair.ts';
import type { Ending, HoldAsk, StoredLimit } from '../store.ts';
import { ReferenceStore } from './reference-store.ts';
import type { StoreSubject } from './store-subject.ts';

/** What a run did. */
export interface StoreModelRun {
  readonly steps: number;
  /** How often each kind of answer came. */
  readonly outcomes: { readonly [outcome: string]: number };
}

const ada: ScopePair = { kind: 'user', id: 'ada' };
const bob: ScopePair = { kind: 'user', id: 'bob' };
const run: ScopePair = { kind: 'run', id: 'r"1' };
const scopeSets: readonly (readonly ScopePair[])[] = [
  [ada],
  [bob],
  [ada, run],
  [bob, run],
  [ada, bob, run],
  [ada],
  [bob],
  [run],
  [],
];
const capped = [ada, bob, run, ada, bob, run, { kind: 'user', id: 'each' }];
const windows = ['total', 'total', 'day@UTC', 'rolling:60000'];
const limited: readonly Dimension[] = ['usd', 'usd', 'tokens', 'calls', 'seconds'];

/**
 * Does `steps` random things to a store: reserve, trim, settle, release, reconcile, expire, set and remove limits, jump
 * with the clock in both directions, crash and restart. After every step what the store says is compared with a reference
 * that adds everything up anew, and `settled − overrun + held` with every cap. The same seed does the same things.
 *
 * @throws AssertionError with the seed and the number of the step.
 */
export async function runStoreModel(
  subject: StoreSubject,
  { seed, steps }: { readonly seed: number; readonly steps: number },
): Promise<StoreModelRun> {
  const model = new StoreModel(subject, seed);
  for (let step = 0; step < steps; step += 1) {
    try {
      await model.step();
    } catch (error) {
      if (error instanceof Error) error.message = `seed ${seed}, step ${step} (${model.last}): ${error.message}`;
      throw error;
    }
  }
  return { steps, outcomes: Object.fromEntries(model.outcomes) };
}

class StoreModel {
  readonly outcomes = new Map<string, number>();
  last = '';
  readonly #subject: StoreSubject;
  readonly #random: ReturnType<typeof createRandom>;
  readonly #reference = new ReferenceStore();
  /** What a limit let through at the last look: a cap set below it may only be approached. */
  readonly #exposures = new Map<string, bigint>();
  #nowMs = 1_700_000_000_000;

  constructor(subject: StoreSubject, seed: number) {
    this.#subject = subject;
    this.#random = createRandom(seed);
  }

  async step(): Promise<void> {
    const dice = this.#random.int(100);
    if (dice < 38) await this.#reserve();
    else if (dice < 66) await this.#end();
    else if (dice < 74) await this.#trim();
    else if (dice < 80) await this.#setLimit();
    else if (dice < 86) await this.#removeLimit();
    else if (dice < 98) this.#advance();
    else await this.#restart();
    await this.#compare();
  }

  async #reserve(): Promise<void> {
    const { attempts } = this.#reference;
    const isRepeated = attempts.length > 0 && this.#random.int(50) === 0;
    const scopes = this.#pick(scopeSets);
    const [one, other] = [this.#amounts(60), this.#amounts(60)];
    const ask: HoldAsk = {
      attemptId: `a${isRepeated ? this.#random.int(attempts.length) : attempts.length}`,
      kind: 'call',
      scopes,
      paid: this.#random.int(8) === 0 ? scopes.slice(0, 1) : [],
      model: { provider: 'test', modelId: 'echo' },
      priceKnown: 'override',
      want: amountsBy((each) => (one[each] > other[each] ? one[each] : other[each])),
      min: amountsBy((each) => (one[each] > other[each] ? other[each] : one[each])),
      atMs: this.#nowMs,
      leaseUntilMs: this.#nowMs + 1 + this.#random.int(20_000),
    };
    this.last = `reserve ${ask.attemptId}`;
    const expected = this.#reference.reserve(ask);
    const admission = await this.#subject.store().reserve(ask);
    this.outcomes.set(admission.outcome, (this.outcomes.get(admission.outcome) ?? 0) + 1);
    if (typeof expected === 'string') strictEqual(admission.outcome, expected);
    else partialDeepStrictEqual(admission, expected);
  }

  async #end(): Promise<void> {
    const index = this.#open();
    if (index === undefined) return;
    const status = this.#pick<Ending['status']>(['settled', 'settled', 'settled', 'released', 'reconciled']);
    const cost = status === 'released' ? noAmounts : this.#amounts(70);
    this.last = `${status} a${index}`;
    this.#reference.end(index, status, cost);
    const ended = await this.#subject.store().end({
      attemptId: `a${index}`,
      status,
      cost,
      atMs: this.#nowMs,
      candidateIds: [],
      assumption: 'the test is right',
    });
    const expected = this.#reference.attempts[index];
    partialDeepStrictEqual(ended?.attempt, {
      status: expected?.status,
      cost: expected?.cost,
      overrun: expected?.overrun,
    });
  }

  async #trim(): Promise<void> {
    const index = this.#open();
    if (index === undefined) return;
    const lower = this.#amounts(60);
    this.last = `trim a${index}`;
    this.#reference.trim(index, lower);
    await this.#subject.store().trim(`a${index}`, lower);
  }

  async #setLimit(): Promise<void> {
    const scope = this.#pick(capped);
    const dimension = this.#pick(limited);
    const per = this.#pick(windows);
    const key = { ...scope, dimension, per };
    // Near what is spent by then, sometimes below.
    const { settled } = this.#reference.sums(scope.id === 'each' ? ada : scope, key, this.#nowMs);
    const cap = settled + BigInt(this.#random.int(600) - 60);
    const limit: Omit<StoredLimit, 'version'> = { ...key, cap: cap > 0n ? cap : 0n, soft: this.#random.int(10) === 0 };
    this.last = `limit ${JSON.stringify([limit.kind, limit.id, dimension, per, String(limit.cap)])}`;
    this.#reference.setLimit(limit);
    partialDeepStrictEqual(await this.#subject.store().setLimit(limit), limit);
  }

  async #removeLimit(): Promise<void> {
    const key = { ...this.#pick(capped), dimension: this.#pick(limited), per: this.#pick(windows) };
    this.last = `remove limit ${JSON.stringify(key)}`;
    strictEqual(await this.#subject.store().removeLimit(key), this.#reference.removeLimit(key));
  }

  #advance(): void {
    const leaps = [1, 700, 5_000, 40_000, 86_400_000, -3_000, -90_000];
    this.#nowMs += this.#pick(leaps);
    this.last = 'advance';
  }

  async #restart(): Promise<void> {
    this.last = 'restart';
    await this.#subject.restart();
  }

  async #compare(): Promise<void> {
    const watched = [ada, bob, run];
    const balances = await this.#subject.store().balances({ scopes: watched, paid: [] }, this.#nowMs);
    const expected = this.#reference.applying(watched, []);
    strictEqual(balances.length, expected.length, 'limits that apply');
    const exposures = new Map<string, bigint>();
    for (const { limit, scope, settled, held, overrun, expired } of balances) {
      const name = JSON.stringify([scope.kind, scope.id, limit.dimension, limit.per]);
      deepStrictEqual({ settled, held, overrun, expired }, this.#reference.sums(scope, limit, this.#nowMs), name);
      const exposure = settled - overrun + held;
      exposures.set(name, exposure);
      if (limit.soft) continue;
      const before = this.#exposures.get(name);
      // A window that was not looked at in this state before may have been under another cap.
      if (before !== undefined && this.last.startsWith('reserve'))
        ok(exposure <= limit.cap || exposure <= before, `cap of ${name}`);
    }
    this.#exposures.clear();
    for (const [name, exposure] of exposures) this.#exposures.set(name, exposure);
  }

  /** An attempt, one that is held more often than not. */
  #open(): number | undefined {
    const { attempts } = this.#reference;
    if (attempts.length === 0) return undefined;
    const recent = Math.min(attempts.length, 12);
    return this.#random.int(4) === 0
      ? this.#random.int(attempts.length)
      : attempts.length - 1 - this.#random.int(recent);
  }

  #amounts(most: number): Amounts {
    const amounts = amountsBy(() => BigInt(this.#random.int(most)));
    return { ...amounts, calls: BigInt(this.#random.int(2)), turns: 0n };
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.#random.int(choices.length)] as T;
  }
}
