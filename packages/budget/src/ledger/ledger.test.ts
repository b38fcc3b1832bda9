import { BudgetBusyError, BudgetExceededError, InvalidOptionError, MissingScopeError } from '@tollgate/sdk';
import { beforeEach, describe, expect, it } from 'vitest';
import { declaredCeiling } from '../prices/declared-ceiling.ts';
import { memoryStore } from '../stores/memory.ts';
import { type ManualClock, manualClock } from './__fixtures__/manual-clock.ts';
import { createLedger } from './create-ledger.ts';
import type { LimitOptions } from './limits.ts';
import type { HoldCharge, Ledger, ReserveAsk } from './ledger.ts';

const cent = 10_000_000n;
const model = { provider: 'test', modelId: 'echo' };

function ask(attemptId: string, changes: Partial<ReserveAsk> = {}): ReserveAsk {
  const amounts = { want: { usd: 20n * cent } };
  return { attemptId, scopes: { user: 'ada', run: 'r1' }, model, priceKnown: 'override', ...amounts, ...changes };
}

function charge(costNano: bigint): HoldCharge {
  const assumption = 'the engine honours its output cap';
  return {
    costNano,
    priceKnown: 'override',
    usage: { outputText: 3 },
    usageKnown: 'exact',
    candidateIds: ['a#0'],
    assumption,
  };
}

async function refusal(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => new Error('It was not refused.'),
    (error: Error) => error,
  );
}

let clock: ManualClock;
let ledger: Ledger;

beforeEach(async () => {
  clock = manualClock();
  ledger = await createLedger({ store: memoryStore(), clock });
  await ledger.setLimit({ kind: 'user', id: 'each', usd: 0.5 });
});

