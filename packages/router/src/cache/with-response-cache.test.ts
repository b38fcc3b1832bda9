import {
  AbortedError,
  BudgetExceededError,
  defineModel,
  type GenerateRequest,
  type GenerateResult,
  InvalidOptionError,
  type Model,
  ModelCallError,
  rootContext,
  type StreamPart,
  textCapabilities,
  textOf,
  totalUsd,
  withRetry,
} from '@tollgate/sdk';
import { type ScriptedModel, scriptedModel, type ScriptStep, virtualClock } from '@tollgate/sdk/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { usdPerCall } from '../__fixtures__/usd-per-call.ts';
import { voteShare } from '../confidence/vote-share.ts';
import { priorMultiplexer } from '../learning/multiplexer-state.ts';
import { bestOfMiniN } from '../strategies/best-of-mini-n.ts';
import { cascade } from '../strategies/cascade.ts';
import { multiplex } from '../strategies/multiplex.ts';
import { vote } from '../strategies/vote.ts';
import type { CachePolicy } from './cache-policy.ts';
import { memoryResponseStore, type ResponseStore } from './response-store.ts';
import { withResponseCache } from './with-response-cache.ts';

function ask(content: string, more: Partial<GenerateRequest> = {}): GenerateRequest {
  return { messages: [{ role: 'user', content }], ...more };
}

/** Answers with the number of the call, at a cent. */
function counter(options: { readonly delayMs?: number } = {}): ScriptedModel {
  let calls = 0;
  return scriptedModel(() => ({ text: String((calls += 1)), ...options }), {
    provider: 'test',
    modelId: 'counter',
    pricing: usdPerCall(0.01),
  });
}

function answerOf({ candidates, decision }: GenerateResult): string {
  const chosen = candidates.find(({ id }) => id === decision.chosen) ?? candidates[0];
  return chosen === undefined ? '' : textOf(chosen);
}

async function answers(model: Model, requests: readonly GenerateRequest[]): Promise<readonly string[]> {
  const given: string[] = [];
  for (const request of requests) given.push(answerOf(await model.generate(request)));
  return given;
}

describe('a hit', () => {
  it('is the answer that was given before, at no cost, as an attempt of provider cache that the trace shows', async () => {
    const model = withResponseCache(counter());
    const made = await model.generate(ask('a'));
    const hit = await model.generate(ask('a'));
    expect(answerOf(hit)).toBe('1');
    expect(made.charges).toMatchObject([{ model: { provider: 'test', modelId: 'counter' }, cost: { usd: 0.01 } }]);
    expect(hit.charges).toMatchObject([
      {
        model: { provider: 'cache', modelId: 'counter' },
        cost: { usd: 0 },
        usageKnown: 'exact',
        priceKnown: 'override',
      },
    ]);
    expect(hit.decision).toMatchObject({ status: 'unverified', reason: expect.stringContaining('from the cache') });
    expect(JSON.stringify(hit.trace)).toContain('cache/counter');
    expect(answerOf(await model.generate(ask('b')))).toBe('2');
  });

  it('streams: parts of the stored answer, committed before its text, and the result', async () => {
    const model = withResponseCache(counter());
    await model.generate(ask('a'));
    const stream = model.stream(ask('a'));
    const parts: StreamPart[] = [];
    for await (const part of stream) parts.push(part);
    expect(parts.map(({ type }) => type).filter((type) => type !== 'ping')).toEqual([
      'start',
      'commit',
      'text-delta',
      'candidate-finish',
      'finish',
    ]);
    expect(answerOf(await stream.result)).toBe('1');
    expect((await stream.result).charges).toMatchObject([{ model: { provider: 'cache' } }]);
  });

  it('what was streamed is kept as well', async () => {
    const model = withResponseCache(counter());
    const stream = model.stream(ask('a'));
    for await (const part of stream) void part;
    expect(answerOf(await model.generate(ask('a')))).toBe('1');
  });

  it('keeps tool calls, reasoning, log-probabilities and the object of a schema', async () => {
    const inner = scriptedModel([
      {
        content: [
          { type: 'reasoning', text: 'add' },
          { type: 'tool-call', toolCallId: 't', toolName: 'add', input: { a: 1 } },
        ],
      },
      { text: '{"n":2}', logprobs: [{ text: '{', logprob: -0.1 }] },
    ]);
    const model = withResponseCache(inner);
    const typed = ask('b', { output: { json: { type: 'object' } } });
    for (const request of [ask('a'), typed]) {
      const [made, hit] = [await model.generate(request), await model.generate(request)];
      const [one, other] = [made.candidates[0], hit.candidates[0]];
      expect([other?.content, other?.finish, other?.logprobs, other?.object]).toEqual([
        one?.content,
        one?.finish,
        one?.logprobs,
        one?.object,
      ]);
    }
    expect(inner.calls.length).toBe(2);
    const streamed: StreamPart[] = [];
    for await (const part of model.stream(ask('a'))) streamed.push(part);
    expect(streamed.map(({ type }) => type)).toEqual(expect.arrayContaining(['reasoning-delta', 'tool-call']));
  });

  it('gives all samples of a request for several', async () => {
    const inner = scriptedModel([{ texts: ['x', 'y'] }]);
    const model = withResponseCache(inner);
    await model.generate(ask('a', { samples: 2 }));
    const hit = await model.generate(ask('a', { samples: 2 }));
    expect(hit.candidates.map(textOf)).toEqual(['x', 'y']);
    expect(hit.charges.length).toBe(1);
  });

  it('around a strategy it is the chosen answer with its verdict, and stands for the cost of all that was asked', async () => {
    const small = scriptedModel([{ texts: ['x', 'y', 'z'] }], { pricing: usdPerCall(0.001) });
    const big = scriptedModel([{ text: 'z' }], { pricing: usdPerCall(0.1) });
    const offers: number[] = [];
    const policy: CachePolicy = {
      request: () => undefined,
      offer: (_, { usd }) => {
        offers.push(usd);
        return { kept: true, evicted: [] };
      },
      drop: () => undefined,
    };
    const frugal = cascade([small, big], { confidence: voteShare({ samples: 3 }), accept: 0.6 });
    const model = withResponseCache(frugal, { policy });
    const made = await model.generate(ask('a'));
    const hit = await model.generate(ask('a'));
    expect(made.candidates.length).toBe(4);
    expect(hit.candidates.length).toBe(1);
    expect(hit.decision).toMatchObject({ status: 'accepted', chosen: hit.candidates[0]?.id });
    expect(offers).toEqual([0.101]);
    expect(totalUsd(hit.charges)).toBe(0);
  });
});

