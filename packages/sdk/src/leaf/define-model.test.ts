import fc from 'fast-check';
import { createRandom } from '@tollgate/stats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AbortedError } from '../errors/aborted-error.ts';
import { BudgetExceededError, UnknownPriceError } from '../errors/budget-errors.ts';
import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { ModelCallError, type ModelCallFailure } from '../errors/model-call-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import type { Model } from '../spec/model.ts';
import type { Pricing } from '../spec/pricing.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { StreamPart } from '../spec/stream.ts';
import { virtualClock } from '../testing/virtual-clock.ts';
import { leapClock } from './__fixtures__/leap-clock.ts';
import { RecordingGuard, type RecordingGuardOptions } from './__fixtures__/recording-guard.ts';
import { rootContext, type RootContextOptions } from './call-context.ts';
import { defineModel } from './define-model.ts';
import type { ModelDefinition } from './model-definition.ts';
import type { LeafCall, LeafCandidate, LeafOutcome } from './leaf-call.ts';
import { textCapabilities } from './text-capabilities.ts';

const messages: GenerateRequest['messages'] = [{ role: 'user', content: 'Name a prime.' }];

function says(text: string, finish: LeafCandidate['finish'] = { unified: 'stop', by: 'eos' }): LeafCandidate {
  return { content: [{ type: 'text', text }], finish };
}

function answers(count: number): LeafOutcome {
  return {
    candidates: Array.from({ length: count }, (_, i) => says(`answer ${i}`)),
    usage: { inputUncached: 5, outputText: 2 * count, outputReasoning: 0 },
  };
}

const ordinary: ModelDefinition['call'] = async ({ request }) => answers(request.samples ?? 1);

/** A leaf that does what it is told and keeps the calls it got. */
function leaf(
  call: ModelDefinition['call'] = ordinary,
  more: Partial<ModelDefinition> = {},
): { model: Model; calls: LeafCall[] } {
  const calls: LeafCall[] = [];
  const model = defineModel({
    provider: 'test',
    modelId: 'leaf',
    capabilities: textCapabilities({ samples: { nativeMax: 4, promptBilledOnce: true, cancelOne: false } }),
    ...more,
    call: async (asked) => {
      calls.push(asked);
      return call(asked);
    },
  });
  return { model, calls };
}

function failed(facts: Partial<ModelCallFailure> = {}): ModelCallError {
  return new ModelCallError('the engine is down', { failure: 'server', dispatch: 'unknown', ...facts });
}

const zero = { usd: 0, nanoUsd: '0' };

function refusal(): BudgetExceededError {
  return new BudgetExceededError('run "r" has nothing left', {
    scope: { kind: 'run', id: 'r' },
    dimension: 'usd',
    cap: zero,
    settled: zero,
    held: zero,
    asked: zero,
  });
}

function guarded(options: RecordingGuardOptions = {}, root: RootContextOptions = {}) {
  const guard = new RecordingGuard(options);
  return { guard, context: rootContext({ guards: [guard], scopes: { run: 'r' }, ...root }) };
}

async function thrown(work: Promise<unknown>): Promise<TollgateError> {
  try {
    await work;
  } catch (error) {
    if (TollgateError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}

const cent: Pricing = {
  priceOf: () => ({ amount: { usd: 0.01, nanoUsd: '10000000' }, known: 'list' }),
  upperBound: () => ({ amount: { usd: 0.02, nanoUsd: '20000000' }, known: 'list' }),
  declaration: {},
};

const unhandled: unknown[] = [];
const note = (reason: unknown): void => {
  unhandled.push(reason);
};

beforeEach(() => {
  process.on('unhandledRejection', note);
});

afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);
  expect(unhandled.splice(0)).toEqual([]);
});

