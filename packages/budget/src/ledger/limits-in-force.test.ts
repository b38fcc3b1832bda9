import { BudgetBusyError, BudgetExceededError, TollgateError } from '@tollgate/sdk';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../stores/memory.ts';
import { type ManualClock, manualClock } from './__fixtures__/manual-clock.ts';
import { createLedger } from './create-ledger.ts';
import type { Hold, HoldCharge, Ledger, LedgerEvent, ReserveAsk } from './ledger.ts';

const cent = 10_000_000n;
const noonMs = Date.parse('2026-11-24T12:00:00Z');

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

let clock: ManualClock;
let ledger: Ledger;
let events: LedgerEvent[];
let attempts = 0;

beforeEach(async () => {
  clock = manualClock(noonMs);
  events = [];
  ledger = await createLedger({ store: memoryStore(), clock, onEvent: (event) => events.push(event) });
});

async function reserve(changes: Partial<ReserveAsk> = {}): Promise<Hold> {
  attempts += 1;
  return ledger.reserve({
    attemptId: `trace-${attempts}`,
    scopes: { user: 'ada' },
    model: { provider: 'test', modelId: 'echo' },
    priceKnown: 'override',
    want: { usd: cent },
    ...changes,
  });
}

function charge(costNano: bigint, tokens = 0): HoldCharge {
  return {
    costNano,
    priceKnown: 'override',
    usage: { inputUncached: 0, outputText: tokens },
    usageKnown: 'exact',
    candidateIds: [],
    assumption: 'the test is right',
  };
}

async function refusal(promise: Promise<unknown>): Promise<BudgetExceededError> {
  const error = await promise.then(
    () => undefined,
    (each: unknown) => each,
  );
  if (BudgetExceededError.isInstance(error)) return error as BudgetExceededError;
  throw new Error(`Not refused for good: ${String(error)}`);
}

describe('limits of a time', () => {
  it('say when they reset, and let calls through again then', async () => {
    await ledger.setLimit({ kind: 'user', id: 'each', usd: 0.015, per: 'day' });
    await (await reserve()).settle(charge(cent));
    const error = await refusal(reserve());
    expect(error.message).toBe(
      'user "ada" has $0.005 of $0.015 left today; this call needs at least $0.01. The cap resets at 2026-11-25T00:00Z. Raise the limit (ledger.setLimit), ask for less, or wait.',
    );
    expect(error.refusal).toMatchObject({ dimension: 'usd', resetsAtMs: Date.parse('2026-11-25T00:00Z') });
    clock.advance(12 * 3_600_000);
    await reserve();
  });

  it('stop a burst: a velocity limit is a rolling one', async () => {
    await ledger.setLimit({ kind: 'user', id: 'each', usd: 0.02, per: { rollingMs: 60_000 } });
    await (await reserve()).settle(charge(cent));
    clock.advance(30_000);
    await (await reserve()).settle(charge(cent));
    expect((await refusal(reserve())).message).toContain('left of the last 60 s');
    clock.advance(31_500);
    await (await reserve()).settle(charge(cent));
    await expect(reserve()).rejects.toBeInstanceOf(BudgetExceededError);
  });
});