describe('what is not kept', () => {
  const cut = { unified: 'length', by: 'length' } as const;
  const steps: readonly (readonly [string, ScriptStep])[] = [
    ['an answer that was cut', { text: 'half', finish: cut }],
    ['an aborted one', { text: 'half', finish: { unified: 'aborted', by: 'aborted' } }],
    ['a refusal', { text: 'I cannot', finish: { unified: 'refusal', by: 'eos' } }],
    ['a filtered one', { text: '', finish: { unified: 'content-filter', by: 'eos' } }],
    ['an error', { error: new ModelCallError('down', { failure: 'server', dispatch: 'refused' }) }],
  ];

  it.each(steps)('%s is made again', async (_, step) => {
    const inner = scriptedModel([step, { text: 'whole' }]);
    const model = withResponseCache(inner);
    await model.generate(ask('a')).catch(() => undefined);
    expect(await answers(model, [ask('a'), ask('a')])).toEqual(['whole', 'whole']);
    inner.assertDone();
  });

  it('an answer that misses its schema is made again', async () => {
    const inner = scriptedModel([{ text: 'no json' }, { text: '{"n":2}' }]);
    const model = withResponseCache(inner);
    const typed = ask('a', { output: { json: { type: 'object' } } });
    expect(await answers(model, [typed, typed, typed])).toEqual(['no json', '{"n":2}', '{"n":2}']);
  });

  it('one sample of several that is not whole spoils them all', async () => {
    let calls = 0;
    const inner = scriptedModel(() => ({
      text: 'x',
      finish: (calls += 1) === 2 ? cut : { unified: 'stop', by: 'eos' },
    }));
    const model = withResponseCache(inner);
    for (let i = 0; i < 3; i += 1) await model.generate(ask('a', { samples: 2 }));
    expect(calls).toBe(4);
  });

  it('an answer that a strategy did not accept is made again, and so is nothing', async () => {
    const small = scriptedModel([{ text: 'a' }, { text: 'b' }, { text: 'c' }, { text: 'c' }]);
    const model = withResponseCache(bestOfMiniN(small, { miniN: 1, total: 2 }));
    expect((await model.generate(ask('a'))).decision.status).toBe('rejected');
    expect((await model.generate(ask('a'))).decision.status).toBe('accepted');
    expect((await model.generate(ask('a'))).charges).toMatchObject([{ model: { provider: 'cache' } }]);
    const silent = scriptedModel([{ text: '' }, { text: '' }]);
    const votes = withResponseCache(vote(silent, { samples: 1 }));
    expect((await votes.generate(ask('a'))).decision.status).toBe('abstained');
    expect((await votes.generate(ask('a'))).decision.status).toBe('abstained');
    silent.assertDone();
  });

  it('a request that cannot be named goes to the model', async () => {
    const model = withResponseCache(counter());
    expect(await answers(model, [ask('a', { includeRaw: true }), ask('a', { includeRaw: true })])).toEqual(['1', '2']);
  });

  it.each([
    ['is no number', () => Number.NaN],
    ['is below 0', () => -1],
    [
      'fails',
      () => {
        throw new Error('no idea');
      },
    ],
  ])('an answer whose cost %s is given all the same, and not kept', async (_, costOf) => {
    const model = withResponseCache(counter(), { costOf });
    expect(await answers(model, [ask('a'), ask('a')])).toEqual(['1', '2']);
  });
});

