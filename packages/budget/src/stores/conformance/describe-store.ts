import { deepStrictEqual, partialDeepStrictEqual, strictEqual } from 'node:assert/strict';
import { type Amounts, noAmounts } from '../../ledger/dimension.ts';
import type { ScopePair } from '../../ledger/scope-pair.ts';
import type { Awaitable, Ended, Ending, HoldAsk, LimitBalance, Store, StoredLimit } from '../store.ts';
import { runStoreModel } from './run-store-model.ts';
import type { StoreSubject } from './store-subject.ts';

/** The test runner: `describe` and `it` of vitest, `node:test` or any like them. */
export interface StoreSuiteOptions {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: (name: string, body: () => Promise<void>) => void;
  /** Random runs of 400 steps each against the reference. Range [0, ∞). @defaultValue 10 */
  readonly modelRuns?: number;
  /** Seed of the first run. @defaultValue 1 */
  readonly seed?: number;
}

const ada: ScopePair = { kind: 'user', id: 'ada' };
const bob: ScopePair = { kind: 'user', id: 'bob' };
const run: ScopePair = { kind: 'run', id: 'r1' };
const dayMs = 86_400_000;

/**
 * What every store of a ledger must do, also one of your own: atomic holds over all scopes, caps that no interleaving
 * passes, windows, ends that count once, crashes.
 *
 * @example
 * describeStore('my store', async () => ({ store: () => store, restart: reopen, dispose: drop }), { describe, it });
 */
export function describeStore(name: string, make: () => Awaitable<StoreSubject>, options: StoreSuiteOptions): void {
  const { describe, it, modelRuns = 10, seed = 1 } = options;
  const test = (title: string, body: (store: () => Store, subject: StoreSubject) => Promise<void>): void =>
    it(title, async () => {
      const subject = await make();
      try {
        await body(() => subject.store(), subject);
      } finally {
        await subject.dispose();
      }
    });
  describe(`a store: ${name}`, () => {
    for (const [title, body] of Object.entries(cases)) test(title, body);
    for (let index = 0; index < modelRuns; index += 1) {
      test(`agrees with the reference and keeps every cap over random steps, seed ${seed + index}`, async (_, subject) => {
        await runStoreModel(subject, { seed: seed + index, steps: 400 });
      });
    }
  });
}

function ask(
  attemptId: string,
  changes: Partial<HoldAsk> & { readonly usd?: bigint; readonly least?: bigint } = {},
): HoldAsk {
  const { usd = 10n, least = usd, ...rest } = changes;
  return {
    attemptId,
    kind: 'call',
    scopes: [ada, run],
    paid: [],
    model: { provider: 'test', modelId: 'echo' },
    priceKnown: 'override',
    want: { ...noAmounts, usd, calls: 1n },
    min: { ...noAmounts, usd: least, calls: 1n },
    atMs: 1000,
    leaseUntilMs: 2000,
    ...rest,
  };
}

function ending(attemptId: string, usd: bigint, changes: Partial<Ending> = {}): Ending {
  return {
    attemptId,
    status: 'settled',
    cost: { ...noAmounts, usd, calls: 1n },
    atMs: 1500,
    candidateIds: [],
    assumption: 'the test is right',
    ...changes,
  };
}

type LimitSpec = Omit<StoredLimit, 'version'>;

function limit(scope: ScopePair, cap: bigint, changes: Partial<LimitSpec> = {}): LimitSpec {
  return { ...scope, dimension: 'usd', per: 'total', cap, soft: false, ...changes };
}

async function balancesOf(store: Store, scopes: readonly ScopePair[], nowMs = 1000): Promise<readonly LimitBalance[]> {
  return store.balances({ scopes, paid: [] }, nowMs);
}

async function endedOf(ended: Awaitable<Ended | undefined>): Promise<Ended['attempt'] | undefined> {
  return (await ended)?.attempt;
}