describe('one attempt', () => {
  it('is admitted, sent and settled, in this order', async () => {
    const log: string[] = [];
    const { guard, context } = guarded({ log });
    const { model } = leaf(async () => {
      log.push('send');
      return answers(1);
    });
    const result = await model.generate({ messages, context });
    expect(log).toEqual(['admit', 'send', 'settle exact']);
    expect(guard.open.size).toBe(0);
    const [candidate] = result.candidates;
    expect(candidate).toMatchObject({
      producedBy: { provider: 'test', modelId: 'leaf' },
      content: [{ type: 'text', text: 'answer 0' }],
    });
    expect(candidate?.id).toBe(`${candidate?.attemptId}#0`);
    expect(result.charges).toEqual([
      {
        attemptId: candidate?.attemptId,
        model: { provider: 'test', modelId: 'leaf' },
        usage: { inputUncached: 5, outputText: 2, outputReasoning: 0 },
        usageKnown: 'exact',
        cost: { usd: 0.001, nanoUsd: '1000000' },
        priceKnown: 'override',
        candidateIds: [candidate?.id],
      },
    ]);
    expect(result.decision).toMatchObject({ status: 'unverified', chosen: candidate?.id });
    expect(result.trace).toMatchObject({
      kind: 'leaf',
      name: 'test/leaf',
      status: 'answered',
      charges: [{ attemptId: candidate?.attemptId, usageKnown: 'exact', cost: { nanoUsd: '1000000' } }],
    });
    expect(context.span.toNode().children).toEqual([result.trace]);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it('tells the guard what it cannot exceed', async () => {
    const { guard, context } = guarded();
    const { model } = leaf(ordinary, { pricing: cent, countInputTokens: () => 42 });
    await model.generate({ messages, context, samples: 3, maxOutputTokens: 7 });
    expect(guard.asks).toMatchObject([
      {
        attemptId: guard.settlements[0]?.candidateIds[0]?.split('#')[0],
        model: { provider: 'test', modelId: 'leaf' },
        scopes: { run: 'r' },
        pricing: cent,
        bound: { inputTokens: 42, inputKnown: 'proved', outputTokensPerSample: 7, samples: 3, promptBilledOnce: true },
      },
    ]);
  });

  it.each([
    [{}, {}, Number.POSITIVE_INFINITY],
    [{}, { contextTokens: 4096 }, 4096],
    [{}, { contextTokens: 4096, maxOutputTokens: 512 }, 512],
    [{ maxOutputTokens: 100 }, { contextTokens: 4096, maxOutputTokens: 512 }, 100],
  ])('bounds the output of %o under the limits %o by %d', async (request, limits, expected) => {
    const { guard, context } = guarded();
    await leaf(ordinary, { capabilities: textCapabilities({ limits }) }).model.generate({
      messages,
      context,
      ...request,
    });
    expect(guard.asks[0]?.bound.outputTokensPerSample).toBe(expected);
  });

  it('sends the fitted request and keeps the one of the caller', async () => {
    const { context } = guarded({ fitTo: 10 });
    const { model, calls } = leaf();
    const result = await model.generate({ messages, context, maxOutputTokens: 100 });
    expect(calls[0]?.request.maxOutputTokens).toBe(10);
    expect(calls[0]?.original.maxOutputTokens).toBe(100);
    expect(result.warnings).toMatchObject([
      { code: 'fitted', option: 'maxOutputTokens', message: expect.stringContaining('10') },
    ]);
  });

  it.each([
    ['length', 10, 'budget'],
    ['eos', 10, 'eos'],
    ['stop', 10, 'stop'],
    ['length', 500, 'length'],
  ] as const)('that ended by %s under a cap fitted to %d says %s', async (by, fitTo, expected) => {
    const { context } = guarded({ fitTo });
    const finish = { unified: by === 'length' ? 'length' : 'stop', by } as const;
    const { model } = leaf(async () => ({ candidates: [says('cut', finish)], usage: {} }));
    const result = await model.generate({ messages, context, maxOutputTokens: 100 });
    expect(result.candidates[0]?.finish).toEqual({ ...finish, by: expected });
  });

  it('is priced by its own price where no guard is', async () => {
    const { model } = leaf(ordinary, { pricing: cent });
    expect((await model.generate({ messages })).charges[0]).toMatchObject({
      cost: { nanoUsd: '10000000' },
      priceKnown: 'list',
    });
  });

  it('has no cost, and not a cost of 0, where nothing prices it or the price of its usage is not known', async () => {
    const unknown: Pricing = {
      ...cent,
      priceOf: () => {
        throw new UnknownPriceError('no price for searches');
      },
    };
    for (const more of [{}, { pricing: unknown }]) {
      const result = await leaf(ordinary, more).model.generate({ messages });
      expect(result.charges[0]).not.toHaveProperty('cost');
      expect(result.warnings).toEqual([]);
    }
  });

  it('is not sent, nor held, after the deadline', async () => {
    const clock = virtualClock(1000);
    const { guard, context } = guarded({}, { clock, deadline: 1000 });
    const { model, calls } = leaf();
    expect(await thrown(model.generate({ messages, context }))).toMatchObject({
      failure: 'timeout',
      dispatch: 'not-sent',
      charges: [],
    });
    expect([guard.log, calls]).toEqual([[], []]);
    const before = guarded({}, { clock, deadline: 1001 });
    await model.generate({ messages, context: before.context });
    expect(calls).toHaveLength(1);
  });

  it('is not sent where the budget let it wait past the deadline', async () => {
    const clock = virtualClock(0, { autoAdvance: true });
    const { guard, context } = guarded({ beforeAdmit: () => clock.sleep(50) }, { clock, deadline: 50 });
    const { model, calls } = leaf();
    expect(await thrown(model.generate({ messages, context }))).toMatchObject({ failure: 'timeout', charges: [] });
    expect([guard.log, calls]).toEqual([['admit', 'release too late'], []]);
  });

  it('names itself the way the caller does, whatever the adapter adds', async () => {
    const foreign = { id: 'foreign', attemptId: 'foreign', producedBy: { provider: 'x', modelId: 'y' } };
    const { model } = leaf(async () => ({ candidates: [{ ...says('a'), ...foreign }], usage: {} }));
    const { candidates, charges } = await model.generate({ messages });
    expect(candidates[0]).toMatchObject({ attemptId: charges[0]?.attemptId, producedBy: { provider: 'test' } });
    expect(charges[0]?.candidateIds).toEqual([candidates[0]?.id]);
  });
});

describe('an attempt that fails', () => {
  it.each([
    ['release server', failed({ dispatch: 'not-sent' })],
    ['release rate-limit', failed({ dispatch: 'refused', failure: 'rate-limit' })],
    ['release invalid-option', new InvalidOptionError('seed', 'seed is too big')],
    ['release missing-weights', new TollgateError('missing-weights', 'no file')],
  ])('%s costs nothing', async (how, error) => {
    const { guard, context } = guarded();
    const { model } = leaf(async () => {
      throw error;
    });
    expect(await thrown(model.generate({ messages, context }))).toBe(error);
    expect(guard.log).toEqual(['admit', how]);
    expect(error.charges).toEqual([]);
    expect(context.span.toNode().children[0]).toMatchObject({ status: 'failed' });
  });

  it('with an unknown outcome is charged the whole hold', async () => {
    const { guard, context } = guarded();
    const error = failed();
    const { model } = leaf(async () => {
      throw error;
    });
    expect(await thrown(model.generate({ messages, context }))).toBe(error);
    expect(guard.settlements).toEqual([{ usage: {}, usageKnown: 'upper-bound', candidateIds: [] }]);
    expect(error.charges).toMatchObject([
      { usageKnown: 'upper-bound', cost: { nanoUsd: '1000000' }, candidateIds: [] },
    ]);
  });

  it.each([
    ['estimated', undefined],
    ['exact', 'exact'],
  ] as const)('with a partial answer is charged by its usage (%s)', async (expected, usageKnown) => {
    const { guard, context } = guarded();
    const usage = { inputUncached: 5, outputText: 1 };
    const partial = { candidates: [says('ha')], usage, ...(usageKnown !== undefined && { usageKnown }) };
    const { model } = leaf(async () => {
      throw failed({ partial });
    });
    const error = await thrown(model.generate({ messages, context }));
    expect(guard.settlements).toEqual([{ usage, usageKnown: expected, candidateIds: [] }]);
    expect(error.charges).toMatchObject([{ usage, usageKnown: expected }]);
  });

  it('with something that is not ours is a failed call with the cause, charged the whole hold', async () => {
    const { guard, context } = guarded();
    const cause = new TypeError('x is not a function');
    const { model } = leaf(async () => {
      throw cause;
    });
    expect(await thrown(model.generate({ messages, context }))).toMatchObject({
      code: 'call-failed',
      failure: 'engine',
      dispatch: 'unknown',
      message: 'test/leaf failed: x is not a function',
      cause,
      charges: [{ usageKnown: 'upper-bound' }],
    });
    expect(guard.log).toEqual(['admit', 'settle upper-bound']);
  });

  it('is told apart also where the adapter was built with another copy of the package', async () => {
    const { guard, context } = guarded();
    const brand = { [Symbol.for('tollgate.error')]: true, code: 'call-failed', failure: 'server', dispatch: 'unknown' };
    const { model } = leaf(async () => {
      throw Object.assign(new Error('down'), brand, { charges: [] });
    });
    await thrown(model.generate({ messages, context }));
    expect(guard.log).toEqual(['admit', 'settle upper-bound']);
  });

  it('with no answer at all is charged the whole hold', async () => {
    const { guard, context } = guarded();
    const { model } = leaf(async () => undefined as never);
    expect(await thrown(model.generate({ messages, context }))).toMatchObject({ code: 'call-failed' });
    expect(guard.log).toEqual(['admit', 'settle upper-bound']);
  });

  it('is not hidden by a ledger that cannot take the hold back', async () => {
    const { context } = guarded({ releaseFails: new Error('disk full') });
    const { model } = leaf(async () => {
      throw failed({ dispatch: 'refused' });
    });
    expect(await thrown(model.generate({ messages, context }))).toMatchObject({ message: 'the engine is down' });
    expect(context.span.toNode().children[0]?.values).toEqual({ 'hold not returned': 'disk full' });
  });

  it('by one error for all calls is not charged with what another call cost', async () => {
    const error = failed({ dispatch: 'not-sent' });
    error.charges = [
      { attemptId: 'x', model: { provider: 'a', modelId: 'b' }, usage: {}, usageKnown: 'exact', candidateIds: [] },
    ];
    const { model } = leaf(async () => {
      throw error;
    });
    expect((await thrown(model.generate({ messages }))).charges).toEqual([]);
  });

  it('is refused by a budget before it is sent', async () => {
    const error = refusal();
    const { guard, context } = guarded({ refusal: error });
    const { model, calls } = leaf();
    expect(await thrown(model.generate({ messages, context }))).toBe(error);
    expect([guard.log, calls, error.charges]).toEqual([[], [], []]);
  });

  it('is not sent when the ledger itself is down', async () => {
    const { context } = guarded({ refusal: new Error('disk full') });
    const { model, calls } = leaf();
    expect(await thrown(model.generate({ messages, context }))).toMatchObject({
      code: 'internal',
      message: 'test/leaf failed: disk full',
      cause: { message: 'disk full' },
    });
    expect(calls).toEqual([]);
  });
});

describe('a ledger that fails at the end', () => {
  it('does not lose the answer, and says so', async () => {
    const { context } = guarded({ settleFails: new Error('disk full') });
    const result = await leaf().model.generate({ messages, context });
    expect(result.candidates).toHaveLength(1);
    expect(result.charges[0]).not.toHaveProperty('cost');
    expect(result.warnings).toMatchObject([{ code: 'other', message: expect.stringContaining('disk full') }]);
  });
});

describe('several samples', () => {
  it('are one attempt where the engine takes them at once', async () => {
    const { guard, context } = guarded();
    const { model, calls } = leaf();
    const { candidates, charges } = await model.generate({ messages, context, samples: 4 });
    expect([calls.length, charges.length, guard.asks.length]).toEqual([1, 1, 1]);
    expect(candidates.map(({ id }) => id.split('#')[1])).toEqual(['0', '1', '2', '3']);
    expect(charges[0]?.candidateIds).toEqual(candidates.map(({ id }) => id));
  });

  it('are split where it does not, a few attempts at a time', async () => {
    const { guard, context } = guarded({}, { clock: virtualClock(0, { autoAdvance: true }) });
    let running = 0;
    let most = 0;
    const { model, calls } = leaf(
      async (call) => {
        most = Math.max(most, (running += 1));
        await call.context.clock.sleep(10);
        running -= 1;
        return ordinary(call);
      },
      { maxParallelAttempts: 2 },
    );
    const { candidates, charges, warnings } = await model.generate({ messages, context, samples: 11 });
    expect(calls.map(({ request, firstSample }) => [firstSample, request.samples])).toEqual([
      [0, 4],
      [4, 4],
      [8, 3],
    ]);
    expect(calls.every(({ original }) => original.samples === 11)).toBe(true);
    expect(most).toBe(2);
    expect(candidates.map(({ id }) => Number(id.split('#')[1]))).toEqual(Array.from({ length: 11 }, (_, i) => i));
    expect(new Set(charges.map(({ attemptId }) => attemptId)).size).toBe(3);
    for (const { attemptId, candidateIds } of charges) {
      expect(candidates.filter((one) => one.attemptId === attemptId).map(({ id }) => id)).toEqual(candidateIds);
    }
    expect(guard.asks.map(({ bound }) => bound.samples)).toEqual([4, 4, 3]);
    expect(warnings).toEqual([]);
  });

  it('that come short are a warning, and what failed is charged', async () => {
    const { guard, context } = guarded();
    const { model } = leaf(async (call) => {
      if (call.firstSample === 4) throw failed();
      return ordinary(call);
    });
    const result = await model.generate({ messages, context, samples: 8 });
    expect(result.candidates).toHaveLength(4);
    expect(result.warnings).toEqual([
      { code: 'short', option: 'samples', message: '4 of 8 samples: the engine is down' },
    ]);
    expect(result.charges.map(({ usageKnown }) => usageKnown)).toEqual(['exact', 'upper-bound']);
    expect(guard.open.size).toBe(0);
  });

  it('that a budget cuts short are a warning', async () => {
    let admitted = 0;
    const { context } = guarded({
      beforeAdmit: () => {
        if ((admitted += 1) > 1) throw refusal();
      },
    });
    const result = await leaf().model.generate({ messages, context, samples: 8 });
    expect(result.candidates).toHaveLength(4);
    expect(result.warnings).toMatchObject([{ code: 'short', message: expect.stringContaining('nothing left') }]);
  });

  it('of which the engine gave fewer are a warning', async () => {
    const result = await leaf(async () => answers(2)).model.generate({ messages, samples: 3 });
    expect(result.warnings).toMatchObject([{ code: 'short', message: '2 of 3 samples: the rest gave no answer.' }]);
  });

  it('that all fail are an error with every charge', async () => {
    const { model } = leaf(async () => {
      throw failed();
    });
    const error = await thrown(model.generate({ messages, samples: 8, context: guarded().context }));
    expect(error).toMatchObject({ code: 'call-failed', charges: [{}, {}] });
  });

  it('are not given where one attempt met what the caller has to mend', async () => {
    const wrong = new InvalidOptionError('seed', 'seed is too big');
    const { guard, context } = guarded();
    const { model } = leaf(async (call) => {
      if (call.firstSample === 4) throw failed();
      if (call.firstSample === 8) throw wrong;
      return ordinary(call);
    });
    expect(await thrown(model.generate({ messages, context, samples: 12 }))).toBe(wrong);
    expect(wrong.charges.map(({ usageKnown }) => usageKnown)).toEqual(['exact', 'upper-bound']);
    expect(guard.open.size).toBe(0);
  });

  it('keep their charges when a ledger goes down in the middle', async () => {
    let admitted = 0;
    const { context } = guarded({
      beforeAdmit: () => {
        if ((admitted += 1) > 1) throw new Error('disk full');
      },
    });
    const error = await thrown(leaf().model.generate({ messages, context, samples: 8 }));
    expect(error).toMatchObject({
      code: 'internal',
      cause: { message: 'disk full' },
      charges: [{ usageKnown: 'exact' }],
    });
  });
});

describe('an abort', () => {
  it('before the call sends nothing and holds nothing', async () => {
    const { guard, context } = guarded();
    const { model, calls } = leaf();
    const error = await thrown(model.generate({ messages, context, signal: AbortSignal.abort(new Error('enough')) }));
    expect(error).toMatchObject({
      code: 'aborted',
      cause: { message: 'enough' },
      charges: [],
      partial: { candidates: [], charges: [], trace: { status: 'aborted' } },
    });
    expect([guard.log, calls]).toEqual([[], []]);
  });

  it('while the budget is asked returns the hold, for nothing was sent', async () => {
    const controller = new AbortController();
    const { guard, context } = guarded({ beforeAdmit: () => controller.abort() });
    const { model, calls } = leaf();
    expect(await thrown(model.generate({ messages, context, signal: controller.signal }))).toMatchObject({
      code: 'aborted',
      charges: [],
    });
    expect([guard.log, calls]).toEqual([['admit', 'release too late'], []]);
  });

  it('while the engine works keeps what there is and charges it', async () => {
    const controller = new AbortController();
    const { guard, context } = guarded();
    const cut: LeafOutcome = {
      candidates: [says('Let me', { unified: 'aborted', by: 'aborted' })],
      usage: { inputUncached: 5, outputText: 2 },
      usageKnown: 'estimated',
    };
    const { model } = leaf(async ({ signal }) => {
      controller.abort();
      expect(signal?.aborted).toBe(true);
      return cut;
    });
    const error = await thrown(model.generate({ messages, context, signal: controller.signal }));
    expect(error).toMatchObject({
      code: 'aborted',
      charges: [{ usageKnown: 'estimated' }],
      partial: { candidates: [{ finish: { by: 'aborted' } }], charges: [{ usageKnown: 'estimated' }] },
    });
    expect(guard.log).toEqual(['admit', 'settle estimated']);
  });

  it.each([
    ['an abort error', () => new DOMException('aborted', 'AbortError')],
    ['our own abort error', () => new AbortedError('aborted')],
  ])('that the adapter answers with %s is charged the whole hold', async (_, error) => {
    const controller = new AbortController();
    const { guard, context } = guarded();
    const { model } = leaf(async () => {
      controller.abort();
      throw error();
    });
    expect(await thrown(model.generate({ messages, context, signal: controller.signal }))).toMatchObject({
      code: 'aborted',
      charges: [{ usageKnown: 'upper-bound' }],
    });
    expect(guard.log).toEqual(['admit', 'settle upper-bound']);
  });

  it('after the call changes nothing', async () => {
    const controller = new AbortController();
    const { guard, context } = guarded();
    const result = await leaf().model.generate({ messages, context, signal: controller.signal });
    controller.abort();
    expect(result.candidates).toHaveLength(1);
    expect(guard.log).toEqual(['admit', 'settle exact']);
  });

  it('between attempts keeps the first and does not send the rest', async () => {
    const controller = new AbortController();
    const { guard, context } = guarded();
    const { model, calls } = leaf(
      async (call) => {
        controller.abort();
        return ordinary(call);
      },
      { maxParallelAttempts: 1 },
    );
    const error = await thrown(model.generate({ messages, context, samples: 12, signal: controller.signal }));
    expect(error).toMatchObject({ code: 'aborted', partial: { candidates: [{}, {}, {}, {}], charges: [{}] } });
    expect(calls).toHaveLength(1);
    expect(guard.open.size).toBe(0);
  });

  it('at any of 1,000 random points leaves no hold and no timer', async () => {
    const random = createRandom('aborts');
    const clock = leapClock();
    const guards: RecordingGuard[] = [];
    const outcomes = Array.from({ length: 1000 }, async () => {
      const controller = new AbortController();
      const [admitMs, callMs, abortMs] = [5 * random.int(4), 5 * random.int(8), 5 * random.int(14)];
      const ending = random.int(4);
      const { guard, context } = guarded({ beforeAdmit: () => clock.sleep(admitMs, controller.signal) }, { clock });
      guards.push(guard);
      const { model } = leaf(
        async (call) => {
          await call.context.clock.sleep(callMs, ending === 0 ? undefined : call.signal);
          call.emit?.({ type: 'text-delta', sample: 0, text: 'a' });
          if (ending === 1) throw failed();
          if (ending === 2) throw failed({ dispatch: 'refused' });
          return ordinary(call);
        },
        { maxParallelAttempts: 1 + random.int(3) },
      );
      const request = { messages, context, samples: 1 + random.int(12), signal: controller.signal };
      const work = random.int(2) === 0 ? model.generate(request) : model.stream(request).result;
      const abort = clock.sleep(abortMs).then(() => controller.abort());
      const [outcome] = await Promise.allSettled([work, abort]);
      return outcome.status === 'fulfilled' ? 'answered' : (outcome.reason as TollgateError).code;
    });
    await clock.runDry();
    const counts = Object.groupBy(await Promise.all(outcomes), (outcome) => outcome);
    expect(Object.keys(counts).toSorted()).toEqual(['aborted', 'answered', 'call-failed']);
    expect(counts['aborted']?.length).toBeGreaterThan(300);
    expect(guards.filter(({ open }) => open.size > 0)).toEqual([]);
    for (const { log } of guards) expect(log.filter((line) => line === 'admit').length * 2).toBe(log.length);
    expect(clock.sleepers()).toBe(0);
  });
});

describe('a stream of a leaf', () => {
  const deltas: ModelDefinition['call'] = async (call) => {
    for (const text of ['Let ', 'me ']) call.emit?.({ type: 'text-delta', sample: 0, text });
    call.emit?.({ type: 'reasoning-delta', sample: 1, text: 'hm' });
    call.emit?.({ type: 'text-delta', sample: 0, text: 'see' });
    return answers(call.request.samples ?? 1);
  };

  async function partsOf(stream: AsyncIterable<StreamPart>): Promise<readonly StreamPart[]> {
    const parts: StreamPart[] = [];
    for await (const part of stream) parts.push(part);
    return parts;
  }

  it('starts, commits before the first delta, ends each candidate, and finishes', async () => {
    const parts = await partsOf(leaf(deltas).model.stream({ messages, samples: 2 }));
    const shown = parts.map((part) =>
      'candidateId' in part ? `${part.type} ${part.candidateId.split('#')[1]}` : part.type,
    );
    expect(shown).toEqual([
      'start',
      'commit 0',
      'text-delta 0',
      'text-delta 0',
      'commit 1',
      'reasoning-delta 1',
      'text-delta 0',
      'candidate-finish 0',
      'candidate-finish 1',
      'finish',
    ]);
    const last = parts.at(-1);
    const ids = last?.type === 'finish' ? last.result.candidates.map(({ id }) => id) : [];
    expect(new Set(parts.flatMap((part) => ('candidateId' in part ? [part.candidateId] : [])))).toEqual(new Set(ids));
    expect(parts.every((part) => !('sample' in part))).toBe(true);
  });

  it('shows whole what the engine does not stream, and commits an empty answer, too', async () => {
    const silent = leaf(async () => ({ candidates: [says('whole'), { ...says(''), content: [] }], usage: {} }));
    const parts = await partsOf(silent.model.stream({ messages, samples: 2 }));
    expect(parts.map((part) => (part.type === 'text-delta' ? part.text : part.type))).toEqual([
      'start',
      'commit',
      'whole',
      'candidate-finish',
      'commit',
      'candidate-finish',
      'finish',
    ]);
  });

  it('numbers the samples of all attempts, and says the cut of a budget in the parts as well', async () => {
    const { context } = guarded({ fitTo: 1 });
    const { model } = leaf(
      async ({ emit }) => {
        emit?.({ type: 'text-delta', sample: 0, text: 'a' });
        return { candidates: [says('a', { unified: 'length', by: 'length' })], usage: {} };
      },
      { capabilities: textCapabilities() },
    );
    const parts = await partsOf(model.stream({ messages, context, samples: 2 }));
    const ends = parts.filter((part) => part.type === 'candidate-finish');
    expect(ends.map(({ candidateId, finish }) => [candidateId.split('#')[1], finish.by])).toEqual([
      ['0', 'budget'],
      ['1', 'budget'],
    ]);
  });

  it('sends nothing before it is iterated or its result is read', async () => {
    const { guard, context } = guarded();
    const { model, calls } = leaf();
    const stream = model.stream({ messages, context });
    await new Promise((resolve) => setImmediate(resolve));
    expect([calls.length, guard.asks.length]).toEqual([0, 0]);
    expect((await stream.result).candidates).toHaveLength(1);
    expect(calls).toHaveLength(1);
  });

  it('that is left aborts the adapter, and its result holds the partial answer and the charge', async () => {
    const { guard, context } = guarded();
    const { model } = leaf(async ({ emit, signal }) => {
      emit?.({ type: 'text-delta', sample: 0, text: 'Let ' });
      await new Promise<void>((resolve) => {
        signal?.addEventListener('abort', () => resolve(), { once: true });
      });
      return {
        candidates: [says('Let ', { unified: 'aborted', by: 'aborted' })],
        usage: { outputText: 1 },
        usageKnown: 'estimated',
      };
    });
    const stream = model.stream({ messages, context });
    for await (const part of stream) if (part.type === 'text-delta') break;
    expect(await stream.result).toMatchObject({
      candidates: [{ content: [{ text: 'Let ' }], finish: { by: 'aborted' } }],
      charges: [{ usageKnown: 'estimated' }],
      trace: { status: 'aborted' },
    });
    expect(guard.log).toEqual(['admit', 'settle estimated']);
  });

  it('that the caller aborts fails in the loop and in its result', async () => {
    const controller = new AbortController();
    const { context } = guarded();
    const { model } = leaf(async ({ emit }) => {
      emit?.({ type: 'text-delta', sample: 0, text: 'Let ' });
      controller.abort();
      return answers(1);
    });
    const stream = model.stream({ messages, context, signal: controller.signal });
    await expect(partsOf(stream)).rejects.toThrow(AbortedError);
    await expect(stream.result).rejects.toMatchObject({
      code: 'aborted',
      partial: { candidates: [{}] },
      charges: [{}],
    });
  });

  it('that fails does so in the loop and in its result', async () => {
    const { model } = leaf(async () => {
      throw failed();
    });
    const stream = model.stream({ messages });
    await expect(partsOf(stream)).rejects.toThrow('the engine is down');
    await expect(stream.result).rejects.toThrow('the engine is down');
  });
});

describe('a leaf', () => {
  it('refuses what cannot be meant before it holds anything', async () => {
    const { guard, context } = guarded();
    await expect(leaf().model.generate({ messages, context, samples: 0 })).rejects.toThrow(InvalidOptionError);
    await expect(leaf().model.stream({ messages, context, samples: 0 }).result).rejects.toThrow(InvalidOptionError);
    expect(guard.asks).toEqual([]);
  });

  it('closes once, and refuses calls from then on', async () => {
    let closes = 0;
    const { model, calls } = leaf(ordinary, {
      close: async () => {
        closes += 1;
      },
    });
    await model.close?.();
    await model.close?.();
    expect(closes).toBe(1);
    await expect(model.generate({ messages })).rejects.toMatchObject({
      code: 'closed',
      message: expect.stringContaining('test/leaf'),
    });
    await expect(model.stream({ messages }).result).rejects.toMatchObject({ code: 'closed' });
    expect(calls).toEqual([]);
  });

  it('has capabilities that may depend on the request, and a price where it has one', () => {
    const { model } = leaf(ordinary, {
      pricing: cent,
      capabilities: (request) => textCapabilities({ tools: request?.tools !== undefined }),
    });
    expect(model.capabilitiesFor().tools).toBe(false);
    expect(model.capabilitiesFor({ messages, tools: [] }).tools).toBe(true);
    expect(model.pricing).toBe(cent);
    expect(leaf().model.pricing).toBeUndefined();
  });

  it('gives what the provider answered where the adapter keeps it', async () => {
    const { model } = leaf(async () => ({
      ...answers(1),
      raw: { id: 'chatcmpl-1' },
      warnings: [{ code: 'unsupported', message: 'no topK' }],
    }));
    const result = await model.generate({ messages });
    expect(result.raw).toMatchObject([{ reply: { id: 'chatcmpl-1' } }]);
    expect(result.warnings).toEqual([{ code: 'unsupported', message: 'no topK' }]);
  });

  it('settles every attempt once, whatever its attempts come to', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('answer', 'unknown', 'refused', 'wrong', 'garbage', 'busy'), {
          minLength: 1,
          maxLength: 6,
        }),
        async (plan) => {
          const { guard, context } = guarded({
            beforeAdmit: ({ attemptId }) => {
              if (plan[Number(attemptId.split('/')[1] ?? 0)] === 'busy') throw refusal();
            },
          });
          const { model } = leaf(
            async (call) => {
              switch (plan[call.firstSample]) {
                case 'unknown':
                  throw failed();
                case 'refused':
                  throw failed({ dispatch: 'refused' });
                case 'wrong':
                  throw new InvalidOptionError('seed', 'no');
                case 'garbage':
                  throw new TypeError('no');
                default:
                  return answers(1);
              }
            },
            { capabilities: textCapabilities() },
          );
          const [outcome] = await Promise.allSettled([model.generate({ messages, context, samples: plan.length })]);
          const charges =
            outcome.status === 'fulfilled' ? outcome.value.charges : (outcome.reason as TollgateError).charges;
          const answered = plan.filter((step) => step === 'answer').length;
          const charged = plan.filter((step) => ['answer', 'unknown', 'garbage'].includes(step)).length;
          expect(charges).toHaveLength(charged);
          expect(guard.settlements).toHaveLength(charged);
          expect(guard.open.size).toBe(0);
          expect(outcome.status).toBe(answered > 0 && !plan.includes('wrong') ? 'fulfilled' : 'rejected');
        },
      ),
      { numRuns: 200 },
    );
  });
});