describe('room', () => {
  it('is given by a policy that hears of every request, hits among them, and of what an answer takes', async () => {
    const heard: string[] = [];
    const sizes: number[] = [];
    const policy: CachePolicy = {
      request: (key) => void heard.push(key),
      offer: (_, { size }) => {
        sizes.push(size);
        return { kept: true, evicted: [] };
      },
      drop: () => undefined,
    };
    const echo = scriptedModel(({ messages }) => ({ text: JSON.stringify(messages) }));
    await answers(withResponseCache(echo, { policy }), [ask('a'), ask('b'.repeat(1000)), ask('a'), ask('a')]);
    expect([heard[0] === heard[2], heard[2] === heard[3], heard[0] === heard[1], heard.length]).toEqual([
      true,
      true,
      false,
      4,
    ]);
    expect((sizes[1] ?? 0) - (sizes[0] ?? 0)).toBe(2 * 999);
  });

  it('is kept: what the policy evicts leaves the store', async () => {
    const kept = new Map<string, unknown>();
    const store: ResponseStore = {
      get: async (key) => kept.get(key) as never,
      set: async (key, response) => void kept.set(key, response),
      delete: async (key) => void kept.delete(key),
    };
    // An answer takes about 300 bytes.
    const model = withResponseCache(counter(), { store, capacityBytes: 1000 });
    for (let i = 0; i < 20; i += 1) await model.generate(ask(`q${i}`));
    expect(kept.size).toBeGreaterThan(1);
    expect(kept.size).toBeLessThan(5);
    expect(await answers(model, [ask('q19')])).toEqual(['20']);
  });

  it('with lec a dear answer stays, where cheap ones are asked for as often', async () => {
    const costOf = ({ candidates: [only] }: GenerateResult): number =>
      only && textOf(only).includes('dear') ? 1 : 0.01;
    const echo = scriptedModel(({ messages }) => ({ text: JSON.stringify(messages) }));
    const model = withResponseCache(echo, { policy: 'lec', capacityBytes: 700, costOf });
    await answers(
      model,
      ['dear', 'cheap', 'cheap', 'other', 'cheap', 'dear', 'other'].map((content) => ask(content)),
    );
    expect(echo.calls.map(({ messages }) => messages[0]?.content).filter((content) => content === 'dear').length).toBe(
      1,
    );
    expect(echo.calls.length).toBe(6);
  });

  it.each([0, Number.NaN])('capacityBytes of %s is refused', (capacityBytes) => {
    expect(() => withResponseCache(counter(), { capacityBytes })).toThrow(InvalidOptionError);
  });
});

describe('a store that fails', () => {
  const broken = async (): Promise<never> => Promise.reject(new Error('no connection'));
  const thrown = (): never => {
    throw new Error('not open');
  };

  it.each<[string, Partial<ResponseStore>, boolean]>([
    ['cannot read', { get: broken }, false],
    ['cannot write', { set: broken }, false],
    ['throws at once', { get: thrown, set: thrown, delete: thrown }, false],
    ['cannot delete', { delete: broken }, true],
  ])('that %s fails the cache, never the call', async (_, failing, isKept) => {
    const store = { ...memoryResponseStore(), ...failing };
    // Room for one answer, so that each one evicts the one before.
    const model = withResponseCache(counter(), { store, capacityBytes: 500 });
    expect(await answers(model, [ask('a'), ask('b'), ask('c')])).toEqual(['1', '2', '3']);
    expect(await answers(model, [ask('c')])).toEqual([isKept ? '3' : '4']);
  });
});

