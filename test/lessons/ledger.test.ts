// What went wrong in other products between a budget and the wire, one test each, by the numbers of the list of lessons.
// Those that are kept elsewhere:
//
// | lesson                                              | where                                                                |
// | --------------------------------------------------- | -------------------------------------------------------------------- |
// | 6, a process that dies with a hold                  | packages/budget/src/stores/sqlite/sqlite-store.test.ts, test/ledger/races.test.ts |
// | 7 (one computation), 13 to 23, 26 (zero is a number) | packages/budget/src/prices/lessons.test.ts                           |
// | 10, wrappers, strategies and tools in every order   | test/nesting                                                         |
// | 22, usage that is reported again and again          | test/faults, packages/sdk/src/wire                                   |
// | 24 and 25, on real sockets                          | test/faults/aborts.test.ts                                           |
// | 29, clients that try again by themselves            | packages/sdk/src/adapters                                            |
// | 30, after the first content                         | packages/sdk/src/middleware/with-retry.test.ts, with-fallback.test.ts |
import { join } from 'node:path';
import {
  createLedger,
  type Ledger,
  type LedgerOptions,
  memoryStore,
  perToken,
  type Store,
  withBudget,
} from '@tollgate/budget';
import { sqliteStore } from '@tollgate/budget/sqlite';
import { bestOfMiniN, cascade, modelSwitch, single, verdict, vote } from '@tollgate/router';
import {
  AbortedError,
  BudgetBusyError,
  BudgetExceededError,
  generateText,
  type Model,
  ModelCallError,
  runAgent,
  streamText,
  TollgateError,
  withConcurrency,
  withDefaults,
  withFallback,
  withRetry,
  withTimeout,
} from '@tollgate/sdk';
import { type Script, type ScriptedModel, scriptedModel, type ScriptStep, virtualClock } from '@tollgate/sdk/testing';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const noonMs = Date.parse('2026-11-24T12:00Z');
const folder = temporaryFolder('lessons');
let files = 0;

/** A cent for a call: 10 tokens of answer at most, a tenth of a cent each; prompts are free. */
const holdUsd = 0.01;
const asked = { maxOutputTokens: 10 };

function leaf(script: Script | ScriptStep, modelId = 'leaf'): ScriptedModel {
  return scriptedModel(Array.isArray(script) || typeof script === 'function' ? script : () => script as ScriptStep, {
    provider: 'test',
    modelId,
    pricing: perToken({ inputUsdPerMillion: 0, outputUsdPerMillion: 1000 }),
    capabilities: { tools: true, limits: { contextTokens: 1000, maxOutputTokens: 10 } },
  });
}

const says = (outputText: number, delayMs?: number): ScriptStep => ({
  text: 'yes',
  usage: { inputUncached: 3, outputText },
  ...(delayMs !== undefined && { delayMs }),
});

const stores: readonly { readonly name: string; readonly make: () => Store }[] = [
  { name: 'memory', make: memoryStore },
  { name: 'SQLite', make: () => sqliteStore(join(folder, `spend-${(files += 1)}.db`)) },
];

async function open(store: Store = memoryStore(), options: Partial<LedgerOptions> = {}): Promise<Ledger> {
  return createLedger({ store, clock: virtualClock(noonMs, { autoAdvance: true }), ...options });
}

/** Codes of those that failed; `ok` for the others. */
async function outcomesOf(calls: readonly Promise<unknown>[]): Promise<readonly string[]> {
  const outcomes = await Promise.allSettled(calls);
  return outcomes.map((outcome) => {
    if (outcome.status === 'fulfilled') return 'ok';
    if (TollgateError.isInstance(outcome.reason)) return outcome.reason.code;
    throw outcome.reason;
  });
}

const together = async (count: number, call: (index: number) => Promise<unknown>): Promise<readonly string[]> =>
  outcomesOf(Array.from({ length: count }, (_, i) => call(i)));

