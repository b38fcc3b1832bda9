import {
  AbortedError,
  BudgetBusyError,
  BudgetExceededError,
  type GenerateRequest,
  InvalidOptionError,
  type Permit,
  type Pricing,
  type Scopes,
  type SpendAsk,
  type SpendGuard,
  UnknownPriceError,
} from '@tollgate/sdk';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../ledger/__fixtures__/manual-clock.ts';
import { createLedger } from '../ledger/create-ledger.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { scopePairs } from '../ledger/scope-pair.ts';
import { nanoOf } from '../money/nano-usd.ts';
import { declaredCeiling } from '../prices/declared-ceiling.ts';
import { hardware } from '../prices/hardware.ts';
import { perToken } from '../prices/per-token.ts';
import { memoryStore } from '../stores/memory.ts';
import { LedgerGuard, type LedgerGuardOptions } from './ledger-guard.ts';

const model = { provider: 'test', modelId: 'echo' };
// 1000 nano-dollars an output token; the prompt is free.
const pricing = perToken({ inputUsdPerMillion: 0, outputUsdPerMillion: 1 });
let ledger: Ledger;
let guard: LedgerGuard;
let attempts = 0;

beforeEach(async () => {
  ledger = await createLedger({ store: memoryStore(), clock: manualClock() });
  guard = guardFor({});
});

function guardFor(
  options: { readonly scopes?: Scopes } & Partial<
    Pick<LedgerGuardOptions, 'answerFloorTokens' | 'priceOf' | 'whenBusy'>
  >,
): LedgerGuard {
  const { scopes = {}, answerFloorTokens = 32, priceOf = () => undefined, whenBusy = 'refuse' } = options;
  return new LedgerGuard({ ledger, scopes: scopePairs(scopes), answerFloorTokens, priceOf, whenBusy });
}

function ask(tokens: number | undefined, changes: Partial<SpendAsk> = {}): SpendAsk {
  attempts += 1;
  const request: GenerateRequest = { messages: [], ...(tokens !== undefined && { maxOutputTokens: tokens }) };
  return {
    attemptId: `attempt-${attempts}`,
    model,
    request,
    bound: {
      inputTokens: 10,
      inputKnown: 'proved',
      outputTokensPerSample: tokens ?? Infinity,
      samples: 1,
      promptBilledOnce: true,
    },
    scopes: { run: 'r1' },
    pricing,
    ...changes,
  };
}

async function cap(usd: number): Promise<void> {
  await ledger.setLimit({ kind: 'run', id: 'r1', usd });
}

async function heldNano(): Promise<bigint> {
  return nanoOf((await ledger.totals()).held);
}