describe('equal requests at the same time', () => {
  it('are asked once, streams and calls alike', async () => {
    const clock = virtualClock(0, { autoAdvance: true });
    const inner = counter({ delayMs: 100 });
    const model = withResponseCache(inner);
    const request = (): GenerateRequest => ask('a', { context: rootContext({ clock }) });
    const results = await Promise.all([
      model.generate(request()),
      model.generate(request()),
      model.stream(request()).result,
      model.generate(ask('b', { context: rootContext({ clock }) })),
    ]);
    expect(results.map(answerOf).sort()).toEqual(['1', '1', '1', '2']);
    expect(results.flatMap(({ charges }) => charges.map(({ model: { provider } }) => provider)).sort()).toEqual([
      'cache',
      'cache',
      'test',
      'test',
    ]);
  });

  it('ask for themselves, all at once, where the first one came to nothing', async () => {
    const clock = virtualClock(0, { autoAdvance: true });
    const down = new ModelCallError('down', { failure: 'server', dispatch: 'refused' });
    let calls = 0;
    const inner = scriptedModel(() => ((calls += 1) === 1 ? { error: down, delayMs: 50 } : { text: 'x', delayMs: 50 }));
    const model = withResponseCache(inner);
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map(async () => model.generate(ask('a', { context: rootContext({ clock }) }))),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(calls).toBe(3);
    expect(clock.now()).toBe(100);
  });

  it('another one takes over where the first one was aborted', async () => {
    const clock = virtualClock();
    const controller = new AbortController();
    const inner = counter({ delayMs: 100 });
    const model = withResponseCache(inner);
    const first = model.generate(ask('a', { signal: controller.signal, context: rootContext({ clock }) }));
    const others = [1, 2].map(async () => model.generate(ask('a', { context: rootContext({ clock }) })));
    await clock.advance(50);
    controller.abort();
    await expect(first).rejects.toBeInstanceOf(AbortedError);
    await clock.advance(100);
    expect((await Promise.all(others)).map(answerOf)).toEqual(['2', '2']);
    expect(inner.calls.length).toBe(2);
  });

  it('one that waits and is aborted leaves at once, and the others get their answer', async () => {
    const clock = virtualClock();
    const controller = new AbortController();
    const inner = counter({ delayMs: 100 });
    const model = withResponseCache(inner);
    const first = model.generate(ask('a', { context: rootContext({ clock }) }));
    const second = model.generate(ask('a', { signal: controller.signal, context: rootContext({ clock }) }));
    await clock.advance(50);
    controller.abort();
    await expect(second).rejects.toMatchObject({ code: 'aborted' });
    await clock.advance(50);
    expect(answerOf(await first)).toBe('1');
    expect(inner.calls.length).toBe(1);
  });

  it('a stream that is left in the middle keeps nothing', async () => {
    let calls = 0;
    const inner = defineModel({
      provider: 'test',
      modelId: 'slow',
      capabilities: textCapabilities(),
      call: async ({ emit, signal }) => {
        calls += 1;
        emit?.({ type: 'text-delta', sample: 0, text: 'one ' });
        const content = [{ type: 'text', text: 'one ' }] as const;
        if (calls > 1) return { candidates: [{ content, finish: { unified: 'stop', by: 'eos' } }], usage: {} };
        await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
        return { candidates: [{ content, finish: { unified: 'aborted', by: 'aborted' } }], usage: {} };
      },
    });
    const model = withResponseCache(inner);
    const stream = model.stream(ask('a'));
    for await (const part of stream) if (part.type === 'text-delta') break;
    expect((await stream.result).candidates[0]?.finish.by).toBe('aborted');
    expect(await answers(model, [ask('a'), ask('a')])).toEqual(['one ', 'one ']);
    expect(calls).toBe(2);
  });

  it('a call that is aborted before it starts asks nobody', async () => {
    const inner = counter();
    const model = withResponseCache(inner);
    await expect(model.generate(ask('a', { signal: AbortSignal.abort() }))).rejects.toMatchObject({ code: 'aborted' });
    expect(inner.calls.length).toBe(0);
  });
});

