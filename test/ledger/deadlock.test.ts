import { createLedger, type Ledger, memoryStore, perToken, type Store, withBudget } from '@tollgate/budget';
import { bestOfMiniN, cascade, modelSwitch, verdict, vote, voteShare } from '@tollgate/router';
import {
  type Charge,
  type GenerateResult,
  type Model,
  ModelCallError,
  rootContext,
  TollgateError,
  withRetry,
} from '@tollgate/sdk';
import { scriptedModel, type VirtualClock, virtualClock } from '@tollgate/sdk/testing';
import { createRandom, type Random } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** A strategy over models, as data. */
type Plan =
  | { readonly kind: 'model' }
  | { readonly kind: 'vote' | 'mini-n'; readonly over: Plan; readonly samples: number }
  | { readonly kind: 'cascade' | 'switch'; readonly over: readonly Plan[]; readonly samples: number };

const model: fc.Arbitrary<Plan> = fc.constant({ kind: 'model' });
const samples = fc.integer({ min: 1, max: 3 });

function plans(over: fc.Arbitrary<Plan>): fc.Arbitrary<Plan> {
  const several = fc.array(over, { minLength: 1, maxLength: 3 });
  return fc.oneof(
    fc.record({ kind: fc.constantFrom('vote', 'mini-n'), over, samples }),
    fc.record({ kind: fc.constantFrom('cascade', 'switch'), over: several, samples }),
  );
}

const nested = plans(fc.oneof(model, plans(model)));

/** What one attempt holds at most: a context full of prompt and 8 tokens of answer, a millionth of a dollar each. */
const outputTokens = 8;
const maxInputTokens = 20;
const contextTokens = maxInputTokens + outputTokens;
const attemptNano = (contextTokens + outputTokens) * 1000;

interface World {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly ledgers: readonly Ledger[];
}

/** Takes its time, fails now and then, and says one of three things. */
function leaf({ random }: World): Model {
  return scriptedModel(
    () => {
      const delayMs = random.int(40);
      const dice = random.int(20);
      if (dice < 2) {
        const dispatch = dice === 0 ? 'refused' : 'unknown';
        return { delayMs, error: new ModelCallError('It is overloaded.', { failure: 'overloaded', dispatch }) };
      }
      const usage = { inputUncached: 1 + random.int(maxInputTokens), outputText: 1 + random.int(outputTokens) };
      return { delayMs, text: 'abc'.charAt(random.int(3)), usage };
    },
    {
      provider: 'test',
      modelId: `leaf-${random.int(1000)}`,
      pricing: perToken({ inputUsdPerMillion: 1, outputUsdPerMillion: 1 }),
      capabilities: { limits: { contextTokens, maxOutputTokens: outputTokens } },
    },
  );
}

/** Every model of a plan has a budget or two of its own around it, in one order or the other; the whole has one as well. */
function build(plan: Plan, world: World): Model {
  switch (plan.kind) {
    case 'model':
      return world.random.int(2) === 0 ? withRetry(leaf(world)) : leaf(world);
    case 'vote':
      return vote(budgeted(plan.over, world), { samples: plan.samples });
    case 'mini-n':
      return bestOfMiniN(budgeted(plan.over, world), { miniN: 1, total: plan.samples });
    case 'cascade': {
      const models = plan.over.map((one) => budgeted(one, world));
      const judged = plan.samples > 1 && plan.over.every(({ kind }) => kind === 'model');
      return judged
        ? cascade(models, { confidence: voteShare({ samples: plan.samples }), accept: 0.6 })
        : cascade(models, { confidence: verdict() });
    }
    case 'switch':
      return modelSwitch(
        plan.over.map((one) => budgeted(one, world)),
        { samplesPerModel: plan.samples, threshold: 0.7 },
      );
    default:
      return plan satisfies never;
  }
}

function budgeted(plan: Plan, world: World): Model {
  const { random, ledgers } = world;
  let bounded = build(plan, world);
  for (let layers = random.int(3); layers > 0; layers -= 1) {
    const ledger = ledgers[random.int(ledgers.length)] as Ledger;
    const scopes = random.int(2) === 0 ? { team: `t${random.int(2)}` } : { user: `u${random.int(2)}` };
    bounded = withBudget(bounded, {
      ledger,
      scopes,
      whenBusy: 'wait',
      answerFloorTokens: 1 + random.int(outputTokens),
    });
  }
  return bounded;
}

/** A store that is looked at after every hold: no limit is passed. */
function watched(onBusy: () => void): Store {
  const store = memoryStore();
  const reserve = store.reserve.bind(store);
  store.reserve = async (ask) => {
    const admission = await reserve(ask);
    if (admission.outcome === 'refused' && !admission.forGood) onBusy();
    for (const { limit, settled, held, overrun } of await store.balances(ask, ask.atMs)) {
      if (settled - overrun + held > limit.cap) throw new Error(`${settled} - ${overrun} + ${held} > ${limit.cap}`);
    }
    return admission;
  };
  return store;
}

interface Situation {
  readonly plan: Plan;
  readonly seed: number;
  readonly calls: number;
  /** Attempts that each limit has room for. */
  readonly room: number;
  /** Whether some calls are given up in the middle. */
  readonly aborts: boolean;
}

const situation: fc.Arbitrary<Situation> = fc.record({
  plan: nested,
  seed: fc.nat(),
  calls: fc.integer({ min: 2, max: 12 }),
  room: fc.integer({ min: 1, max: 12 }),
  aborts: fc.boolean(),
});