describe('a ledger', () => {
  it('keeps one row for each attempt, as plain JSON', async () => {
    const hold = await ledger.reserve(ask('a', { label: 'span.1' }));
    expect(await ledger.rows()).toMatchObject([{ attemptId: 'a', status: 'held', hold: { usd: 0.2 } }]);
    expect((await ledger.rows())[0]).not.toHaveProperty('cost');
    expect(await hold.settle(charge(5n * cent))).toEqual({
      cost: { usd: 0.05, nanoUsd: '50000000' },
      priceKnown: 'override',
    });
    const rows = await ledger.rows({ scopes: { user: 'ada' } });
    expect(JSON.parse(JSON.stringify(rows))).toEqual([
      {
        attemptId: 'a',
        kind: 'call',
        atMs: 1_700_000_000_000,
        endedAtMs: 1_700_000_000_000,
        scopes: [
          { kind: 'user', id: 'ada' },
          { kind: 'run', id: 'r1' },
        ],
        model,
        label: 'span.1',
        status: 'settled',
        hold: { usd: 0.2, nanoUsd: '200000000' },
        cost: { usd: 0.05, nanoUsd: '50000000' },
        priceKnown: 'override',
        usage: { outputText: 3 },
        usageKnown: 'exact',
        candidateIds: ['a#0'],
      },
    ]);
  });

  it('says what is left, now and when everything in flight has settled', async () => {
    expect(await ledger.remaining({ user: 'ada' })).toMatchObject({ now: { usd: 0.5 }, limitedBy: 'user "ada"' });
    await ledger.setLimit({ kind: 'run', id: 'r1', usd: 0.3 });
    const hold = await ledger.reserve(ask('a'));
    expect(await ledger.remaining({ user: 'ada', run: 'r1' })).toMatchObject({
      now: { usd: 0.1, nanoUsd: '100000000' },
      afterInFlight: { usd: 0.3, nanoUsd: '300000000' },
      limitedBy: 'run "r1"',
    });
    await hold.settle(charge(90n * cent));
    expect(await ledger.remaining({ user: 'ada', run: 'r1' })).toMatchObject({
      now: { usd: 0 },
      afterInFlight: { usd: 0 },
    });
  });

  it('has a billion dollars for scopes without a limit, and names none', async () => {
    const advice = await ledger.remaining({ team: 'blue' });
    expect(advice.now.usd).toBe(1e9);
    expect(advice).not.toHaveProperty('limitedBy');
  });

  it('adds rows up, with the lowest cap of the scopes asked for', async () => {
    await ledger.setLimit({ kind: 'run', id: 'r1', usd: 2 });
    await (await ledger.reserve(ask('a'))).settle(charge(25n * cent));
    await ledger.reserve(ask('b', { want: { usd: cent } }));
    await ledger.reserve(ask('c', { scopes: { user: 'bob' } }));
    expect(await ledger.totals({ user: 'ada', run: 'r1' })).toEqual({
      cap: { usd: 0.5, nanoUsd: '500000000' },
      settled: { usd: 0.25, nanoUsd: '250000000' },
      held: { usd: 0.01, nanoUsd: '10000000' },
      overrun: { usd: 0.05, nanoUsd: '50000000' },
      rows: 2,
    });
    expect(await ledger.totals()).toMatchObject({ held: { usd: 0.21 }, rows: 3 });
    expect(await ledger.totals()).not.toHaveProperty('cap');
  });

  it('refuses for good when nothing in flight could make room', async () => {
    await (await ledger.reserve(ask('a'))).settle(charge(500_000_000n - 700_000n));
    const error = await refusal(ledger.reserve(ask('b', { want: { usd: cent }, min: { usd: 2_100_000n } })));
    expect(error).toBeInstanceOf(BudgetExceededError);
    expect(error.message).toBe(
      'user "ada" has $0.0007 of $0.50 left; this call needs at least $0.0021. Raise the limit (ledger.setLimit) or ask for less.',
    );
  });

  it('asks for patience when calls in flight hold the money', async () => {
    await ledger.reserve(ask('a', { want: { usd: 40n * cent }, min: { usd: 1n } }));
    const error = await refusal(ledger.reserve(ask('b')));
    expect(error).toBeInstanceOf(BudgetBusyError);
    expect(error.message).toBe(
      'user "ada" has $0.10 of $0.50 left and $0.40 held by calls in flight; this call needs at least $0.20. Try again when they have settled.',
    );
    expect((error as BudgetBusyError).retryAfterMs).toBeGreaterThan(0);
    expect((error as BudgetBusyError).refusal).toMatchObject({
      scope: { kind: 'user', id: 'ada' },
      asked: { usd: 0.2 },
    });
  });

  it('refuses a call that does not name a kind every call must name', async () => {
    const error = await refusal(ledger.reserve(ask('a', { scopes: { run: 'r1' } })));
    expect(error).toBeInstanceOf(MissingScopeError);
    expect(error.message).toContain("scopes: { user: '…' }");
    expect(await ledger.rows()).toEqual([]);
  });

  it('goes on counting an expired hold, and takes the word of whoever looked it up', async () => {
    const hold = await ledger.reserve(ask('a', { want: { usd: 40n * cent } }));
    await expect(ledger.reconcile({ attemptId: 'a', costUsd: 0, reason: 'too soon' })).rejects.toThrow(
      InvalidOptionError,
    );
    clock.advance(600_000);
    expect(await ledger.rows({ status: 'expired' })).toMatchObject([{ attemptId: 'a' }]);
    expect(await ledger.rows({ status: 'held' })).toEqual([]);
    expect((await refusal(ledger.reserve(ask('b')))).message).toContain(
      '$0.40 is held by attempts whose lease ran out',
    );
    expect(await ledger.reconcile({ attemptId: 'a', costUsd: 0.1, reason: 'the bill' })).toMatchObject({
      status: 'reconciled',
      cost: { usd: 0.1 },
      reason: 'the bill',
    });
    await ledger.reserve(ask('b', { want: { usd: 40n * cent } }));
    // It was alive after all: the truth is recorded, and what it is dearer by is an overrun.
    expect(await hold.settle(charge(30n * cent))).toMatchObject({
      cost: { usd: 0.3 },
      overrun: { amount: { usd: 0.2 } },
    });
    expect(await ledger.totals({ user: 'ada' })).toMatchObject({
      settled: { usd: 0.3 },
      held: { usd: 0.4 },
      overrun: { usd: 0.2 },
    });
  });

  it('charges the whole hold where nobody knows better', async () => {
    await ledger.reserve(ask('a'));
    clock.advance(600_000);
    expect(await ledger.reconcile({ attemptId: 'a', costUsd: 'hold', reason: 'no bill' })).toMatchObject({
      cost: { usd: 0.2 },
    });
    await expect(ledger.reconcile({ attemptId: 'a', costUsd: 'hold', reason: 'again' })).rejects.toThrow(
      /rows\(\{ status: 'expired' \}\)/,
    );
  });

  it('releases and settles once', async () => {
    const hold = await ledger.reserve(ask('a'));
    await hold.release('refused by the engine');
    expect(await hold.settle(charge(cent))).toMatchObject({ cost: { usd: 0 } });
    expect(await ledger.rows()).toMatchObject([
      { status: 'released', cost: { usd: 0 }, reason: 'refused by the engine' },
    ]);
    expect(await ledger.totals()).toMatchObject({ held: { usd: 0 }, settled: { usd: 0 } });
  });

  it('shares caps and identity with every ledger on its store', async () => {
    const store = memoryStore();
    const [one, other] = await Promise.all([createLedger({ store }), createLedger({ store })]);
    await one.setLimit({ kind: 'run', id: 'r1', usd: 0.1 });
    expect(other.ledgerId).toBe(one.ledgerId);
    expect(other.ledgerId).not.toBe(ledger.ledgerId);
    await expect(other.reserve(ask('a'))).rejects.toBeInstanceOf(BudgetExceededError);
    expect(await other.limits()).toEqual([
      {
        kind: 'run',
        id: 'r1',
        dimension: 'usd',
        per: 'total',
        cap: { usd: 0.1, nanoUsd: '100000000' },
        soft: false,
        version: 1,
      },
    ]);
  });

  it('finds declared prices by exact name only, the full one first', async () => {
    const cheap = declaredCeiling({ usdPerCall: 0.01 });
    const dear = declaredCeiling({ usdPerCall: 1 });
    const priced = await createLedger({
      store: memoryStore(),
      prices: { echo: cheap, 'test/echo': dear, 'a/b': cheap },
    });
    expect(priced.priceFor(model)).toBe(dear);
    expect(priced.priceFor({ provider: 'other', modelId: 'echo' })).toBe(cheap);
    expect(priced.priceFor({ provider: 'other', modelId: 'a/b' })).toBe(cheap);
    expect(priced.priceFor({ provider: 'test', modelId: 'echo-2' })).toBeUndefined();
    expect(priced.priceFor({ provider: 'test', modelId: 'constructor' })).toBeUndefined();
  });

  it.each<[string, Parameters<Ledger['setLimit']>[0]]>([
    ['kind', { kind: '', id: 'x', usd: 1 }],
    ['id', { kind: 'run', id: '', usd: 1 }],
    ['usd', { kind: 'run', id: 'x', usd: -1 }],
    ['usd', { kind: 'run', id: 'x', usd: Number.NaN }],
    ['usd', { kind: 'run', id: 'x', usd: 2e9 }],
    ['per', { kind: 'run', id: 'x', usd: 1, per: 'week' as 'total' }],
    ['per.rollingMs', { kind: 'run', id: 'x', usd: 1, per: { rollingMs: 10 } }],
    ['zone', { kind: 'run', id: 'x', usd: 1, per: 'day', zone: 'Europe/Atlantis' }],
    ['calls', { kind: 'run', id: 'x', calls: 1.5 }],
    ['tokens', { kind: 'run', id: 'x', tokens: -1 }],
    ['limit', { kind: 'run', id: 'x' } as unknown as LimitOptions],
    ['limit', { kind: 'run', id: 'x', usd: 1, calls: 3 }],
  ])('refuses a limit with a bad %s: %j', async (option, limit) => {
    await expect(ledger.setLimit(limit)).rejects.toMatchObject({ code: 'invalid-option', option });
  });

  it.each<[string, Partial<ReserveAsk>]>([
    ['attemptId', { attemptId: '' }],
    ['want.usd', { min: { usd: -1n } }],
    ['want.usd', { want: { usd: cent }, min: { usd: 2n * cent } }],
    ['want.usd', { want: { usd: 10n ** 19n } }],
    ['want.tokens', { want: { usd: cent, tokens: 3n }, min: { tokens: 4n } }],
    ['scopes.user', { scopes: { user: '' } }],
    ['scopes.user', { scopes: { user: undefined as unknown as string } }],
  ])('refuses an ask with a bad %s', async (option, changes) => {
    await expect(ledger.reserve(ask('a', changes))).rejects.toMatchObject({ code: 'invalid-option', option });
    expect(await ledger.rows()).toEqual([]);
  });

  it('refuses a second attempt of one name', async () => {
    await ledger.reserve(ask('a'));
    await expect(ledger.reserve(ask('a'))).rejects.toThrow(/attemptId must be new/);
  });

  it.each([0, -5, Number.NaN, Infinity])('refuses a lease of %d ms', async (leaseMs) => {
    await expect(createLedger({ store: memoryStore(), leaseMs })).rejects.toThrow(/^leaseMs must be a time/);
  });
});