describe('below a strategy', () => {
  it('samples of one run are different answers, so that one answer never agrees with itself', async () => {
    const inner = counter();
    const cached = withResponseCache(inner);
    const model = bestOfMiniN(cached, { miniN: 1, total: 4 });
    const { decision, candidates } = await model.generate(ask('a'));
    expect(candidates.map(textOf)).toEqual(['1', '2', '3', '4']);
    expect(decision.status).toBe('rejected');
  });

  it('another run of the same request gets the same samples, for nothing', async () => {
    const inner = counter();
    const model = bestOfMiniN(withResponseCache(inner), { miniN: 1, total: 4 });
    const [one, other] = [await model.generate(ask('a')), await model.generate(ask('a'))];
    expect(other.candidates.map(textOf)).toEqual(one.candidates.map(textOf));
    expect(totalUsd(other.charges)).toBe(0);
    expect(inner.calls.length).toBe(4);
  });

  it('runs of a cached strategy that votes are different runs', async () => {
    const inner = counter();
    const cached = withResponseCache(vote(inner, { samples: 1 }));
    const { decision } = await vote(cached, { samples: 3 }).generate(ask('a'));
    expect(decision.confidence).toBeCloseTo(1 / 3);
    expect(inner.calls.length).toBe(3);
  });

  it('a retry gets the sample that failed, not another one', async () => {
    const down = new ModelCallError('down', { failure: 'server', dispatch: 'refused' });
    const inner = scriptedModel([{ error: down }, { text: 'x' }]);
    const clock = virtualClock(0, { autoAdvance: true });
    const model = withRetry(withResponseCache(inner));
    const request = (): GenerateRequest => ask('a', { context: rootContext({ clock }) });
    expect(await answers(model, [request(), request()])).toEqual(['x', 'x']);
  });

  it('who hands one context to several calls gets its answer again', async () => {
    const model = withResponseCache(counter());
    const context = rootContext();
    expect(await answers(model, [ask('a', { context }), ask('a', { context })])).toEqual(['1', '1']);
  });
});

describe('withResponseCache', () => {
  it('lets money run out: a refused call is not kept, and the next one is made', async () => {
    const zero = { usd: 0, nanoUsd: '0' };
    const broke = new BudgetExceededError('nothing is left', {
      scope: { kind: 'run', id: 'r' },
      dimension: 'usd',
      cap: zero,
      settled: zero,
      held: zero,
      asked: zero,
    });
    const inner = scriptedModel([{ error: broke }, { text: 'x' }]);
    const model = withResponseCache(inner);
    await expect(model.generate(ask('a'))).rejects.toBe(broke);
    expect(await answers(model, [ask('a'), ask('a')])).toEqual(['x', 'x']);
  });

  it('is joint with a multiplexer: weighs an answer by what it cost after routing', async () => {
    const small = scriptedModel(() => ({ text: 's' }), { pricing: usdPerCall(0.001) });
    const big = scriptedModel(() => ({ text: 'b' }), { pricing: usdPerCall(0.1) });
    const state = priorMultiplexer({ usdPerAnswer: [0.001, 0.1], passRates: [0.9, 0.99] });
    const model = withResponseCache(multiplex([small, big], { fallbackUsd: 0.05, state }), { policy: 'lec' });
    expect(await answers(model, [ask('a'), ask('a')])).toEqual(['s', 's']);
    expect([small.calls.length, big.calls.length]).toEqual([1, 0]);
  });

  it('answers as the model behind it would, whatever is asked in which order (property)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 20 }),
        fc.constantFrom<'gdsf' | 'lec'>('gdsf', 'lec'),
        fc.constantFrom(300, 700, 1500),
        async (prompts, policy, capacityBytes) => {
          const echo = scriptedModel(({ messages }) => ({ text: `echo ${JSON.stringify(messages)}` }));
          const model = withResponseCache(echo, { policy, capacityBytes });
          const given = await answers(
            model,
            prompts.map((prompt) => ask(prompt)),
          );
          expect(given).toEqual(prompts.map((prompt) => `echo ${JSON.stringify(ask(prompt).messages)}`));
          expect(echo.calls.length).toBeGreaterThanOrEqual(new Set(prompts).size);
        },
      ),
      { seed: 6, numRuns: 100 },
    );
  });
});