/** What every call is over by, in the time of the test: far more than all of them need one after the other. */
const foreverMs = 200_000;

async function chargesOf(call: Promise<GenerateResult>): Promise<readonly Charge[]> {
  try {
    return (await call).charges;
  } catch (error) {
    if (!TollgateError.isInstance(error)) throw error;
    if (!['budget-exceeded', 'call-failed', 'aborted'].includes(error.code)) throw error;
    return error.charges;
  }
}

const question = {
  messages: [{ role: 'user', content: 'Name a letter.' }],
  maxOutputTokens: outputTokens,
} as const;

const night = { scopes: { run: 'night' }, whenBusy: 'wait', answerFloorTokens: 1 } as const;

/** What the work comes to, unless it goes on for ever. */
async function ended<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const tooLong = clock
    .sleep(foreverMs, stop.signal)
    .then(() => Promise.reject(new Error('Calls wait for one another.')));
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    stop.abort();
    await tooLong.catch(() => undefined);
  }
}

/** Lets calls loose together and checks what they leave behind. Gives how often money was not there yet. */
async function run({ plan, seed, calls, room, aborts }: Situation, ledgerCount: number): Promise<number> {
  let busy = 0;
  const clock = virtualClock(0, { autoAdvance: true });
  const random = createRandom(seed);
  const ledgers = await Promise.all(
    Array.from({ length: ledgerCount }, async () =>
      createLedger({ store: watched(() => void (busy += 1)), clock, leaseMs: 10 * foreverMs }),
    ),
  );
  const capUsd = (attempts: number): number => (attempts * attemptNano) / 1e9;
  for (const ledger of ledgers) {
    await ledger.setLimit({ kind: 'run', id: 'night', usd: capUsd(room + random.int(8)) });
    await ledger.setLimit({ kind: 'user', id: 'u0', usd: capUsd(room) });
    await ledger.setLimit({ kind: 'team', id: 't0', usd: capUsd(1 + random.int(room)) });
    await ledger.setLimit({ kind: 'team', id: 't1', calls: 1 + random.int(4 * room) });
  }
  const asked = ledgers.reduce(
    (model, ledger) => withBudget(model, { ledger, ...night }),
    budgeted(plan, { clock, random, ledgers }),
  );
  const givenUp = new AbortController();
  const calling = Array.from({ length: calls }, async () => {
    const controller = new AbortController();
    if (aborts && random.int(3) === 0) {
      const abort = async (): Promise<void> => {
        await clock.sleep(random.int(200), givenUp.signal);
        controller.abort();
      };
      abort().catch(() => undefined);
    }
    const context = rootContext({ scopes: { user: `u${random.int(3)}` }, seed: random.int(1000), clock });
    const request = { ...question, signal: controller.signal, context };
    return chargesOf(random.int(2) === 0 ? asked.generate(request) : asked.stream(request).result);
  });
  const charges = await ended(clock, Promise.all(calling));
  givenUp.abort();

  for (const ledger of ledgers) {
    const rows = await ledger.rows();
    expect(rows.filter(({ status }) => status !== 'settled' && status !== 'released')).toEqual([]);
    const spent = rows.reduce((sum, { cost }) => sum + BigInt(cost?.nanoUsd ?? 0), 0n);
    expect(await ledger.totals()).toMatchObject({ settled: { nanoUsd: String(spent) }, held: { nanoUsd: '0' } });
    // Every attempt that was paid for is on somebody's bill, at what it cost, once.
    const billed = charges.flat().filter(({ attemptId }) => rows.some((row) => row.attemptId === attemptId));
    const settled = rows.filter(({ status }) => status === 'settled');
    expect(new Set(billed.map(({ attemptId }) => attemptId)).size).toBe(billed.length);
    expect(billed.map(({ attemptId }) => attemptId).sort()).toEqual(settled.map(({ attemptId }) => attemptId).sort());
  }
  return busy;
}

async function runAll(ledgerCount: number, numRuns: number): Promise<number> {
  let busy = 0;
  const one = async (each: Situation): Promise<void> => void (busy += await run(each, ledgerCount));
  await fc.assert(fc.asyncProperty(situation, one), { numRuns });
  return busy;
}

describe('calls that wait for money', () => {
  it('always end, whatever strategies and budgets are nested, and leave nothing held', async () => {
    expect(await runAll(1, 200)).toBeGreaterThan(200);
  }, 30_000);

  it('always end under two ledgers as well, where all ask them in one order', async () => {
    expect(await runAll(2, 60)).toBeGreaterThan(60);
  }, 30_000);

  it('end where they ask two ledgers in opposite orders', async () => {
    const clock = virtualClock(0, { autoAdvance: true });
    const ledgers = [
      await createLedger({ store: memoryStore(), clock, leaseMs: 10 * foreverMs }),
      await createLedger({ store: memoryStore(), clock, leaseMs: 10 * foreverMs }),
    ];
    for (const ledger of ledgers) await ledger.setLimit({ kind: 'run', id: 'night', usd: attemptNano / 1e9 });
    const world = { clock, random: createRandom(1), ledgers };
    const calls = [ledgers, ledgers.toReversed()].map(async (order) => {
      const bounded = order.reduce((model, ledger) => withBudget(model, { ledger, ...night }), leaf(world));
      return bounded.generate({ ...question, context: rootContext({ clock }) });
    });
    await ended(clock, Promise.allSettled(calls));
  });
});