describe('limits of other dimensions', () => {
  it('count tokens as they were billed, and grant no more than is left', async () => {
    await ledger.setLimit({ kind: 'user', id: 'ada', tokens: 1000 });
    const hold = await reserve({ want: { usd: cent, tokens: 800n }, min: { tokens: 10n } });
    await hold.settle(charge(1n, 300));
    const second = await reserve({ want: { usd: cent, tokens: 800n }, min: { tokens: 10n } });
    expect(second.granted.tokens).toBe(700n);
    await expect(reserve({ want: { usd: cent, tokens: 5n }, min: { tokens: 5n } })).rejects.toBeInstanceOf(
      BudgetBusyError,
    );
    await second.settle(charge(1n, 695));
    const error = await refusal(reserve({ want: { usd: cent, tokens: 10n }, min: { tokens: 10n } }));
    expect(error.message).toMatch(/^user "ada" has 5 tokens of 1000 tokens left; this call needs at least 10 tokens\./);
    expect(error.refusal).toMatchObject({ dimension: 'tokens', cap: 1000, settled: 995 });
  });

  it('count calls, but not those that were never sent', async () => {
    await ledger.setLimit({ kind: 'user', id: 'ada', calls: 2 });
    await (await reserve()).release('not sent');
    await (await reserve()).settle(charge(1n));
    await (await reserve()).settle(charge(1n));
    expect((await refusal(reserve())).message).toContain(
      'has 0 calls of 2 calls left; this call needs at least 1 call.',
    );
  });

  it('count seconds in flight, and say when a call has to end', async () => {
    await ledger.setLimit({ kind: 'user', id: 'ada', seconds: 10 });
    const hold = await reserve({ want: { usd: cent, seconds: 60_000n }, min: { seconds: 1000n } });
    expect(hold.deadlineMs).toBe(noonMs + 10_000);
    clock.advance(4_000);
    await hold.settle(charge(1n));
    expect((await reserve({ want: { usd: cent, seconds: 60_000n } })).granted.seconds).toBe(6_000n);
    const { limits } = await ledger.remaining({ user: 'ada' });
    expect(limits).toMatchObject([{ settled: 4, held: 6, left: 0, limit: { dimension: 'seconds', cap: 10 } }]);
  });

  it('count turns once for each key', async () => {
    await ledger.setLimit({ kind: 'task', id: 'each', turns: 2 });
    const turn = (turnKey: string): Promise<void> => ledger.countTurn({ turnKey, scopes: { task: 't' } });
    for (const key of ['1', '1', '2', '2']) await turn(key);
    expect((await refusal(turn('3'))).refusal).toMatchObject({ dimension: 'turns', asked: 1 });
    expect(await ledger.totals()).toMatchObject({ rows: 0 });
    expect(await ledger.rows({ kind: 'turn' })).toHaveLength(2);
  });

  it('are not used up by one lost call that nobody bounded, once it is reconciled', async () => {
    await reserve({ attemptId: 'lost' });
    clock.advance(700_000);
    await ledger.reconcile({ attemptId: 'lost', costUsd: 'hold', reason: 'the process was killed' });
    await ledger.setLimit({ kind: 'user', id: 'ada', tokens: 1000 });
    await ledger.setLimit({ kind: 'user', id: 'ada', seconds: 1000 });
    const { limits } = await ledger.remaining({ user: 'ada' });
    expect(limits.map(({ settled }) => settled)).toEqual([0, 700]);
  });

  it('tell of a soft limit once, and refuse nothing', async () => {
    await ledger.setLimit({ kind: 'user', id: 'each', usd: 0.015, soft: true });
    for (let i = 0; i < 4; i += 1) await (await reserve()).settle(charge(cent));
    expect(events).toMatchObject([
      { type: 'soft-limit', scope: { id: 'ada' }, settled: { usd: 0.02 }, limit: { cap: { usd: 0.015 }, soft: true } },
    ]);
    expect(await ledger.remaining({ user: 'ada' })).not.toHaveProperty('limitedBy');
  });

  it('are taken away again', async () => {
    await ledger.setLimit({ kind: 'user', id: 'ada', calls: 0 });
    await expect(reserve()).rejects.toBeInstanceOf(BudgetExceededError);
    expect(await ledger.removeLimit({ kind: 'user', id: 'ada', dimension: 'calls' })).toBe(true);
    expect(await ledger.removeLimit({ kind: 'user', id: 'ada', dimension: 'calls' })).toBe(false);
    await reserve();
  });
});

