import { deepStrictEqual, ok, partialDeepStrictEqual, strictEqual } from 'node:assert/strict';
import { createRandom } from '@tollgate/stats';
import { type Amounts, amountsBy, type Dimension, dimensions, noAmounts } from '../../ledger/dimension.ts';
import type { ScopePair } from '../../ledger/scope-pair.ts';
import type { Admission, AttemptKind, Ended, Ending, HoldAsk, StoredLimit } from '../store.ts';
import { type Expected, type ReferenceAttempt, ReferenceStore } from './reference-store.ts';
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
const firstGrant: ScopePair = { kind: 'grant', id: 'g0' };
const watched = [ada, bob, run, firstGrant];
const capped = [ada, bob, run, ada, bob, run, firstGrant, { kind: 'user', id: 'each' }];
const windows = ['total', 'total', 'day@UTC', 'rolling:60000'];
const limited: readonly Dimension[] = ['usd', 'usd', 'tokens', 'calls', 'seconds'];
const nothing: readonly ScopePair[] = [];

/** Steps between two looks at everything; a step is followed by a look at what it touched. */
const stepsPerLook = 8;

/**
 * Does `steps` random things to a store: reserve, trim, settle, release, reconcile, record, expire, grant, set and remove
 * limits, jump with the clock in both directions, crash and restart. What the store says of the scopes that a step touched,
 * and every few steps of all, is compared with a reference that adds everything up anew, and `settled − overrun + held`
 * with every cap that let an attempt through. The same seed does the same things.
 *
 * @throws AssertionError with the seed and the number of the step.
 */
export async function runStoreModel(
  subject: StoreSubject,
  { seed, steps }: { readonly seed: number; readonly steps: number },
): Promise<StoreModelRun> {
  const model = new StoreModel(subject, seed);
  for (let step = 1; step <= steps; step += 1) {
    try {
      await model.step(step % stepsPerLook === 0 || step === steps);
    } catch (error) {
      if (error instanceof Error) error.message = `seed ${seed}, step ${step} (${model.last()}): ${error.message}`;
      throw error;
    }
  }
  return { steps, outcomes: Object.fromEntries(model.outcomes) };
}

class StoreModel {
  readonly outcomes = new Map<string, number>();
  /** What the last step was, for whom it fails. */
  last: () => string = () => 'nothing';
  readonly #subject: StoreSubject;
  readonly #random: ReturnType<typeof createRandom>;
  readonly #reference = new ReferenceStore();
  #grants = 0;
  #nowMs = 1_700_000_000_000;

  constructor(subject: StoreSubject, seed: number) {
    this.#subject = subject;
    this.#random = createRandom(seed);
  }

  async step(looksAtAll: boolean): Promise<void> {
    const touched = await this.#doSomething();
    await this.#compare(looksAtAll ? watched : touched);
    if (looksAtAll) {
      for (const scopes of [nothing, this.#pick(scopeSets)]) {
        deepStrictEqual(await this.#subject.store().totals(scopes), this.#reference.totals(scopes), 'totals');
      }
    }
  }

  /** The scopes that it concerned. */
  async #doSomething(): Promise<readonly ScopePair[]> {
    const dice = this.#random.int(100);
    if (dice < 38) return this.#reserve();
    if (dice < 40) return this.#record();
    if (dice < 66) return this.#end();
    if (dice < 74) return this.#trim();
    if (dice < 78) return this.#setLimit();
    if (dice < 86) return this.#removeLimit();
    if (dice < 98) return this.#advance();
    return this.#restart();
  }

  async #reserve(): Promise<readonly ScopePair[]> {
    const ask = this.#ask();
    this.last = () => `reserve ${ask.attemptId}`;
    const expected = this.#reference.reserve(ask);
    const admission = await this.#subject.store().reserve(ask);
    this.#count(admission.outcome);
    if (!isAsExpected(admission, expected)) partialDeepStrictEqual(admission, expected);
    if (admission.outcome !== 'held') return nothing;
    for (const [scope, { soft, cap, ...key }] of this.#reference.applying(ask.scopes, ask.paid)) {
      const { settled, overrun, held } = this.#reference.sums(scope, key, ask.atMs);
      ok(soft || settled - overrun + held <= cap, `the cap of ${JSON.stringify([scope, key])} is passed`);
    }
    return ask.scopes;
  }

