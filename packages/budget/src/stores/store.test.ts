import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScopePair } from '../ledger/scope-pair.ts';
import { ReferenceStore } from './__fixtures__/reference-store.ts';
import { storeMakers, type StoreUnderTest } from './__fixtures__/store-makers.ts';
import type { Ending, HoldAsk, Store } from './store.ts';

const ada: ScopePair = { kind: 'user', id: 'ada' };
const bob: ScopePair = { kind: 'user', id: 'bob' };
const run: ScopePair = { kind: 'run', id: 'r1' };
const model = { provider: 'test', modelId: 'echo' };

function ask(attemptId: string, changes: Partial<HoldAsk> = {}): HoldAsk {
  const amounts = { wantNano: 10n, minNano: 10n, atMs: 1000, leaseUntilMs: 2000 };
  return { attemptId, scopes: [ada, run], model, priceKnown: 'override', ...amounts, ...changes };
}

function ending(attemptId: string, costNano: bigint, status: Ending['status'] = 'settled'): Ending {
  return { attemptId, status, costNano, candidateIds: [], assumption: 'the test is right' };
}

function limit(scope: ScopePair, capNano: bigint): Parameters<Store['setLimit']>[0] {
  return { ...scope, per: 'total', capNano };
}

describe.each(storeMakers)('a store: $name', ({ name, make }) => {
  let subject: StoreUnderTest;
  const store = (): Store => subject.store();

  beforeEach(() => {
    subject = make();
  });
  afterEach(() => subject.dispose());

  it('grants everything where no limit applies', async () => {
    await store().setLimit(limit(bob, 1n));
    expect(await store().reserve(ask('a', { wantNano: 10n ** 18n }))).toEqual({
      outcome: 'held',
      holdNano: 10n ** 18n,
    });
  });

  it('grants what is free when that is enough, and refuses below', async () => {
    await store().setLimit(limit(ada, 25n));
    await store().setLimit(limit(run, 100n));
    expect(await store().reserve(ask('a'))).toMatchObject({ holdNano: 10n });
    expect(await store().reserve(ask('b', { wantNano: 99n, minNano: 15n }))).toMatchObject({ holdNano: 15n });
    expect(await store().reserve(ask('c', { wantNano: 99n, minNano: 1n }))).toMatchObject({
      outcome: 'refused',
      forGood: false,
      scope: ada,
      capNano: 25n,
      settledNano: 0n,
      heldNano: 25n,
    });
  });

  it('holds in every scope or in none', async () => {
    await store().setLimit(limit(run, 5n));
    expect(await store().reserve(ask('a'))).toMatchObject({ outcome: 'refused', forGood: true, scope: run });
    expect(await store().balances([ada, run], 1000)).toMatchObject([{ heldNano: 0n }, { heldNano: 0n }]);
    expect(await store().attempts({ nowMs: 1000 })).toEqual([]);
  });

  it('tells a refusal for good before one that waiting mends', async () => {
    await store().setLimit(limit(ada, 10n));
    await store().reserve(ask('a', { scopes: [ada] }));
    await store().setLimit(limit(run, 9n));
    expect(await store().reserve(ask('b'))).toMatchObject({ forGood: true, scope: run });
    expect(await store().reserve(ask('c', { scopes: [ada] }))).toMatchObject({ forGood: false, scope: ada });
  });

  it('charges both ids where an attempt names two of a kind', async () => {
    await store().setLimit(limit({ kind: 'user', id: 'each' }, 10n));
    await store().reserve(ask('a', { scopes: [ada, bob], wantNano: 6n, minNano: 6n }));
    expect(await store().reserve(ask('b', { scopes: [bob] }))).toMatchObject({ scope: bob, heldNano: 6n });
  });

  it('has a cap for each id of a kind, which an own limit stands in for', async () => {
    await store().setLimit(limit({ kind: 'user', id: 'each' }, 5n));
    await store().setLimit(limit(bob, 50n));
    expect(await store().reserve(ask('a', { scopes: [ada] }))).toMatchObject({ outcome: 'refused' });
    expect(await store().reserve(ask('b', { scopes: [bob] }))).toMatchObject({ outcome: 'held' });
    expect(await store().reserve(ask('c', { scopes: [run] }))).toEqual({ outcome: 'missing-scope', kind: 'user' });
  });

  it('counts what was spent before a limit was set, and a cap below that only closes admission', async () => {
    await store().reserve(ask('a'));
    await store().end(ending('a', 10n));
    await store().setLimit(limit(ada, 4n));
    expect(await store().reserve(ask('b', { minNano: 1n }))).toMatchObject({
      forGood: true,
      settledNano: 10n,
      capNano: 4n,
    });
    await store().setLimit(limit(ada, 11n));
    expect(await store().reserve(ask('c', { minNano: 1n }))).toMatchObject({ holdNano: 1n });
  });

  it('numbers limits by their changes, and keeps one a scope', async () => {
    expect((await store().setLimit(limit(ada, 4n))).version).toBe(1);
    expect((await store().setLimit(limit(bob, 5n))).version).toBe(2);
    expect(await store().setLimit(limit(ada, 6n))).toEqual({ ...limit(ada, 6n), version: 3 });
    expect(await store().limits()).toHaveLength(2);
    expect(await store().limits()).toContainEqual({ ...limit(ada, 6n), version: 3 });
  });

  it('settles once; what comes later is ignored', async () => {
    await store().reserve(ask('a'));
    const usage = { inputUncached: 3, outputText: 4, raw: { id: 'x' } };
    const settled = await store().end({ ...ending('a', 7n), usage, usageKnown: 'exact', candidateIds: ['a#0'] });
    expect(settled).toMatchObject({ status: 'settled', costNano: 7n, overrunNano: 0n, usage, candidateIds: ['a#0'] });
    expect(await store().end(ending('a', 9n))).toEqual(settled);
    expect(await store().end(ending('a', 0n, 'released'))).toEqual(settled);
    expect(await store().end(ending('a', 0n, 'reconciled'))).toEqual(settled);
    expect(await store().balances([ada], 1000)).toMatchObject([{ settledNano: 7n, heldNano: 0n }]);
    expect(await store().end(ending('unknown', 1n))).toBeUndefined();
  });

  it('records how far a cost passes its hold and why, and counts it as spent', async () => {
    await store().setLimit(limit(ada, 30n));
    await store().reserve(ask('a'));
    expect(await store().end(ending('a', 25n))).toMatchObject({ overrunNano: 15n, assumption: 'the test is right' });
    expect(await store().balances([ada], 1000)).toMatchObject([{ settledNano: 25n, overrunNano: 15n }]);
    expect(await store().reserve(ask('b'))).toMatchObject({ outcome: 'refused', forGood: true });
    expect(await store().reserve(ask('c', { minNano: 5n }))).toMatchObject({ holdNano: 5n });
  });

  it('refuses an attempt id that was used before, also an ended one', async () => {
    await store().setLimit(limit(ada, 10n));
    await store().reserve(ask('a'));
    expect(await store().reserve(ask('a'))).toEqual({ outcome: 'duplicate' });
    await store().end(ending('a', 0n, 'released'));
    expect(await store().reserve(ask('a'))).toEqual({ outcome: 'duplicate' });
  });

  it('lowers a hold and never raises it', async () => {
    await store().reserve(ask('a'));
    await store().trim('a', 4n);
    await store().trim('a', 8n);
    expect(await store().balances([ada], 1000)).toMatchObject([{ heldNano: 4n }]);
    expect(await store().end(ending('a', 5n))).toMatchObject({ overrunNano: 1n });
    await store().trim('a', 1n);
    await store().trim('unknown', 1n);
    expect(await store().attempts({ nowMs: 1000 })).toMatchObject([{ holdNano: 4n }]);
  });

  it('goes on counting a hold whose lease ran out, which waiting does not mend', async () => {
    await store().setLimit(limit(ada, 15n));
    await store().reserve(ask('a'));
    expect(await store().reserve(ask('b', { atMs: 1999 }))).toMatchObject({ forGood: false, expiredNano: 0n });
    expect(await store().reserve(ask('c', { atMs: 2000 }))).toMatchObject({
      forGood: true,
      expiredNano: 10n,
      heldNano: 10n,
    });
    expect(await store().balances([ada, bob], 2000)).toMatchObject([{ expiredNano: 10n }, { expiredNano: 0n }]);
    await store().end(ending('a', 2n, 'reconciled'));
    expect(await store().reserve(ask('d', { atMs: 2000 }))).toMatchObject({ outcome: 'held' });
  });

  it('lets a late settlement replace a reconciliation, the difference being an overrun', async () => {
    await store().reserve(ask('a'));
    await store().end(ending('a', 2n, 'reconciled'));
    expect(await store().end(ending('a', 9n))).toMatchObject({
      status: 'settled',
      costNano: 9n,
      overrunNano: 7n,
      assumption: 'the attempt cost no more than it was reconciled at',
    });
    expect(await store().balances([ada], 3000)).toMatchObject([{ settledNano: 9n, heldNano: 0n, overrunNano: 7n }]);
  });

  it('finds attempts by scope, status and id, in the order of admission', async () => {
    await store().reserve(ask('a', { scopes: [ada, run], label: 'leaf' }));
    await store().reserve(ask('b', { scopes: [bob, run], leaseUntilMs: 9000 }));
    await store().reserve(ask('c', { scopes: [ada] }));
    await store().end(ending('c', 3n));
    const ids = async (query: Partial<Parameters<Store['attempts']>[0]>): Promise<readonly string[]> =>
      (await store().attempts({ nowMs: 2000, ...query })).map(({ attemptId }) => attemptId);
    expect(await ids({})).toEqual(['a', 'b', 'c']);
    expect(await ids({ scopes: [run] })).toEqual(['a', 'b']);
    expect(await ids({ scopes: [ada, run] })).toEqual(['a']);
    expect(await ids({ status: 'held' })).toEqual(['b']);
    expect(await ids({ status: 'expired' })).toEqual(['a']);
    expect(await ids({ status: 'settled', scopes: [bob] })).toEqual([]);
    expect(await ids({ attemptId: 'c' })).toEqual(['c']);
    expect(await store().attempts({ nowMs: 0, attemptId: 'a' })).toMatchObject([
      { label: 'leaf', model, scopes: [ada, run] },
    ]);
    expect(await store().totals([])).toEqual({ settledNano: 3n, heldNano: 20n, overrunNano: 0n, rows: 3 });
    expect(await store().totals([ada])).toEqual({ settledNano: 3n, heldNano: 10n, overrunNano: 0n, rows: 2 });
    expect(await store().totals([{ kind: 'user', id: 'carl' }])).toMatchObject({ settledNano: 0n, rows: 0 });
  });

  it('takes ids apart that look alike when joined', async () => {
    await store().setLimit(limit({ kind: 'a', id: 'b"c' }, 1n));
    const others = [
      { kind: 'ab', id: '"c' },
      { kind: 'a"b', id: 'c' },
      { kind: 'a', id: 'B"c' },
    ];
    expect(await store().reserve(ask('a', { scopes: others }))).toMatchObject({ outcome: 'held' });
    expect(await store().balances([{ kind: 'a', id: 'b"c' }], 0)).toMatchObject([{ heldNano: 0n, capNano: 1n }]);
    expect(await store().totals([{ kind: 'a"b', id: 'c' }])).toMatchObject({ rows: 1 });
  });

  it('grants a burst of concurrent asks no more than the cap', async () => {
    await store().setLimit(limit(ada, 55n));
    const outcomes = await Promise.all(Array.from({ length: 64 }, async (_, i) => store().reserve(ask(`a${i}`))));
    expect(outcomes.filter(({ outcome }) => outcome === 'held')).toHaveLength(5);
    expect(await store().balances([ada], 1000)).toMatchObject([{ heldNano: 50n }]);
  });

  const scopeSets: readonly (readonly ScopePair[])[] = [
    [],
    [ada],
    [bob],
    [run],
    [ada, run],
    [bob, run],
    [ada, bob, run],
  ];
  const capped = [ada, bob, run, { kind: 'user', id: 'each' }];
  const amount = fc.bigInt(0n, 60n);
  const which = fc.nat(1000);
  const reserve = fc.record({
    do: fc.constant('reserve' as const),
    scopes: fc.constantFrom(...scopeSets),
    amounts: fc.tuple(amount, amount),
    leaseMs: fc.integer({ min: 1, max: 20 }),
  });
  const end = fc.record({
    do: fc.constant('end' as const),
    which,
    status: fc.constantFrom<Ending['status'][]>('settled', 'settled', 'released', 'reconciled'),
    costNano: fc.bigInt(0n, 90n),
  });
  const trim = fc.record({ do: fc.constant('trim' as const), which, holdNano: amount });
  const setLimit = fc.record({
    do: fc.constant('setLimit' as const),
    scope: fc.constantFrom(...capped),
    // Near what is spent by then, sometimes below.
    moreNano: fc.bigInt(-40n, 200n),
  });
  const advance = fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 10 }) });
  const restart = fc.record({ do: fc.constant('restart' as const) });
  const step = fc.oneof(
    { weight: 16, arbitrary: reserve },
    { weight: 12, arbitrary: end },
    { weight: 6, arbitrary: trim },
    { weight: 8, arbitrary: setLimit },
    { weight: 5, arbitrary: advance },
    { weight: 1, arbitrary: restart },
  );

  it('keeps settled − overrun + held within every cap over random interleavings, and agrees with the reference', async () => {
    let steps = 0;
    const outcomes = new Set<string>();
    const property = fc.asyncProperty(
      fc.array(step, { minLength: 200, maxLength: 400, size: 'max' }),
      async (script) => {
        subject.dispose();
        subject = make();
        const reference = new ReferenceStore();
        const watched = [ada, bob, run];
        const exposures = new Map(watched.map((scope) => [scope, 0n]));
        let nowMs = 0;
        for (const action of script) {
          steps += 1;
          const index =
            'which' in action && reference.attempts.length > 0 ? action.which % reference.attempts.length : -1;
          switch (action.do) {
            case 'reserve': {
              const [one, other] = action.amounts;
              const wanted = ask(`a${reference.attempts.length}`, {
                scopes: action.scopes,
                wantNano: one > other ? one : other,
                minNano: one > other ? other : one,
                atMs: nowMs,
                leaseUntilMs: nowMs + action.leaseMs,
              });
              const expected = reference.reserve(wanted);
              const admission = await store().reserve(wanted);
              outcomes.add(admission.outcome);
              if (typeof expected === 'string') expect(admission.outcome).toBe(expected);
              else expect(admission).toMatchObject(expected);
              break;
            }
            case 'end': {
              const costNano = action.status === 'released' ? 0n : action.costNano;
              reference.end(index, action.status, costNano);
              await store().end(ending(`a${index}`, costNano, action.status));
              break;
            }
            case 'trim':
              reference.trim(index, action.holdNano);
              await store().trim(`a${index}`, action.holdNano);
              break;
            case 'setLimit': {
              const { settledNano } = reference.sums(action.scope.id === 'each' ? ada : action.scope, nowMs);
              const capNano = settledNano + action.moreNano > 0n ? settledNano + action.moreNano : 0n;
              reference.caps.set(`${action.scope.kind}=${action.scope.id}`, capNano);
              await store().setLimit(limit(action.scope, capNano));
              break;
            }
            case 'advance':
              nowMs += action.ms;
              break;
            case 'restart':
              subject.restart();
              break;
            default:
              action satisfies never;
          }
          for (const balance of await store().balances(watched, nowMs)) {
            const { scope, capNano, ...sums } = balance;
            expect(sums).toEqual(reference.sums(scope, nowMs));
            expect(capNano).toBe(reference.capOf(scope));
            const watchedScope = watched.find(({ id }) => id === scope.id) as ScopePair;
            const exposure = sums.settledNano - sums.overrunNano + sums.heldNano;
            // A cap may have been set below what was spent by then; from there it may only fall.
            const before = exposures.get(watchedScope) as bigint;
            if (capNano !== undefined) expect(exposure <= capNano || exposure <= before).toBe(true);
            exposures.set(watchedScope, exposure);
          }
          const { rows: _rows, ...totals } = await store().totals([run]);
          const { expiredNano: _expired, ...sums } = reference.sums(run, nowMs);
          expect(totals).toEqual(sums);
        }
      },
    );
    // Files are slow to shrink on; the memory store fails in the same way.
    await fc.assert(property, { seed: 6, numRuns: 10, endOnFailure: name !== 'memory' });
    expect(steps).toBeGreaterThan(2000);
    expect(outcomes).toEqual(new Set(['held', 'refused', 'missing-scope']));
  }, 60_000);
});