async function thrown(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe.each(stores)('overrun under concurrency: $name', ({ make }) => {
  it('lesson 1: what is spent past a cap does not grow with how many call at once, for nothing is', async () => {
    for (const calls of [2, 16, 128]) {
      const ledger = await open(make());
      await ledger.setLimit({ kind: 'run', id: 'night', usd: 2.5 * holdUsd });
      const model = leaf(says(10, 5));
      const bounded = withBudget(model, { ledger, scopes: { run: 'night' }, answerFloorTokens: 10 });
      await together(calls, async () => generateText(bounded, 'Well?', asked));
      expect(model.calls.length).toBe(2);
      expect((await ledger.totals()).settled.usd).toBe(2 * holdUsd);
      await ledger.close();
    }
  });

  it('lesson 2: eight first calls of an unknown user cannot pass its cap together', async () => {
    const ledger = await open(make());
    await ledger.setLimit({ kind: 'user', id: 'each', usd: 1e-9 });
    const model = leaf(says(10, 5));
    const bounded = withBudget(model, { ledger });
    const outcomes = await together(8, async () =>
      generateText(bounded, 'Well?', { ...asked, scopes: { user: 'new' } }),
    );
    expect(outcomes).toEqual(Array.from({ length: 8 }, () => 'budget-exceeded'));
    expect(model.calls).toEqual([]);
    expect(await ledger.totals()).toMatchObject({ settled: { nanoUsd: '0' }, rows: 0 });
    await ledger.close();
  });

  it('lesson 3: no increment of any scope is lost, the scope of all included', async () => {
    const ledger = await open(make());
    const scopes = { user: 'ada', team: 'blue', everything: 'all' };
    for (const [kind, id] of Object.entries(scopes)) await ledger.setLimit({ kind, id, usd: 10 });
    const bounded = withBudget(leaf(says(7, 5)), { ledger, scopes });
    await together(100, async () => generateText(bounded, 'Well?', asked));
    const { limits } = await ledger.remaining(scopes);
    expect(limits.map(({ settled, held }) => [settled, held])).toEqual(
      Array.from({ length: 3 }, () => [
        { usd: 0.7, nanoUsd: '700000000' },
        { usd: 0, nanoUsd: '0' },
      ]),
    );
    await ledger.close();
  });

  it('lesson 3: an attempt is held in every scope or in none', async () => {
    const ledger = await open(make());
    await ledger.setLimit({ kind: 'everything', id: 'all', usd: 0.001 });
    await ledger.setLimit({ kind: 'user', id: 'each', usd: 10 });
    const bounded = withBudget(leaf(says(7)), { ledger, scopes: { user: 'ada', everything: 'all' } });
    await expect(generateText(bounded, 'Well?', asked)).rejects.toBeInstanceOf(BudgetExceededError);
    expect(await ledger.remaining({ user: 'ada' })).toMatchObject({ now: { usd: 10 } });
    await ledger.close();
  });

  it('lesson 5: worst cases do not fill a budget while nothing is spent: calls take turns', async () => {
    const ledger = await open(make());
    await ledger.setLimit({ kind: 'run', id: 'night', usd: 4 * holdUsd });
    const model = leaf(says(1, 50));
    const options = { ledger, scopes: { run: 'night' }, answerFloorTokens: 10 };
    const hasty = await together(20, async () => generateText(withBudget(model, options), 'Well?', asked));
    expect(hasty.filter((outcome) => outcome === 'budget-busy')).toHaveLength(16);
    const patient = withBudget(model, { ...options, whenBusy: 'wait' });
    expect(new Set(await together(20, async () => generateText(patient, 'Well?', asked)))).toEqual(new Set(['ok']));
    expect((await ledger.totals()).settled.usd).toBeCloseTo(24 * 0.001, 9);
    await ledger.close();
  });

  it('lesson 6: a hold is of one attempt: it comes back by itself or by somebody’s word, and nothing becomes negative', async () => {
    const clock = virtualClock(noonMs);
    const ledger = await open(make(), { clock, leaseMs: 1000 });
    await ledger.setLimit({ kind: 'run', id: 'night', usd: 0.03, per: 'day' });
    const ask = {
      scopes: { run: 'night' },
      model: { provider: 'test', modelId: 'leaf' },
      priceKnown: 'override',
    } as const;
    const lost = await ledger.reserve({ ...ask, attemptId: 'lost', want: { usd: 20_000_000n } });
    await clock.advance(2000);
    // It counts until it is known what became of it, and is named as what is in the way.
    const error = await thrown(ledger.reserve({ ...ask, attemptId: 'b', want: { usd: 20_000_000n } }));
    expect(error).toBeInstanceOf(BudgetExceededError);
    expect(String(error)).toContain('whose lease ran out');
    await ledger.reconcile({ attemptId: 'lost', costUsd: 0, reason: 'the bill of the provider has no such call' });
    await ledger.reserve({ ...ask, attemptId: 'c', want: { usd: 20_000_000n } });
    // Its day ends meanwhile; what it costs after all belongs to the day in which it was sent.
    await clock.advance(86_400_000);
    await lost.release('it was never sent');
    const { limits } = await ledger.remaining({ run: 'night' });
    expect(limits).toMatchObject([{ settled: { nanoUsd: '0' }, held: { nanoUsd: '0' }, left: { usd: 0.03 } }]);
    await ledger.close();
  });

  it('lesson 8: money that is spent and money that others hold are two errors, the second of which passes', async () => {
    const ledger = await open(make());
    await ledger.setLimit({ kind: 'run', id: 'night', usd: 1.5 * holdUsd });
    const bounded = withBudget(leaf(says(10, 50)), { ledger, scopes: { run: 'night' }, answerFloorTokens: 10 });
    const [, second] = await Promise.allSettled([1, 2].map(async () => generateText(bounded, 'Well?', asked)));
    const busy = second?.status === 'rejected' ? (second.reason as unknown) : undefined;
    expect(busy).toBeInstanceOf(BudgetBusyError);
    expect((busy as BudgetBusyError).retryAfterMs).toBeGreaterThan(0);
    const spent = await thrown(generateText(bounded, 'Well?', asked));
    expect(spent).toBeInstanceOf(BudgetExceededError);
    expect(spent).not.toHaveProperty('retryAfterMs');
    await ledger.close();
  });

  it('lesson 11: an error says of which amount how much is left, in amounts and not in parts of something', async () => {
    const told: unknown[] = [];
    const ledger = await open(make(), { onEvent: (event) => told.push(event) });
    await ledger.setLimit({ kind: 'run', id: 'night', usd: 15 });
    await ledger.setLimit({ kind: 'run', id: 'night', usd: 14, soft: true, per: 'day' });
    const ask = {
      scopes: { run: 'night' },
      model: { provider: 'test', modelId: 'leaf' },
      priceKnown: 'override',
    } as const;
    const spend = async (attemptId: string, nano: bigint): Promise<void> => {
      const hold = await ledger.reserve({ ...ask, attemptId, want: { usd: nano } });
      const charge = { usage: {}, usageKnown: 'exact', candidateIds: [], assumption: 'none' } as const;
      await hold.settle({ ...charge, costNano: nano, priceKnown: 'override' });
    };
    await spend('a', 400_000_000n);
    expect(told).toEqual([]);
    const error = await thrown(spend('b', 15_000_000_000n));
    expect(String(error)).toContain('run "night" has $14.60 of $15.00 left');
    expect(String(error)).not.toContain('%');
    await spend('c', 14_000_000_000n);
    expect(told).toMatchObject([{ type: 'soft-limit', limit: { cap: { usd: 14 } }, settled: { usd: 14.4 } }]);
    await ledger.close();
  });
});

describe('the books', () => {
  it('lesson 4: a call whose hold cannot be written down is not sent', async () => {
    const store = memoryStore();
    const ledger = await open(store);
    await ledger.setLimit({ kind: 'run', id: 'night', usd: 1 });
    // What was written before can still be read.
    store.reserve = () => Promise.reject(new Error('The disk is full.'));
    const model = leaf(says(10));
    const bounded = withBudget(model, { ledger, scopes: { run: 'night' } });
    expect(await ledger.remaining({ run: 'night' })).toMatchObject({ now: { usd: 1 } });
    const error = await thrown(generateText(withRetry(bounded), 'Well?', asked));
    expect(error).toMatchObject({ code: 'store-unavailable' });
    expect(model.calls).toEqual([]);
  });

  it('lesson 12: windows follow from the time: nothing has to be reset, in any process, and other windows stay', async () => {
    const clock = virtualClock(noonMs);
    const file = join(folder, 'windows.db');
    const [one, other] = [await open(sqliteStore(file), { clock }), await open(sqliteStore(file), { clock })];
    await one.setLimit({ kind: 'run', id: 'night', usd: 0.01, per: 'day' });
    await one.setLimit({ kind: 'run', id: 'night', usd: 0.02, per: 'month' });
    const spend = async (ledger: Ledger): Promise<string> => {
      const bounded = withBudget(leaf(says(10)), { ledger, scopes: { run: 'night' }, answerFloorTokens: 10 });
      const [outcome = ''] = await outcomesOf([generateText(bounded, 'Well?', asked)]);
      return outcome;
    };
    expect([await spend(one), await spend(other)]).toEqual(['ok', 'budget-exceeded']);
    // The clock is not moved by whoever tries again.
    for (let tries = 0; tries < 5; tries += 1) expect(await spend(other)).toBe('budget-exceeded');
    await clock.advance(12 * 3_600_000);
    expect([await spend(other), await spend(one)]).toEqual(['ok', 'budget-exceeded']);
    await clock.advance(24 * 3_600_000);
    // The month is used up.
    expect([await spend(one), await spend(other)]).toEqual(['budget-exceeded', 'budget-exceeded']);
    await clock.advance(31 * 24 * 3_600_000);
    expect(await spend(other)).toBe('ok');
    await one.close();
    await other.close();
  });
});

/** Every way to spend there is. Each gets a model and does what it can with it. */
const paths: readonly (readonly [name: string, spend: (model: Model) => Promise<unknown>])[] = [
  ['generate', (model) => model.generate({ messages: [{ role: 'user', content: 'Well?' }], ...asked })],
  ['stream', (model) => model.stream({ messages: [{ role: 'user', content: 'Well?' }], ...asked }).result],
  ['several samples', (model) => generateText(model, 'Well?', { ...asked, samples: 3 })],
  ['generateText', (model) => generateText(model, 'Well?', asked)],
  ['streamText', (model) => streamText(model, 'Well?', asked).text],
  ['an agent', (model) => agentOf(model)],
  ['a retry', (model) => generateText(withRetry(model), 'Well?', asked)],
  ['a fallback', (model) => generateText(withFallback(model, [model]), 'Well?', asked)],
  ['a queue', (model) => generateText(withConcurrency(model, { max: 1 }), 'Well?', asked)],
  ['a time limit', (model) => generateText(withTimeout(model, { firstTokenMs: 1000 }), 'Well?', asked)],
  ['defaults', (model) => generateText(withDefaults(model, { seed: 1 }), 'Well?', asked)],
  ['one model', (model) => generateText(single(model), 'Well?', asked)],
  ['a vote', (model) => generateText(vote(model, { samples: 3 }), 'Well?', asked)],
  ['a cascade', (model) => generateText(cascade([model, model], { confidence: verdict() }), 'Well?', asked)],
  [
    'a switch',
    (model) => generateText(modelSwitch([model, model], { samplesPerModel: 2, threshold: 1 }), 'Well?', asked),
  ],
  ['best of few', (model) => generateText(bestOfMiniN(model, { miniN: 1, total: 2 }), 'Well?', asked)],
];

/** An agent does not throw: it says why it ended. */
async function agentOf(model: Model): Promise<unknown> {
  const outcome = await runAgent({ model, prompt: 'Well?', ...asked });
  if (outcome.status === 'budget') throw new TollgateError('budget-exceeded', outcome.reason);
  return outcome;
}

describe('every way to a model', () => {
  it.each(paths)('lesson 9: over budget, %s is refused and sends nothing', async (_, spend) => {
    const ledger = await open();
    await ledger.setLimit({ kind: 'run', id: 'night', usd: 1e-9 });
    const model = leaf(says(10));
    const error = await thrown(spend(withBudget(model, { ledger, scopes: { run: 'night' } })));
    expect(error).toMatchObject({ code: 'budget-exceeded' });
    expect(model.calls).toEqual([]);
    expect(await ledger.rows({ kind: 'call' })).toEqual([]);
  });

  it.each(paths)('lesson 10: %s has a row for every request on the wire', async (_, spend) => {
    const ledger = await open();
    await ledger.setLimit({ kind: 'run', id: 'night', usd: 1 });
    const model = leaf(says(10));
    await spend(withBudget(model, { ledger, scopes: { run: 'night' } }));
    const rows = await ledger.rows({ kind: 'call' });
    expect(rows.length).toBeGreaterThan(0);
    expect(rows).toHaveLength(model.calls.length);
    expect(await ledger.totals()).toMatchObject({ settled: { usd: rows.length * holdUsd }, held: { usd: 0 } });
  });
});

describe('streams, tries and other models', () => {
  it('lesson 24: who leaves a stream pays for what was written', async () => {
    const ledger = await open();
    const bounded = withBudget(leaf(says(4)), { ledger });
    const stream = streamText(bounded, 'Well?', asked);
    for await (const text of stream.textStream) {
      expect(text).toBe('yes');
      break;
    }
    expect(await stream.costUsd).toBe(0.004);
    expect(await ledger.rows()).toMatchObject([{ status: 'settled', cost: { usd: 0.004 } }]);
  });

  it('lesson 25: what is charged after an abort is marked as what it is: reported, estimated or an upper bound', async () => {
    for (const [usageKnown, costUsd] of [
      ['exact', 0.003],
      ['upper-bound', holdUsd],
    ] as const) {
      const ledger = await open();
      const controller = new AbortController();
      const model = leaf(() => {
        controller.abort();
        if (usageKnown === 'exact') return says(3);
        return { error: new ModelCallError('gone', { failure: 'network', dispatch: 'unknown' }) };
      });
      const call = generateText(withBudget(model, { ledger }), 'Well?', { ...asked, signal: controller.signal });
      await expect(call).rejects.toBeInstanceOf(TollgateError);
      expect(await ledger.rows()).toMatchObject([{ status: 'settled', usageKnown, cost: { usd: costUsd } }]);
    }
  });

  it('lesson 26: usage of zero is charged as zero, usage that is missing as all that was held', async () => {
    const ledger = await open();
    await generateText(withBudget(leaf(says(0)), { ledger }), 'Well?', asked);
    await generateText(withBudget(leaf({ text: 'yes', usage: {} }), { ledger }), 'Well?', asked);
    expect(await ledger.rows()).toMatchObject([
      { cost: { usd: 0 }, usageKnown: 'exact' },
      { cost: { usd: holdUsd }, usageKnown: 'upper-bound' },
    ]);
  });

  it('lesson 27: the loser of a race is paid for as well', async () => {
    const ledger = await open();
    const controller = new AbortController();
    const fast = withBudget(leaf(says(2), 'fast'), { ledger });
    const slow = withBudget(leaf(says(9, 60_000), 'slow'), { ledger });
    const losing = thrown(generateText(slow, 'Well?', { ...asked, signal: controller.signal }));
    await generateText(fast, 'Well?', asked);
    controller.abort();
    const error = (await losing) as AbortedError;
    expect(error.charges).toHaveLength(1);
    const rows = await ledger.rows();
    expect(rows.map(({ model, status }) => `${model.modelId} ${status}`).toSorted()).toEqual([
      'fast settled',
      'slow settled',
    ]);
    const billed = rows.find(({ model }) => model.modelId === 'slow');
    expect(billed?.cost).toEqual(error.charges[0]?.cost);
  });

  it('lesson 28: an abort brings along what was used and what it cost', async () => {
    const ledger = await open();
    const controller = new AbortController();
    const model = leaf(() => {
      controller.abort();
      return says(6);
    });
    const call = generateText(withBudget(model, { ledger }), 'Well?', { ...asked, signal: controller.signal });
    const error = await thrown(call);
    expect(error).toBeInstanceOf(AbortedError);
    expect(error).toMatchObject({
      charges: [{ cost: { usd: 0.006 }, usage: { outputText: 6 } }],
      partial: { charges: [{ cost: { usd: 0.006 } }] },
    });
  });

  it('lesson 29: retries in retries multiply, and every try is a row', async () => {
    const ledger = await open();
    const model = leaf({ error: new ModelCallError('busy', { failure: 'overloaded', dispatch: 'refused' }) });
    const bounded = withRetry(withRetry(withBudget(model, { ledger }), { baseDelayMs: 0 }), { baseDelayMs: 0 });
    await expect(generateText(bounded, 'Well?', asked)).rejects.toBeInstanceOf(ModelCallError);
    expect(model.calls).toHaveLength(9);
    const rows = await ledger.rows();
    expect(rows).toHaveLength(9);
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['released']));
  });

  it('lesson 29: a budget stops tries that have to be paid for', async () => {
    const ledger = await open();
    await ledger.setLimit({ kind: 'run', id: 'night', usd: 2.5 * holdUsd });
    const model = leaf({ error: new ModelCallError('lost', { failure: 'server', dispatch: 'unknown' }) });
    const bounded = withBudget(model, { ledger, scopes: { run: 'night' }, answerFloorTokens: 10 });
    const stubborn = withRetry(bounded, { attempts: 9, retryUnknown: true, baseDelayMs: 0 });
    await expect(generateText(stubborn, 'Well?', asked)).rejects.toMatchObject({
      code: 'budget-exceeded',
      charges: [{ cost: { usd: holdUsd } }, { cost: { usd: holdUsd } }],
    });
    expect(model.calls).toHaveLength(2);
  });

  it('lesson 30: what may have been done is not tried again, and is paid for once', async () => {
    const ledger = await open();
    const model = leaf({ error: new ModelCallError('no answer', { failure: 'timeout', dispatch: 'unknown' }) });
    await expect(generateText(withRetry(withBudget(model, { ledger })), 'Well?', asked)).rejects.toMatchObject({
      dispatch: 'unknown',
    });
    expect(model.calls).toHaveLength(1);
    expect(await ledger.rows()).toMatchObject([
      { status: 'settled', usageKnown: 'upper-bound', cost: { usd: holdUsd } },
    ]);
  });

  it('lesson 31: a prompt that is too long is said to be, through all that is around the model, and not sent again', async () => {
    const ledger = await open();
    const error = new ModelCallError('prompt is too long: 250000 tokens > 200000 maximum', {
      failure: 'context-length',
      dispatch: 'refused',
      status: 400,
    });
    const model = leaf({ error });
    const around = withTimeout(withRetry(withConcurrency(withBudget(model, { ledger }), { max: 2 })), {
      firstTokenMs: 1000,
    });
    expect(await thrown(generateText(around, 'Well?', asked))).toBe(error);
    expect(await thrown(generateText(vote(around, { samples: 1 }), 'Well?', asked))).toMatchObject({
      failure: 'context-length',
      status: 400,
    });
    expect(model.calls).toHaveLength(2);
    expect(new Set((await ledger.rows()).map(({ status }) => status))).toEqual(new Set(['released']));
  });
});