describe('a line to wait in', () => {
  it('serves in order, and lets nobody overtake', async () => {
    await ledger.setLimit({ kind: 'user', id: 'ada', usd: 0.01 });
    const first = await reserve();
    const served: string[] = [];
    const big = reserve({ whenBusy: 'wait' }).then((hold) => (served.push('big'), hold));
    await nextTurn();
    const small = reserve({ whenBusy: 'wait', want: { usd: 1n } }).then((hold) => (served.push('small'), hold));
    await nextTurn();
    await expect(reserve({ want: { usd: 1n } })).rejects.toThrow(/nobody overtakes them/);
    // Another scope is not concerned.
    await reserve({ scopes: { user: 'bob' } });
    await first.settle(charge(0n));
    await (await big).settle(charge(0n));
    await (await small).settle(charge(0n));
    expect(served).toEqual(['big', 'small']);
    await reserve();
  });

  it('holds nobody up who spends from another scope, also of one organisation', async () => {
    await ledger.setLimit({ kind: 'user', id: 'each', usd: 0.01 });
    await ledger.setLimit({ kind: 'org', id: 'each', usd: 1 });
    const first = await reserve({ scopes: { org: 'o', user: 'ada' } });
    const waiting = reserve({ scopes: { org: 'o', user: 'ada' }, whenBusy: 'wait' });
    await nextTurn();
    await (await reserve({ scopes: { org: 'o', user: 'bob' } })).settle(charge(1n));
    await first.settle(charge(0n));
    await (await waiting).release('seen');
  });

  it('charges the scopes that an object holds now', async () => {
    const mutable: Record<string, string> = { user: 'ada' };
    await (await reserve({ scopes: mutable })).settle(charge(cent));
    mutable['user'] = 'bob';
    await (await reserve({ scopes: mutable })).settle(charge(cent));
    expect(await ledger.totals({ user: 'ada' })).toMatchObject({ rows: 1 });
    expect(await ledger.totals({ user: 'bob' })).toMatchObject({ rows: 1 });
  });

  it('is left when the call is aborted, and by a refusal for good', async () => {
    await ledger.setLimit({ kind: 'user', id: 'ada', usd: 0.01 });
    const first = await reserve();
    const controller = new AbortController();
    const aborted = reserve({ whenBusy: 'wait', signal: controller.signal });
    const hopeless = reserve({ whenBusy: 'wait' });
    controller.abort(new Error('enough'));
    await expect(aborted).rejects.toMatchObject({ code: 'aborted' });
    await first.settle(charge(cent));
    await expect(hopeless).rejects.toBeInstanceOf(BudgetExceededError);
  });
});