describe('admit', () => {
  it('sends the request as it is when it fits', async () => {
    await cap(0.001);
    const asked = ask(1000);
    const permit = await guard.admit(asked);
    expect(permit.request).toBe(asked.request);
    expect(permit.fitted).toBe(false);
    expect(await heldNano()).toBe(1_000_000n);
  });

  it('lowers the output cap to what the money buys, and holds no more than that', async () => {
    await cap(0.0004567);
    const permit = await guard.admit(ask(1000));
    expect(permit).toMatchObject({ fitted: true, request: { maxOutputTokens: 456 } });
    expect(await heldNano()).toBe(456_000n);
  });

  it('counts every sample', async () => {
    await cap(0.001);
    const bound = { ...ask(1000).bound, samples: 8 };
    expect((await guard.admit(ask(1000, { bound }))).request.maxOutputTokens).toBe(125);
  });

  it.each([
    [31_999, 1000],
    [9_999, 10],
  ])(
    'refuses with %d nano-dollars a request for %d tokens: below the floor, or below all of a short request',
    async (nano, tokens) => {
      await cap(nano / 1e9);
      await expect(guard.admit(ask(tokens))).rejects.toBeInstanceOf(BudgetExceededError);
      await cap((nano + 1) / 1e9);
      expect((await guard.admit(ask(tokens))).request.maxOutputTokens).toBe(Math.min(32, tokens));
    },
  );

  it('takes a request that another ledger has shortened at its word', async () => {
    await cap(0.0005);
    const asked = ask(1000);
    const permit = await guard.admit({ ...asked, request: { ...asked.request, maxOutputTokens: 100 } });
    expect(permit).toMatchObject({ fitted: false, request: { maxOutputTokens: 100 } });
    expect(await heldNano()).toBe(100_000n);
  });

  it('fits a request without any limit of its own to what is left', async () => {
    await cap(0.002);
    expect((await guard.admit(ask(undefined))).request.maxOutputTokens).toBe(2000);
  });

  it('refuses a request that nothing limits, unless its price does not depend on it', async () => {
    await expect(guard.admit(ask(undefined))).rejects.toThrow(InvalidOptionError);
    await expect(guard.admit(ask(undefined))).rejects.toThrow(/Set maxOutputTokens, or a limit/);
    expect(await ledger.rows()).toEqual([]);
    const permit = await guard.admit(ask(undefined, { pricing: declaredCeiling({ usdPerCall: 0.01 }) }));
    expect(permit.request).not.toHaveProperty('maxOutputTokens');
    expect(await heldNano()).toBe(10_000_000n);
  });

  it('refuses a model without a price, and says where to name one', async () => {
    const { pricing: _, ...unpriced } = ask(10);
    await expect(guard.admit(unpriced)).rejects.toThrow(UnknownPriceError);
    await expect(guard.admit(unpriced)).rejects.toThrow(/prices: \{ 'test\/echo': perToken/);
    expect(await ledger.rows()).toEqual([]);
  });

  it("prefers the model's own price to the ledger's", async () => {
    ledger = await createLedger({ store: memoryStore(), prices: { echo: declaredCeiling({ usdPerCall: 5 }) } });
    await guardFor({}).admit(ask(10));
    expect(await heldNano()).toBe(10_000n);
    const { pricing: _, ...unpriced } = ask(10);
    await guardFor({}).admit(unpriced);
    expect(await heldNano()).toBe(5_000_010_000n);
    expect(await ledger.rows()).toMatchObject([{ priceKnown: 'override' }, { priceKnown: 'declared-ceiling' }]);
  });

  it('prefers the prices it was given to both', async () => {
    const given = declaredCeiling({ usdPerCall: 0.25 });
    await guardFor({ priceOf: ({ modelId }) => (modelId === 'echo' ? given : undefined) }).admit(ask(10));
    expect(await heldNano()).toBe(250_000_000n);
    const combined = guardFor({}).combine(guardFor({ priceOf: () => given }));
    await combined.admit(ask(10));
    expect(await heldNano()).toBe(500_000_000n);
  });

  it('charges the union of scopes, both ids of one kind, whichever guard is combined with which', async () => {
    const user = guardFor({ scopes: { user: 'ada', run: 'r1' }, answerFloorTokens: 5 });
    const team = guardFor({ scopes: { user: 'bob', team: 'blue' }, answerFloorTokens: 50 });
    await user.combine(team).admit(ask(100));
    await team.combine(user).admit(ask(100));
    const names = (await ledger.rows()).map(({ scopes }) => scopes.map(({ kind, id }) => `${kind}=${id}`).toSorted());
    expect(names[0]).toEqual(['run=r1', 'team=blue', 'user=ada', 'user=bob']);
    expect(names[1]).toEqual(names[0]);
    await ledger.setLimit({ kind: 'team', id: 'blue', usd: 0.000_249 });
    await expect(user.combine(team).admit(ask(100))).rejects.toThrow(/needs at least \$0\.00005/);
  });

  it('refuses to be combined with a guard of another kind', () => {
    const foreign: SpendGuard = {
      ledgerId: ledger.ledgerId,
      combine: () => foreign,
      admit: async () => Promise.reject(new Error('never asked')),
      afford: async () => Promise.reject(new Error('never asked')),
    };
    expect(() => guard.combine(foreign)).toThrow(/npm ls @tollgate\/budget/);
  });
});

describe('a guard that waits', () => {
  /** Time passes only when somebody sleeps; then `meanwhile` happens. */
  async function waitingGuard(meanwhile: () => Promise<void>): Promise<LedgerGuard> {
    const clock = manualClock();
    ledger = await createLedger({
      store: memoryStore(),
      leaseMs: 5000,
      clock: {
        ...clock,
        sleep: async (ms, signal) => {
          clock.advance(ms);
          await meanwhile();
          signal?.throwIfAborted();
        },
      },
    });
    await cap(0.0001);
    return guardFor({ whenBusy: 'wait' });
  }

  it('sends a call as soon as those in flight have settled', async () => {
    const permits: Permit[] = [];
    let naps = 0;
    const waiting = await waitingGuard(async () => {
      naps += 1;
      if (naps === 3) await permits[0]?.settle({ usage: { outputText: 20 }, usageKnown: 'exact', candidateIds: [] });
    });
    permits.push(await waiting.admit(ask(100)));
    const second = await waiting.admit(ask(100));
    expect(naps).toBe(3);
    expect(second.request.maxOutputTokens).toBe(80);
  });

  it('stops waiting when the call is aborted, and when waiting cannot help any more', async () => {
    const controller = new AbortController();
    const waiting = await waitingGuard(async () => controller.abort());
    await waiting.admit(ask(100));
    const asked = ask(100);
    const aborted = waiting.admit({ ...asked, request: { ...asked.request, signal: controller.signal } });
    await expect(aborted).rejects.toBeInstanceOf(AbortedError);
    // The hold of the first is never settled: when its lease has run out the refusal is for good.
    await expect(waiting.admit(ask(100))).rejects.toBeInstanceOf(BudgetExceededError);
  });

  it('does not wait under a budget that refuses', async () => {
    const waiting = await waitingGuard(async () => Promise.reject(new Error('It waited.')));
    await waiting.admit(ask(100));
    await expect(waiting.combine(guardFor({})).admit(ask(100))).rejects.toBeInstanceOf(BudgetBusyError);
    await expect(guardFor({}).combine(waiting).admit(ask(100))).rejects.toBeInstanceOf(BudgetBusyError);
  });
});

describe('settle', () => {
  const permitFor = async (changes: Partial<SpendAsk> = {}): Promise<Permit> => guard.admit(ask(100, changes));

  it('charges what was consumed', async () => {
    const permit = await permitFor();
    const usage = { inputUncached: 4, outputText: 7 };
    expect(await permit.settle({ usage, usageKnown: 'exact', candidateIds: ['c'] })).toEqual({
      cost: { usd: 0.000007, nanoUsd: '7000' },
      priceKnown: 'override',
    });
    expect(await ledger.rows()).toMatchObject([{ usage, usageKnown: 'exact', candidateIds: ['c'], status: 'settled' }]);
  });

  it.each(['exact', 'upper-bound'] as const)(
    'charges the whole hold for empty usage that is known as %s',
    async (usageKnown) => {
      const permit = await permitFor();
      expect(await permit.settle({ usage: {}, usageKnown, candidateIds: [] })).toMatchObject({
        cost: { nanoUsd: '100000' },
      });
      expect(await ledger.rows()).toMatchObject([{ usageKnown: 'upper-bound' }]);
    },
  );

  it('names the assumption that an overrun broke', async () => {
    await cap(0.0002);
    const permit = await permitFor();
    expect(await permit.settle({ usage: { outputText: 150 }, usageKnown: 'exact', candidateIds: [] })).toMatchObject({
      cost: { nanoUsd: '150000' },
      overrun: {
        amount: { nanoUsd: '50000' },
        assumption: 'the engine honours its output cap: 150 tokens were generated, 100 were allowed',
      },
    });
    await expect(guard.admit(ask(51, { pricing }))).resolves.toMatchObject({
      fitted: true,
      request: { maxOutputTokens: 50 },
    });
  });

  it('prices the moment of admission, so that a price that changes in between breaks nothing', async () => {
    const clock = manualClock(0);
    ledger = await createLedger({ store: memoryStore(), clock });
    const changing: Pricing = {
      priceOf: (usage, ref, atMs) =>
        (atMs < 1000 ? pricing : declaredCeiling({ usdPerCall: 9 })).priceOf(usage, ref, atMs),
      upperBound: (bound, ref, atMs) =>
        (atMs < 1000 ? pricing : declaredCeiling({ usdPerCall: 9 })).upperBound(bound, ref, atMs),
      declaration: { kind: 'changing' },
    };
    const permit = await guardFor({}).admit(ask(100, { pricing: changing }));
    clock.advance(5000);
    expect(await permit.settle({ usage: { outputText: 7 }, usageKnown: 'exact', candidateIds: [] })).toMatchObject({
      cost: { nanoUsd: '7000' },
    });
  });

  it('leaves a hold as it is where a price fails otherwise', async () => {
    const broken: Pricing = {
      ...pricing,
      priceOf: () => {
        throw new TypeError('price book is broken');
      },
    };
    const permit = await permitFor({ pricing: broken });
    await expect(permit.settle({ usage: { outputText: 1 }, usageKnown: 'exact', candidateIds: [] })).rejects.toThrow(
      TypeError,
    );
    expect(await heldNano()).toBe(100_000n);
  });
});

describe('afford', () => {
  it('says what the call and the guard may spend together', async () => {
    await ledger.setLimit({ kind: 'user', id: 'ada', usd: 0.25 });
    await cap(1);
    const advice = await guardFor({ scopes: { user: 'ada' } }).afford({ run: 'r1' });
    expect(advice).toMatchObject({ now: { usd: 0.25 }, limitedBy: 'user "ada"' });
  });
});

describe('over random sequences', () => {
  const price: fc.Arbitrary<Pricing> = fc.oneof(
    fc.record({ inputUsdPerMillion: fc.nat(9), outputUsdPerMillion: fc.nat(50) }).map(perToken),
    fc.record({ usdPerHour: fc.nat(3), watts: fc.nat(300), usdPerKwh: fc.nat(1) }).map(hardware),
    fc.nat(1000).map((millionths) => declaredCeiling({ usdPerCall: millionths / 1e6 })),
  );
  const call = fc.record({
    price,
    tokens: fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }),
    samples: fc.integer({ min: 1, max: 8 }),
    inputTokens: fc.nat(3000),
    usedShare: fc.double({ min: 0, max: 1, noNaN: true }),
    end: fc.constantFrom('settle', 'release', 'upper-bound', 'never'),
  });

  it('what is sent never costs more than what is held, and the cap is never passed', async () => {
    const property = fc.asyncProperty(fc.array(call, { maxLength: 30 }), fc.nat(200_000), async (calls, capMicros) => {
      ledger = await createLedger({ store: memoryStore() });
      guard = guardFor({ answerFloorTokens: 16 });
      await cap(capMicros / 1e6);
      for (const { price: itsPrice, tokens, samples, inputTokens, usedShare, end } of calls) {
        const asked = ask(tokens, { pricing: itsPrice });
        const bound = { ...asked.bound, samples, inputTokens };
        const permit = await guard.admit({ ...asked, bound }).catch((error: unknown) => {
          expect(error).toMatchObject({ code: expect.stringMatching(/^budget-/) });
          return undefined;
        });
        const row = (await ledger.rows()).at(-1);
        if (permit === undefined || row === undefined) continue;
        const sent = permit.request.maxOutputTokens;
        if (sent !== undefined) {
          const upper = itsPrice.upperBound({ ...bound, outputTokensPerSample: sent }, model, 0);
          expect(nanoOf(upper.amount)).toBeLessThanOrEqual(nanoOf(row.hold));
          expect(sent).toBeGreaterThanOrEqual(Math.min(16, tokens ?? 16));
        }
        const output = Math.floor((sent ?? 100) * samples * usedShare);
        const usage = {
          inputUncached: Math.floor(inputTokens * usedShare),
          outputText: output,
          engineSeconds: output / 2,
        };
        if (end === 'settle') {
          expect(await permit.settle({ usage, usageKnown: 'exact', candidateIds: [] })).not.toHaveProperty('overrun');
        } else if (end === 'upper-bound') await permit.settle({ usage: {}, usageKnown: end, candidateIds: [] });
        else if (end === 'release') await permit.release('refused');
        const { settled, held } = await ledger.totals();
        expect(nanoOf(settled) + nanoOf(held)).toBeLessThanOrEqual(BigInt(capMicros) * 1000n);
      }
    });
    await fc.assert(property, { seed: 8, numRuns: 150 });
  });
});