const cases: { readonly [title: string]: (store: () => Store, subject: StoreSubject) => Promise<void> } = {
  'grants everything where no limit applies': async (store) => {
    await store().setLimit(limit(bob, 1n));
    const admission = await store().reserve(ask('a', { usd: 10n ** 18n }));
    partialDeepStrictEqual(admission, { outcome: 'held', hold: { usd: 10n ** 18n, calls: 1n } });
  },

  'grants what is free when that is enough, and refuses below': async (store) => {
    await store().setLimit(limit(ada, 25n));
    await store().setLimit(limit(run, 100n));
    partialDeepStrictEqual(await store().reserve(ask('a')), { hold: { usd: 10n } });
    partialDeepStrictEqual(await store().reserve(ask('b', { usd: 99n, least: 15n })), { hold: { usd: 15n } });
    partialDeepStrictEqual(await store().reserve(ask('c', { usd: 99n, least: 1n })), {
      outcome: 'refused',
      forGood: false,
      scope: ada,
      limit: { cap: 25n, dimension: 'usd' },
      settled: 0n,
      held: 25n,
    });
  },

  'holds in every scope or in none': async (store) => {
    await store().setLimit(limit(ada, 100n));
    await store().setLimit(limit(run, 5n));
    partialDeepStrictEqual(await store().reserve(ask('a')), { outcome: 'refused', forGood: true, scope: run });
    partialDeepStrictEqual(await balancesOf(store(), [ada, run]), [{ held: 0n }, { held: 0n }]);
    deepStrictEqual(await store().attempts({ nowMs: 1000 }), []);
  },

  'tells a refusal for good before one that waiting mends': async (store) => {
    await store().setLimit(limit(ada, 10n));
    await store().reserve(ask('a', { scopes: [ada] }));
    await store().setLimit(limit(run, 9n));
    partialDeepStrictEqual(await store().reserve(ask('b')), { forGood: true, scope: run });
    partialDeepStrictEqual(await store().reserve(ask('c', { scopes: [ada] })), { forGood: false, scope: ada });
  },

  'charges both ids where an attempt names two of a kind': async (store) => {
    await store().setLimit(limit({ kind: 'user', id: 'each' }, 10n));
    await store().reserve(ask('a', { scopes: [ada, bob], usd: 6n }));
    partialDeepStrictEqual(await store().reserve(ask('b', { scopes: [bob] })), { scope: bob, held: 6n });
  },

  'has a cap for each id of a kind, which an own limit stands in for': async (store) => {
    await store().setLimit(limit({ kind: 'user', id: 'each' }, 5n));
    await store().setLimit(limit(bob, 50n));
    partialDeepStrictEqual(await store().reserve(ask('a', { scopes: [ada] })), { outcome: 'refused' });
    partialDeepStrictEqual(await store().reserve(ask('b', { scopes: [bob] })), { outcome: 'held' });
    deepStrictEqual(await store().reserve(ask('c', { scopes: [run] })), { outcome: 'missing-scope', kind: 'user' });
  },

  'caps the first call of a scope that was never seen': async (store) => {
    await store().setLimit(limit({ kind: 'user', id: 'each' }, 25n));
    const asks = Array.from({ length: 8 }, async (_, i) => store().reserve(ask(`a${i}`, { scopes: [bob] })));
    strictEqual((await Promise.all(asks)).filter(({ outcome }) => outcome === 'held').length, 2);
  },

  'holds in every dimension at once, each by its own limits': async (store) => {
    await store().setLimit(limit(ada, 30n, { dimension: 'tokens' }));
    await store().setLimit(limit(ada, 2n, { dimension: 'calls' }));
    const amounts = (tokens: bigint): Partial<HoldAsk> => ({
      want: { ...noAmounts, tokens, calls: 1n },
      min: { ...noAmounts, calls: 1n },
    });
    partialDeepStrictEqual(await store().reserve(ask('a', amounts(20n))), { hold: { tokens: 20n, calls: 1n } });
    partialDeepStrictEqual(await store().reserve(ask('b', amounts(20n))), { hold: { tokens: 10n, calls: 1n } });
    partialDeepStrictEqual(await store().reserve(ask('c', amounts(0n))), {
      outcome: 'refused',
      limit: { dimension: 'calls' },
    });
    await store().end(ending('a', 0n, { status: 'released', cost: noAmounts }));
    partialDeepStrictEqual(await store().reserve(ask('d', amounts(99n))), { hold: { tokens: 20n, calls: 1n } });
  },

  'counts what was spent before a limit was set, and a cap below that only closes admission': async (store) => {
    await store().reserve(ask('a'));
    await store().end(ending('a', 10n));
    await store().setLimit(limit(ada, 4n));
    partialDeepStrictEqual(await store().reserve(ask('b', { least: 1n })), { forGood: true, settled: 10n });
    await store().setLimit(limit(ada, 11n));
    partialDeepStrictEqual(await store().reserve(ask('c', { least: 1n })), { hold: { usd: 1n } });
  },

  'counts a call in flight when a limit is set over it': async (store) => {
    await store().reserve(ask('a'));
    await store().setLimit(limit({ kind: 'user', id: 'each' }, 12n));
    partialDeepStrictEqual(await store().reserve(ask('b', { usd: 3n })), { outcome: 'refused', held: 10n });
    await store().end(ending('a', 1n));
    partialDeepStrictEqual(await store().reserve(ask('c', { usd: 11n })), { outcome: 'held' });
  },

  'keeps one limit for each scope, dimension and window, and takes one away': async (store) => {
    strictEqual((await store().setLimit(limit(ada, 4n))).version, 1);
    strictEqual((await store().setLimit(limit(ada, 5n, { per: 'day@UTC' }))).version, 2);
    deepStrictEqual(await store().setLimit(limit(ada, 6n)), { ...limit(ada, 6n), version: 3 });
    strictEqual((await store().limits()).length, 2);
    strictEqual(await store().removeLimit(limit(ada, 0n, { per: 'day@UTC' })), true);
    strictEqual(await store().removeLimit(limit(ada, 0n, { per: 'day@UTC' })), false);
    deepStrictEqual(await store().limits(), [{ ...limit(ada, 6n), version: 3 }]);
    partialDeepStrictEqual(await store().reserve(ask('a', { usd: 6n })), { outcome: 'held' });
  },

  'starts a calendar window again by the clock, and keeps a call in the window it was admitted in': async (store) => {
    await store().setLimit(limit(ada, 10n, { per: 'day@UTC' }));
    await store().reserve(ask('a', { atMs: dayMs - 1, leaseUntilMs: 3 * dayMs }));
    partialDeepStrictEqual(await store().reserve(ask('b', { atMs: dayMs - 1 })), {
      outcome: 'refused',
      forGood: false,
    });
    partialDeepStrictEqual(await store().reserve(ask('c', { atMs: dayMs, leaseUntilMs: 3 * dayMs })), {
      outcome: 'held',
    });
    await store().end(ending('a', 10n, { atMs: dayMs + 1 }));
    await store().end(ending('c', 3n, { atMs: dayMs + 1 }));
    partialDeepStrictEqual(await balancesOf(store(), [ada], dayMs), [{ settled: 3n, held: 0n, resetsAtMs: 2 * dayMs }]);
    partialDeepStrictEqual(await balancesOf(store(), [ada], dayMs - 1), [{ settled: 10n, resetsAtMs: dayMs }]);
  },

  'lets a rolling window never be shorter than it says': async (store) => {
    await store().setLimit(limit(ada, 10n, { per: 'rolling:60000' }));
    await store().reserve(ask('a', { atMs: 5_999, leaseUntilMs: 1e6 }));
    await store().end(ending('a', 10n));
    partialDeepStrictEqual(await store().reserve(ask('b', { atMs: 65_999 })), { outcome: 'refused', forGood: true });
    partialDeepStrictEqual(await store().reserve(ask('c', { atMs: 67_000 })), { outcome: 'held' });
  },

  'does not give money back when the clock goes back': async (store) => {
    await store().setLimit(limit(ada, 10n, { per: 'rolling:60000' }));
    await store().reserve(ask('a', { atMs: 500_000, leaseUntilMs: 1e6 }));
    partialDeepStrictEqual(await store().reserve(ask('b', { atMs: 400_000 })), { outcome: 'refused' });
  },

  'tells of a soft limit once a window, and refuses nothing for it': async (store) => {
    await store().setLimit(limit(ada, 15n, { soft: true }));
    for (const id of ['a', 'b', 'c']) partialDeepStrictEqual(await store().reserve(ask(id)), { outcome: 'held' });
    deepStrictEqual((await store().end(ending('a', 10n)))?.crossed, []);
    partialDeepStrictEqual((await store().end(ending('b', 10n)))?.crossed, [
      { scope: ada, settled: 20n, limit: { cap: 15n } },
    ]);
    deepStrictEqual((await store().end(ending('c', 10n)))?.crossed, []);
  },

  'settles once; what comes later is ignored': async (store) => {
    await store().setLimit(limit(ada, 100n));
    await store().reserve(ask('a'));
    const usage = { inputUncached: 3, outputText: 4, raw: { id: 'x' } };
    const settled = await endedOf(store().end(ending('a', 7n, { usage, usageKnown: 'exact', candidateIds: ['a#0'] })));
    partialDeepStrictEqual(settled, {
      status: 'settled',
      cost: { usd: 7n },
      overrun: noAmounts,
      usage,
      candidateIds: ['a#0'],
    });
    deepStrictEqual(await endedOf(store().end(ending('a', 9n))), settled);
    deepStrictEqual(await endedOf(store().end(ending('a', 0n, { status: 'released' }))), settled);
    deepStrictEqual(await endedOf(store().end(ending('a', 0n, { status: 'reconciled' }))), settled);
    partialDeepStrictEqual(await balancesOf(store(), [ada]), [{ settled: 7n, held: 0n }]);
    strictEqual(await store().end(ending('unknown', 1n)), undefined);
  },

  'records how far a cost passes its hold and why, and counts it as spent': async (store) => {
    await store().setLimit(limit(ada, 30n));
    await store().reserve(ask('a'));
    const attempt = await endedOf(store().end(ending('a', 25n)));
    partialDeepStrictEqual(attempt, { overrun: { usd: 15n }, assumption: 'the test is right' });
    partialDeepStrictEqual(await balancesOf(store(), [ada]), [{ settled: 25n, overrun: 15n }]);
    partialDeepStrictEqual(await store().reserve(ask('b')), { outcome: 'refused', forGood: true });
    partialDeepStrictEqual(await store().reserve(ask('c', { least: 5n })), { hold: { usd: 5n } });
  },

  'refuses an attempt id that was used before, also an ended one': async (store) => {
    await store().setLimit(limit(ada, 20n));
    await store().reserve(ask('a'));
    deepStrictEqual(await store().reserve(ask('a')), { outcome: 'duplicate' });
    await store().end(ending('a', 0n, { status: 'released', cost: noAmounts }));
    deepStrictEqual(await store().reserve(ask('a')), { outcome: 'duplicate' });
  },

  'lowers a hold and never raises it': async (store) => {
    const hold = (usd: bigint): Amounts => ({ ...noAmounts, usd, calls: 1n });
    await store().setLimit(limit(ada, 50n));
    await store().reserve(ask('a'));
    await store().trim('a', hold(4n));
    await store().trim('a', hold(8n));
    partialDeepStrictEqual(await balancesOf(store(), [ada]), [{ held: 4n }]);
    partialDeepStrictEqual(await endedOf(store().end(ending('a', 5n))), { overrun: { usd: 1n } });
    await store().trim('a', hold(1n));
    await store().trim('unknown', hold(1n));
    partialDeepStrictEqual(await store().attempts({ nowMs: 1000 }), [{ hold: { usd: 4n } }]);
  },

  'goes on counting a hold whose lease ran out, which waiting does not mend': async (store) => {
    await store().setLimit(limit(ada, 15n));
    await store().reserve(ask('a'));
    partialDeepStrictEqual(await store().reserve(ask('b', { atMs: 1999 })), { forGood: false, expired: 0n });
    partialDeepStrictEqual(await store().reserve(ask('c', { atMs: 2000 })), { forGood: true, expired: 10n, held: 10n });
    partialDeepStrictEqual(await balancesOf(store(), [ada], 2000), [{ expired: 10n }]);
    await store().end(ending('a', 2n, { status: 'reconciled' }));
    partialDeepStrictEqual(await store().reserve(ask('d', { atMs: 2000 })), { outcome: 'held' });
  },

  'lets a late settlement replace a reconciliation, the difference being an overrun': async (store) => {
    await store().setLimit(limit(ada, 15n));
    await store().reserve(ask('a'));
    await store().end(ending('a', 2n, { status: 'reconciled' }));
    partialDeepStrictEqual(await endedOf(store().end(ending('a', 9n))), {
      status: 'settled',
      cost: { usd: 9n },
      overrun: { usd: 7n },
      assumption: 'the attempt cost no more than it was reconciled at',
    });
    partialDeepStrictEqual(await balancesOf(store(), [ada], 3000), [{ settled: 9n, held: 0n, overrun: 7n }]);
  },

  'writes down what was spent without it, past a cap where it must': async (store) => {
    await store().setLimit(limit(ada, 5n));
    partialDeepStrictEqual(await endedOf(store().record(ask('a'), ending('a', 8n))), {
      status: 'settled',
      cost: { usd: 8n },
    });
    partialDeepStrictEqual(await balancesOf(store(), [ada]), [{ settled: 8n, held: 0n }]);
    partialDeepStrictEqual(await endedOf(store().record(ask('a'), ending('a', 3n))), { cost: { usd: 8n } });
    partialDeepStrictEqual(await balancesOf(store(), [ada]), [{ settled: 8n }]);
  },

  'leaves dollars that a grant has paid for to the grant, and counts the rest': async (store) => {
    await store().setLimit(limit(ada, 5n));
    await store().setLimit(limit(ada, 1n, { dimension: 'calls' }));
    const grant = { kind: 'grant', id: 'g' };
    await store().setLimit(limit(grant, 20n));
    await store().reserve(ask('grant:g', { kind: 'grant', scopes: [bob] }));
    const asked = { scopes: [ada, grant], paid: [ada] };
    partialDeepStrictEqual(await store().reserve(ask('a', asked)), { hold: { usd: 10n } });
    partialDeepStrictEqual(await store().reserve(ask('b', asked)), {
      outcome: 'refused',
      limit: { dimension: 'calls' },
    });
    const [dollars, calls] = await balancesOf(store(), [ada]);
    partialDeepStrictEqual([dollars, calls], [{ held: 0n }, { held: 1n }]);
  },

  'lets nobody spend from a grant that is not open': async (store) => {
    const grant = { kind: 'grant', id: 'g' };
    const asked = { scopes: [ada, grant], paid: [ada] };
    const closed = { outcome: 'grant-closed', grantId: 'g' };
    deepStrictEqual(await store().reserve(ask('a', asked)), closed);
    await store().reserve(ask('grant:g', { kind: 'grant', scopes: [ada] }));
    partialDeepStrictEqual(await store().reserve(ask('b', asked)), { outcome: 'held' });
    await store().end(ending('grant:g', 10n));
    deepStrictEqual(await store().reserve(ask('c', asked)), closed);
  },

  'finds attempts by scope, status, time and id, in the order of admission': async (store) => {
    await store().reserve(ask('a', { label: 'leaf' }));
    await store().reserve(ask('b', { scopes: [bob, run], atMs: 1100, leaseUntilMs: 9000 }));
    await store().reserve(ask('c', { scopes: [ada] }));
    await store().reserve(ask('t', { scopes: [ada], kind: 'turn', usd: 0n }));
    await store().end(ending('c', 3n));
    const ids = async (query: Partial<Parameters<Store['attempts']>[0]>): Promise<readonly string[]> =>
      (await store().attempts({ nowMs: 2000, ...query })).map(({ attemptId }) => attemptId);
    deepStrictEqual(await ids({}), ['a', 'b', 'c', 't']);
    deepStrictEqual(await ids({ scopes: [run] }), ['a', 'b']);
    deepStrictEqual(await ids({ scopes: [ada, run] }), ['a']);
    deepStrictEqual(await ids({ status: 'held' }), ['b']);
    deepStrictEqual(await ids({ status: 'expired', kind: 'call' }), ['a']);
    deepStrictEqual(await ids({ status: 'settled', scopes: [bob] }), []);
    deepStrictEqual(await ids({ kind: 'turn' }), ['t']);
    deepStrictEqual(await ids({ fromMs: 1001 }), ['b']);
    deepStrictEqual(await ids({ untilMs: 1001, kind: 'call' }), ['a', 'c']);
    deepStrictEqual(await ids({ attemptId: 'c' }), ['c']);
    const model = { provider: 'test', modelId: 'echo' };
    partialDeepStrictEqual(await store().attempts({ nowMs: 0, attemptId: 'a' }), [
      { label: 'leaf', model, scopes: [ada, run] },
    ]);
    deepStrictEqual(await store().totals([]), { settledNano: 3n, heldNano: 20n, overrunNano: 0n, rows: 3 });
    deepStrictEqual(await store().totals([ada]), { settledNano: 3n, heldNano: 10n, overrunNano: 0n, rows: 2 });
    partialDeepStrictEqual(await store().totals([{ kind: 'user', id: 'carl' }]), { settledNano: 0n, rows: 0 });
  },

  'counts a grant by what its own attempts leave of it': async (store) => {
    const grant = { kind: 'grant', id: 'g' };
    await store().reserve(ask('grant:g', { kind: 'grant', usd: 100n, scopes: [ada] }));
    await store().reserve(ask('a', { scopes: [ada, grant], paid: [ada], usd: 30n }));
    await store().reserve(ask('b', { scopes: [ada, grant], paid: [ada], usd: 20n }));
    await store().end(ending('a', 12n));
    deepStrictEqual(await store().totals([ada]), { settledNano: 12n, heldNano: 88n, overrunNano: 0n, rows: 2 });
    await store().end(ending('b', 5n));
    await store().end(ending('grant:g', 17n));
    deepStrictEqual(await store().totals([ada]), { settledNano: 17n, heldNano: 0n, overrunNano: 0n, rows: 2 });
  },

  'counts a grant that was carved from a grant, whatever scopes it names beside it': async (store) => {
    const outer = { kind: 'grant', id: 'outer' };
    const inner = { kind: 'grant', id: 'inner' };
    await store().reserve(ask('grant:outer', { kind: 'grant', usd: 100n, scopes: [ada] }));
    await store().reserve(ask('grant:inner', { kind: 'grant', usd: 40n, scopes: [outer], paid: [ada] }));
    await store().reserve(ask('a', { usd: 30n, scopes: [inner], paid: [ada] }));
    await store().end(ending('a', 25n));
    // The inner one holds the 15 that it has not spent; of the outer one the other 85 are left.
    deepStrictEqual(await store().totals([outer]), { settledNano: 0n, heldNano: 15n, overrunNano: 0n, rows: 0 });
    deepStrictEqual(await store().totals([ada]), { settledNano: 0n, heldNano: 85n, overrunNano: 0n, rows: 0 });
  },

  'keeps outcomes in the order of reporting': async (store) => {
    const about = { passed: true, source: 'tests', atMs: 5 };
    await store().reportOutcome({ resultId: 'r', scopes: [], ...about });
    await store().reportOutcome({ resultId: undefined, scopes: [ada, run], ...about, passed: false });
    deepStrictEqual(await store().outcomes([]), [
      { resultId: 'r', scopes: [], ...about },
      { resultId: undefined, scopes: [ada, run], ...about, passed: false },
    ]);
    deepStrictEqual(await store().outcomes([run]), [
      { resultId: undefined, scopes: [ada, run], ...about, passed: false },
    ]);
  },

  'takes ids apart that look alike when joined': async (store) => {
    await store().setLimit(limit({ kind: 'a', id: 'b"c' }, 1n));
    const others = [
      { kind: 'ab', id: '"c' },
      { kind: 'a"b', id: 'c' },
      { kind: 'a', id: 'B"c' },
    ];
    partialDeepStrictEqual(await store().reserve(ask('a', { scopes: others })), { outcome: 'held' });
    partialDeepStrictEqual(await balancesOf(store(), [{ kind: 'a', id: 'b"c' }]), [{ held: 0n, limit: { cap: 1n } }]);
    partialDeepStrictEqual(await store().totals([{ kind: 'a"b', id: 'c' }]), { rows: 1 });
  },

  'grants a burst of concurrent asks no more than the cap': async (store) => {
    await store().setLimit(limit(ada, 55n));
    const outcomes = await Promise.all(Array.from({ length: 64 }, async (_, i) => store().reserve(ask(`a${i}`))));
    strictEqual(outcomes.filter(({ outcome }) => outcome === 'held').length, 5);
    partialDeepStrictEqual(await balancesOf(store(), [ada]), [{ held: 50n }]);
  },

  'has everything after a crash': async (store, subject) => {
    await store().setLimit(limit(ada, 25n));
    await store().reserve(ask('a'));
    await store().reserve(ask('b'));
    await store().end(ending('b', 4n));
    const [id, before] = [await store().open(), await store().attempts({ nowMs: 1000 })];
    await subject.restart();
    strictEqual(await store().open(), id);
    deepStrictEqual(await store().attempts({ nowMs: 1000 }), before);
    partialDeepStrictEqual(await balancesOf(store(), [ada]), [{ settled: 4n, held: 10n, limit: { cap: 25n } }]);
    partialDeepStrictEqual(await endedOf(store().end(ending('a', 1n))), { status: 'settled' });
  },
};