describe('a grant', () => {
  const scopes = { user: 'ada', task: 't' };

  it('belongs to the sub-agent alone, and gives back what was not spent', async () => {
    await ledger.setLimit({ kind: 'user', id: 'ada', usd: 1 });
    const grant = await ledger.grant(scopes, { share: 0.25, keepUsd: 0.2, id: 'g' });
    expect(grant.amount.usd).toBe(0.2);
    expect((await ledger.remaining(scopes)).now.usd).toBe(0.8);
    const hold = await reserve({ scopes: grant.record, want: { usd: 15n * cent } });
    // The parent paid when it gave.
    expect((await ledger.remaining(scopes)).now.usd).toBe(0.8);
    await expect(reserve({ scopes: grant.scopes, want: { usd: 6n * cent } })).rejects.toBeInstanceOf(BudgetBusyError);
    await expect(reserve({ scopes: grant.scopes, want: { usd: 21n * cent } })).rejects.toBeInstanceOf(
      BudgetExceededError,
    );
    await expect(grant.close()).rejects.toThrow(/1 of its calls are in flight/);
    await hold.settle(charge(5n * cent));
    expect(await grant.close()).toMatchObject({ spent: { usd: 0.05 }, returned: { usd: 0.15 } });
    expect((await ledger.remaining(scopes)).now.usd).toBe(0.95);
    expect(await ledger.totals({ user: 'ada' })).toMatchObject({ settled: { usd: 0.05 }, held: { usd: 0 }, rows: 1 });
    expect(await grant.close()).toMatchObject({ spent: { usd: 0.05 } });
    await expect(reserve({ scopes: { ...scopes, grant: 'unknown' } })).rejects.toThrow(/no open grant "unknown"/);
    // What is closed pays for nothing any more, also where its scopes are still at hand.
    await expect(reserve({ scopes: grant.scopes })).rejects.toThrow(/no open grant "g"/);
    expect((await ledger.remaining(scopes)).now.usd).toBe(0.95);
  });

  it('takes no new calls once somebody has begun to close it', async () => {
    await ledger.setLimit({ kind: 'user', id: 'ada', usd: 1 });
    const grant = await ledger.grant(scopes, { usd: 0.5 });
    const hold = await reserve({ scopes: grant.scopes });
    await expect(grant.close()).rejects.toBeInstanceOf(BudgetBusyError);
    await expect(reserve({ scopes: grant.scopes })).rejects.toMatchObject({ code: 'budget-exceeded' });
    await hold.settle(charge(cent));
    expect(await Promise.all([grant.close(), grant.close()])).toMatchObject([
      { spent: { usd: 0.01 } },
      { spent: { usd: 0.01 } },
    ]);
    expect(await ledger.limits()).toHaveLength(1);
  });

  it('nests, and cannot be carved out of what is not there', async () => {
    await ledger.setLimit({ kind: 'user', id: 'ada', usd: 1 });
    const outer = await ledger.grant(scopes, { usd: 0.6 });
    await expect(ledger.grant(scopes, { usd: 0.5 })).rejects.toBeInstanceOf(BudgetBusyError);
    const inner = await ledger.grant(outer.scopes, { share: 0.5 });
    expect(inner.amount.usd).toBe(0.3);
    await (await reserve({ scopes: inner.scopes, want: { usd: 20n * cent } })).settle(charge(20n * cent));
    expect(await inner.close()).toMatchObject({ spent: { usd: 0.2 } });
    expect(await outer.close()).toMatchObject({ spent: { usd: 0.2 }, returned: { usd: 0.4 } });
    expect((await ledger.remaining(scopes)).now.usd).toBe(0.8);
  });

  it('leaves other limits of the parent in force', async () => {
    await ledger.setLimit({ kind: 'user', id: 'ada', usd: 1 });
    await ledger.setLimit({ kind: 'user', id: 'ada', calls: 1 });
    const grant = await ledger.grant(scopes, { usd: 0.5 });
    await reserve({ scopes: grant.scopes });
    await expect(reserve({ scopes: grant.scopes })).rejects.toThrow(/calls/);
  });

  it('must be of something', async () => {
    await ledger.setLimit({ kind: 'user', id: 'ada', usd: 0.01 });
    await expect(ledger.grant(scopes, { share: 1.5 })).rejects.toMatchObject({ option: 'share' });
    await expect(ledger.grant(scopes, { usd: 0 })).rejects.toMatchObject({ option: 'usd' });
    await expect(ledger.grant(scopes, { share: 0.5, keepUsd: 0.01 })).rejects.toBeInstanceOf(TollgateError);
  });
});

describe('outcomes', () => {
  it('arrive later, count once, and come with what everything cost', async () => {
    const spend = async (attemptId: string, task: string, cents: bigint): Promise<void> =>
      void (await (await reserve({ attemptId, scopes: { task } })).settle(charge(cents * cent)));
    await spend('r1.1', 't1', 1n);
    await spend('r1.1/8', 't1', 1n);
    await spend('r2', 't1', 1n);
    await spend('r3.2', 't2', 1n);
    await ledger.reportOutcome({ scopes: { task: 't1' }, passed: false, source: 'tests' });
    clock.advance(5);
    await ledger.reportOutcome({ resultId: 'r1', passed: true, source: 'user', atMs: 7 });
    await ledger.reportOutcome({ scopes: { task: 't1' }, passed: true, source: 'tests' });
    expect(await ledger.outcomes()).toMatchObject([
      { scopes: [{ kind: 'task', id: 't1' }], passed: true, cost: { usd: 0.03 }, attempts: 3, atMs: noonMs + 5 },
      { resultId: 'r1', passed: true, source: 'user', cost: { usd: 0.02 }, attempts: 2, atMs: 7 },
    ]);
    expect(await ledger.outcomes({ task: 't2' })).toEqual([]);
    await expect(ledger.reportOutcome({ scopes: {}, passed: true, source: 'x' })).rejects.toMatchObject({
      option: 'scopes',
    });
  });
});