  async #record(): Promise<readonly ScopePair[]> {
    const ask = this.#ask();
    const ending = this.#ending(ask.attemptId);
    this.last = () => `record ${ask.attemptId}`;
    this.#count('recorded');
    const expected = this.#reference.record(ask, ending.status, ending.cost);
    checkEnded(await this.#subject.store().record(ask, ending), expected);
    return ask.scopes;
  }

  async #end(): Promise<readonly ScopePair[]> {
    const attempt = this.#attempt();
    if (attempt === undefined) return nothing;
    const { attemptId, scopes } = attempt.ask;
    const ending = this.#ending(attemptId);
    this.last = () => `${ending.status} ${attemptId}`;
    this.#count(ending.status);
    const expected = this.#reference.end(attemptId, ending.status, ending.cost);
    checkEnded(await this.#subject.store().end(ending), expected);
    return scopes;
  }

  async #trim(): Promise<readonly ScopePair[]> {
    const attempt = this.#attempt();
    if (attempt === undefined) return nothing;
    const { attemptId, scopes } = attempt.ask;
    const lower = this.#amounts(60);
    this.last = () => `trim ${attemptId}`;
    this.#reference.trim(attemptId, lower);
    await this.#subject.store().trim(attemptId, lower);
    return scopes;
  }

  async #setLimit(): Promise<readonly ScopePair[]> {
    const scope = this.#pick(capped);
    const dimension = this.#pick(limited);
    const per = this.#pick(windows);
    const key = { ...scope, dimension, per };
    // Near what is spent by then, sometimes below.
    const { settled } = this.#reference.sums(scope.id === 'each' ? ada : scope, key, this.#nowMs);
    const cap = settled + BigInt(this.#random.int(1200) - 60);
    const limit: Omit<StoredLimit, 'version'> = { ...key, cap: cap > 0n ? cap : 0n, soft: this.#random.int(10) === 0 };
    this.last = () => `limit ${JSON.stringify([limit.kind, limit.id, dimension, per, String(limit.cap)])}`;
    this.#reference.setLimit(limit);
    partialDeepStrictEqual(await this.#subject.store().setLimit(limit), limit);
    return scope.id === 'each' ? [ada, bob] : [scope];
  }

  async #removeLimit(): Promise<readonly ScopePair[]> {
    const scope = this.#pick(capped);
    const key = { ...scope, dimension: this.#pick(limited), per: this.#pick(windows) };
    this.last = () => `remove limit ${JSON.stringify(key)}`;
    strictEqual(await this.#subject.store().removeLimit(key), this.#reference.removeLimit(key));
    return scope.id === 'each' ? [ada, bob] : [scope];
  }

  #advance(): readonly ScopePair[] {
    const leaps = [1, 700, 5_000, 5_000, 40_000, 40_000, 40_000, -3_000, -90_000];
    this.#nowMs += this.#random.int(24) === 0 ? 86_400_000 : this.#pick(leaps);
    this.last = () => 'advance';
    return nothing;
  }

  async #restart(): Promise<readonly ScopePair[]> {
    this.last = () => 'restart';
    await this.#subject.restart();
    return watched;
  }

  async #compare(scopes: readonly ScopePair[]): Promise<void> {
    if (scopes.length === 0) return;
    const balances = await this.#subject.store().balances({ scopes, paid: nothing }, this.#nowMs);
    strictEqual(balances.length, this.#reference.applying(scopes, nothing).length, 'limits that apply');
    for (const { limit, scope, settled, held, overrun, expired } of balances) {
      strictEqual(limit.cap, this.#reference.capOf(limit), 'the cap of a limit');
      const sums = this.#reference.sums(scope, limit, this.#nowMs);
      const isAlike = settled === sums.settled && held === sums.held && overrun === sums.overrun;
      if (isAlike && expired === sums.expired) continue;
      const name = JSON.stringify([scope.kind, scope.id, limit.dimension, limit.per]);
      deepStrictEqual({ settled, held, overrun, expired }, sums, name);
    }
  }

  #count(outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }

  /** A call or a turn, a grant, or an attempt that a grant pays for; now and then by a name that was used. */
  #ask(): HoldAsk {
    const { attempts } = this.#reference;
    const isRepeated = attempts.length > 0 && this.#random.int(50) === 0;
    const dice = this.#random.int(16);
    const [one, other] = [this.#amounts(60), this.#amounts(60)];
    const own = this.#pick(scopeSets);
    const isPaid = dice < 4 && this.#grants > 0;
    const recent = this.#grants - 1 - this.#random.int(Math.max(1, Math.min(3, this.#grants)));
    const scopes = isPaid ? [...own, dice === 0 ? firstGrant : { kind: 'grant', id: `g${recent}` }] : own;
    const kind: AttemptKind = this.#random.int(16) === 0 ? 'grant' : dice === 15 ? 'turn' : 'call';
    let attemptId = kind === 'grant' ? `grant:g${this.#grants}` : `a${attempts.length}`;
    if (kind === 'grant') this.#grants += 1;
    else if (isRepeated) attemptId = this.#pick(attempts).ask.attemptId;
    return {
      attemptId,
      kind,
      scopes,
      paid: isPaid ? own : nothing,
      model: { provider: 'test', modelId: 'echo' },
      priceKnown: 'override',
      want: amountsBy((each) => (one[each] > other[each] ? one[each] : other[each])),
      min: amountsBy((each) => (one[each] > other[each] ? other[each] : one[each])),
      atMs: this.#nowMs,
      leaseUntilMs: this.#nowMs + 1 + this.#random.int(20_000),
    };
  }

  #ending(attemptId: string): Ending {
    const status = this.#pick<Ending['status']>(['settled', 'settled', 'settled', 'released', 'reconciled']);
    const cost = status === 'released' ? noAmounts : this.#amounts(70);
    return { attemptId, status, cost, atMs: this.#nowMs, candidateIds: [], assumption: 'the test is right' };
  }

  /** An attempt, one that is held more often than not. */
  #attempt(): ReferenceAttempt | undefined {
    const { attempts } = this.#reference;
    if (attempts.length === 0) return undefined;
    const recent = Math.min(attempts.length, 12);
    return this.#random.int(4) === 0 ? this.#pick(attempts) : attempts[attempts.length - 1 - this.#random.int(recent)];
  }

  #amounts(most: number): Amounts {
    const amounts = amountsBy(() => BigInt(this.#random.int(most)));
    return { ...amounts, calls: BigInt(this.#random.int(2)), turns: 0n };
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.#random.int(choices.length)] as T;
  }
}

/** The quick way; where it says no, an assertion says why. */
function isAsExpected(admission: Admission, expected: Expected): boolean {
  if (admission.outcome === 'held') return expected.outcome === 'held' && isSame(admission.hold, expected.hold);
  if (admission.outcome === 'refused') return expected.outcome === 'refused' && admission.forGood === expected.forGood;
  return admission.outcome === expected.outcome;
}

function checkEnded(ended: Ended | undefined, expected: ReferenceAttempt | undefined): void {
  const attempt = ended?.attempt;
  const isAlike = attempt !== undefined && expected !== undefined && attempt.status === expected.status;
  if (isAlike && isSame(attempt.cost, expected.cost) && isSame(attempt.overrun, expected.overrun)) return;
  const { status, cost, overrun } = expected ?? {};
  partialDeepStrictEqual(attempt, { status, cost, overrun });
}

function isSame(one: Amounts, other: Amounts): boolean {
  return dimensions.every((each) => one[each] === other[each]);
}
