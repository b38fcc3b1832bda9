import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AbortedError } from '../errors/aborted-error.ts';
import { BudgetExceededError } from '../errors/budget-errors.ts';
import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { type CallFailure, type Dispatch, ModelCallError, type ModelCallFailure } from '../errors/model-call-error.ts';
import { rootContext } from '../leaf/call-context.ts';
import { defineModel } from '../leaf/define-model.ts';
import type { LeafCall, LeafOutcome } from '../leaf/leaf-call.ts';
import type { Capabilities } from '../spec/capabilities.ts';
import type { Clock } from '../spec/context.ts';
import type { Model } from '../spec/model.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { StreamPart } from '../spec/stream.ts';
import { strategyOf, withPlan } from '../strategy/strategy-plan.ts';
import { textOf, wholeText } from '../strategy/whole-text.ts';
import { type RetryOptions, withRetry } from './with-retry.ts';

const capabilities: Capabilities = {
  samples: { nativeMax: 4, promptBilledOnce: true, cancelOne: false },
  logprobs: 'none',
  continuation: 'none',
  tools: false,
  schema: false,
  sampling: { temperature: false, topP: false, topK: false, seed: false },
  stop: false,
  efforts: [],
  limits: {},
  files: [],
  tokenLevel: false,
  rewardScores: false,
  hiddenStates: false,
};

/** A clock whose sleeps take no time and are written down. */
function recordingClock(startMs = 1_000_000): Clock & { readonly slept: number[] } {
  let nowMs = startMs;
  const slept: number[] = [];
  return {
    slept,
    now: () => nowMs,
    monotonic: () => nowMs,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      slept.push(ms);
      nowMs += ms;
    },
  };
}

const ask: GenerateRequest = { messages: [{ role: 'user', content: 'Name a prime.' }] };
const answer: LeafOutcome = {
  candidates: [{ content: [{ type: 'text', text: '97' }], finish: { unified: 'stop', by: 'eos' } }],
  usage: { inputUncached: 5, outputText: 2 },
};

function failed(failure: CallFailure, dispatch: Dispatch, more: Partial<ModelCallFailure> = {}): ModelCallError {
  return new ModelCallError(`${failure}, ${dispatch}`, { failure, dispatch, ...more });
}

type Step = ModelCallError | Error | LeafOutcome | ((call: LeafCall) => LeafOutcome | Promise<LeafOutcome>);

/** A leaf that does one step a call; the last one for ever. */
function leaf(...steps: readonly Step[]): { readonly model: Model; readonly calls: LeafCall[] } {
  const calls: LeafCall[] = [];
  const model = defineModel({
    provider: 'test',
    modelId: 'leaf',
    capabilities,
    call: async (call) => {
      const step = steps[Math.min(calls.length, steps.length - 1)] ?? answer;
      calls.push(call);
      if (step instanceof Error) throw step;
      return typeof step === 'function' ? step(call) : step;
    },
  });
  return { model, calls };
}

async function run(steps: readonly Step[], options: RetryOptions = {}, request: Partial<GenerateRequest> = {}) {
  const { model, calls } = leaf(...steps);
  const clock = recordingClock();
  const context = rootContext({ clock, seed: 'retry' });
  const settled = await withRetry(model, options)
    .generate({ ...ask, context, ...request })
    .then(
      (result) => ({ result, error: undefined }),
      (error: unknown) => ({ result: undefined, error }),
    );
  return { ...settled, calls, slept: clock.slept };
}

const busy = () => failed('rate-limit', 'refused');

describe('withRetry', () => {
  it('answers at once where nothing fails, without waiting', async () => {
    const { result, calls, slept } = await run([answer]);
    expect(result?.candidates).toHaveLength(1);
    expect(calls).toHaveLength(1);
    expect(slept).toEqual([]);
  });

  it('tries three times by default, and throws the last failure', async () => {
    const last = failed('overloaded', 'refused');
    const { error, calls, slept } = await run([busy(), busy(), last]);
    expect(error).toBe(last);
    expect(calls).toHaveLength(3);
    expect(slept).toHaveLength(2);
  });

  it.each<[CallFailure, Dispatch, number]>([
    ['network', 'not-sent', 3],
    ['timeout', 'not-sent', 3],
    ['rate-limit', 'refused', 3],
    ['overloaded', 'refused', 3],
    ['server', 'refused', 3],
    ['timeout', 'refused', 3],
    ['network', 'unknown', 1],
    ['timeout', 'unknown', 1],
    ['protocol', 'unknown', 1],
    ['protocol', 'refused', 1],
    ['auth', 'refused', 1],
    ['bad-request', 'refused', 1],
    ['not-found', 'refused', 1],
    ['context-length', 'refused', 1],
    ['content-filter', 'refused', 1],
    ['engine', 'unknown', 1],
  ])('asks after %s, %s at most %i times', async (failure, dispatch, times) => {
    const { calls } = await run([failed(failure, dispatch)]);
    expect(calls).toHaveLength(times);
  });

  it('repeats what nobody knows the outcome of only when told to, and charges every try', async () => {
    const partial: LeafOutcome = {
      candidates: [],
      usage: { inputUncached: 5, outputText: 1 },
      usageKnown: 'estimated',
    };
    const { result, calls } = await run(
      [failed('network', 'unknown', { partial }), failed('protocol', 'unknown', { partial }), answer],
      { retryUnknown: true },
    );
    expect(calls).toHaveLength(3);
    expect(result?.charges.map(({ usageKnown, candidateIds }) => [usageKnown, candidateIds.length])).toEqual([
      ['estimated', 0],
      ['estimated', 0],
      ['exact', 1],
    ]);
    expect(new Set(result?.charges.map(({ attemptId }) => attemptId)).size).toBe(3);
  });

  it('leaves what the caller must mend alone also when told to repeat unknown outcomes', async () => {
    expect((await run([failed('bad-request', 'unknown')], { retryUnknown: true })).calls).toHaveLength(1);
  });

  it('adds the charges of earlier tries to the error that ends it', async () => {
    const partial: LeafOutcome = { candidates: [], usage: { outputText: 1 }, usageKnown: 'estimated' };
    const last = failed('auth', 'refused');
    const { error } = await run([failed('network', 'unknown', { partial }), last], { retryUnknown: true });
    expect(error).toBe(last);
    expect(last.charges).toMatchObject([{ usage: { outputText: 1 }, usageKnown: 'estimated' }]);
  });

  it('never repeats a refusal by a budget, nor a failure it does not know', async () => {
    const nothing = { usd: 0, nanoUsd: '0' };
    const refusal = {
      scope: { kind: 'run', id: 'r' },
      dimension: 'usd' as const,
      cap: nothing,
      settled: nothing,
      held: nothing,
      asked: nothing,
    };
    for (const error of [new BudgetExceededError('no money', refusal), new TypeError('a bug')]) {
      expect((await run([error])).calls).toHaveLength(1);
    }
  });

  it('waits at least as long as the engine asks, and not at all where it asks for too long', async () => {
    const asked = await run([failed('rate-limit', 'refused', { retryAfterMs: 9000 }), answer]);
    expect(asked.slept).toEqual([9000]);
    const tooLong = await run([failed('rate-limit', 'refused', { retryAfterMs: 9000 }), answer], { maxDelayMs: 8999 });
    expect(tooLong.slept).toEqual([]);
    expect(tooLong.error).toMatchObject({ retryAfterMs: 9000 });
  });

  it('waits between nothing and a delay that doubles up to its limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string(),
        fc.integer({ min: 0, max: 1000 }),
        fc.integer({ min: 0, max: 5000 }),
        async (seed, baseDelayMs, maxDelayMs) => {
          const clock = recordingClock();
          const { model } = leaf(busy());
          await withRetry(model, { attempts: 6, baseDelayMs, maxDelayMs })
            .generate({ ...ask, context: rootContext({ clock, seed }) })
            .catch(() => undefined);
          expect(clock.slept).toHaveLength(5);
          clock.slept.forEach((ms, i) => {
            expect(ms).toBeGreaterThanOrEqual(0);
            expect(ms).toBeLessThanOrEqual(Math.min(maxDelayMs, baseDelayMs * 2 ** i));
          });
        },
      ),
    );
  });

  it('waits as long for the same seed, and differently for others', async () => {
    const waits = async (seed: number): Promise<readonly number[]> => {
      const clock = recordingClock();
      await withRetry(leaf(busy()).model)
        .generate({ ...ask, context: rootContext({ clock, seed }) })
        .catch(() => undefined);
      return clock.slept;
    };
    expect(await waits(1)).toEqual(await waits(1));
    expect(await waits(1)).not.toEqual(await waits(2));
  });

  it('stops where a wait would pass the deadline', async () => {
    const clock = recordingClock();
    const { model, calls } = leaf(failed('rate-limit', 'refused', { retryAfterMs: 600 }));
    const context = rootContext({ clock, deadline: clock.now() + 1000 });
    await expect(withRetry(model).generate({ ...ask, context })).rejects.toMatchObject({ failure: 'rate-limit' });
    expect(clock.slept).toEqual([600]);
    expect(calls).toHaveLength(2);
  });

  it('stops waiting when the signal fires, with what was charged so far', async () => {
    const controller = new AbortController();
    const clock: Clock = {
      ...recordingClock(),
      sleep: async (_, signal) => {
        controller.abort(new Error('enough'));
        signal?.throwIfAborted();
      },
    };
    const partial: LeafOutcome = { candidates: [], usage: { outputText: 1 }, usageKnown: 'estimated' };
    const { model, calls } = leaf(failed('network', 'unknown', { partial }));
    const call = withRetry(model, { retryUnknown: true }).generate({
      ...ask,
      signal: controller.signal,
      context: rootContext({ clock }),
    });
    const error = await call.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AbortedError);
    expect(error).toMatchObject({
      charges: [{ usageKnown: 'estimated' }],
      partial: { candidates: [], charges: [{ usageKnown: 'estimated' }] },
    });
    expect(calls).toHaveLength(1);
  });

  it('adds earlier charges to what an aborted try leaves', async () => {
    const controller = new AbortController();
    const partial: LeafOutcome = { candidates: [], usage: { outputText: 1 }, usageKnown: 'estimated' };
    const aborting = (): LeafOutcome => {
      controller.abort();
      return answer;
    };
    const { error } = await run(
      [failed('network', 'unknown', { partial }), aborting],
      { retryUnknown: true },
      { signal: controller.signal },
    );
    expect(error).toBeInstanceOf(AbortedError);
    expect(error).toMatchObject({ partial: { candidates: [{}], charges: [{}, {}] }, charges: [{}, {}] });
  });

  it('shows its tries in the trace, never their content', async () => {
    const content = [{ type: 'text' as const, text: 'ninety-seven' }];
    const said = { ...answer, candidates: [{ content, finish: { unified: 'stop' as const, by: 'eos' as const } }] };
    const { result } = await run([busy(), said]);
    expect(result?.trace).toMatchObject({
      kind: 'retry',
      status: 'answered',
      values: { 'try 1': 'rate-limit, refused', tries: 2 },
      children: [
        { kind: 'leaf', status: 'failed' },
        { kind: 'leaf', status: 'answered' },
      ],
    });
    expect(JSON.stringify(result?.trace)).not.toContain('ninety-seven');
  });

  it('passes everything else of a model through', async () => {
    let closed = 0;
    const inner: Model = {
      ...leaf().model,
      specVersion: 1,
      provider: 'test',
      modelId: 'inner',
      capabilitiesFor: () => capabilities,
      close: async () => void (closed += 1),
    };
    const plan = {
      core: { name: 'x', start: () => ({}), observe: () => ({}), next: () => ({ type: 'stop' as const, reason: '' }) },
      sources: [],
      scorers: [],
      answer: wholeText(),
      signals: [],
    };
    const retrying = withRetry(withPlan(inner, plan));
    expect(retrying).toMatchObject({ specVersion: 1, provider: 'test', modelId: 'inner' });
    expect(retrying.capabilitiesFor()).toBe(capabilities);
    expect(strategyOf(retrying)).toBe(plan);
    await retrying.close?.();
    expect(closed).toBe(1);
    expect(strategyOf(withRetry(leaf().model))).toBeUndefined();
  });

  it.each<[RetryOptions, string]>([
    [{ attempts: 0 }, 'attempts'],
    [{ attempts: 1.5 }, 'attempts'],
    [{ attempts: Number.NaN }, 'attempts'],
    [{ baseDelayMs: -1 }, 'baseDelayMs'],
    [{ maxDelayMs: Number.NaN }, 'maxDelayMs'],
    [{ maxDelayMs: Number.POSITIVE_INFINITY }, 'maxDelayMs'],
  ])('refuses %j', (options, option) => {
    expect(() => withRetry(leaf().model, options)).toThrow(InvalidOptionError);
    expect(() => withRetry(leaf().model, options)).toThrow(option);
  });
});

describe('withRetry on a stream', () => {
  const say =
    (text: string, then: Step) =>
    (call: LeafCall): LeafOutcome => {
      call.emit?.({ type: 'text-delta', sample: 0, text });
      if (then instanceof Error) throw then;
      return typeof then === 'function' ? answer : then;
    };

  async function parts(
    steps: readonly Step[],
    options: RetryOptions = {},
  ): Promise<{ readonly parts: StreamPart[]; readonly error: unknown; readonly calls: LeafCall[] }> {
    const { model, calls } = leaf(...steps);
    const stream = withRetry(model, options).stream({ ...ask, context: rootContext({ clock: recordingClock() }) });
    const seen: StreamPart[] = [];
    try {
      for await (const part of stream) seen.push(part);
    } catch (error) {
      return { parts: seen, error, calls };
    }
    return { parts: seen, error: undefined, calls };
  }

  it('starts once, however often it tries, and delivers one answer', async () => {
    const seen = await parts([busy(), busy(), say('97', answer)]);
    expect(seen.parts.map((part) => part.type)).toEqual([
      'start',
      'commit',
      'text-delta',
      'candidate-finish',
      'finish',
    ]);
    expect(seen.parts.at(-1)).toMatchObject({ result: { candidates: [{}], trace: { kind: 'retry' } } });
  });

  it('never tries again after content was delivered, though the failure would pass', async () => {
    for (const error of [busy(), failed('network', 'unknown')]) {
      const seen = await parts([say('9', error), answer], { retryUnknown: true });
      expect(seen.error).toBe(error);
      expect(seen.calls).toHaveLength(1);
      expect(seen.parts.filter((part) => part.type === 'text-delta')).toHaveLength(1);
    }
  });

  it('believes a failure that says content was delivered', async () => {
    const { calls } = await run([failed('network', 'unknown', { contentDelivered: true })], { retryUnknown: true });
    expect(calls).toHaveLength(1);
  });

  it('resolves its result with what was charged when the loop is left during a later try', async () => {
    const partial: LeafOutcome = { candidates: [], usage: { outputText: 1 }, usageKnown: 'estimated' };
    const { model } = leaf(failed('network', 'unknown', { partial }), say('97', answer));
    const stream = withRetry(model, { retryUnknown: true }).stream({
      ...ask,
      context: rootContext({ clock: recordingClock() }),
    });
    for await (const part of stream) if (part.type === 'text-delta') break;
    const result = await stream.result;
    expect(result.charges).toHaveLength(2);
  });
});

describe('withRetry on more samples than one call takes', () => {
  const one = { ...capabilities, samples: { nativeMax: 1, promptBilledOnce: false, cancelOne: false } };

  /** Answers with the index of the sample; the calls numbered in `refused` are told to come back. */
  function counting(refused: readonly number[]): { readonly model: Model; readonly calls: LeafCall[] } {
    const calls: LeafCall[] = [];
    const model = defineModel({
      provider: 'test',
      modelId: 'counting',
      capabilities: one,
      call: async (call) => {
        calls.push(call);
        if (refused.includes(calls.length)) throw failed('rate-limit', 'refused', { status: 429 });
        call.emit?.({ type: 'text-delta', sample: 0, text: String(call.firstSample) });
        return {
          ...answer,
          candidates: [
            { content: [{ type: 'text', text: String(call.firstSample) }], finish: { unified: 'stop', by: 'eos' } },
          ],
        };
      },
    });
    return { model, calls };
  }

  it('tries each on its own, so that a refused one is no lost vote', async () => {
    const { model, calls } = counting([2, 3]);
    const { candidates, charges, warnings } = await withRetry(model).generate({
      ...ask,
      samples: 4,
      context: rootContext({ clock: recordingClock() }),
    });
    expect(candidates.map(textOf)).toEqual(['0', '1', '2', '3']);
    expect(new Set(candidates.map(({ id }) => id)).size).toBe(4);
    expect(charges).toHaveLength(4);
    expect(warnings).toEqual([]);
    expect(calls).toHaveLength(6);
  });

  it('says what is missing where one is refused to the end', async () => {
    const { model } = counting([1, 4]);
    const { candidates, warnings } = await withRetry(model, { attempts: 2 }).generate({
      ...ask,
      samples: 3,
      context: rootContext({ clock: recordingClock() }),
    });
    expect(candidates.map(textOf)).toEqual(['1', '2']);
    expect(warnings.map(({ code }) => code)).toEqual(['short']);
  });

  it('streams them as one stream with one start', async () => {
    const { model } = counting([1]);
    const parts: StreamPart[] = [];
    const stream = withRetry(model).stream({ ...ask, samples: 2, context: rootContext({ clock: recordingClock() }) });
    for await (const part of stream) parts.push(part);
    expect(parts.filter(({ type }) => type === 'start')).toHaveLength(1);
    expect(parts.filter(({ type }) => type === 'commit')).toHaveLength(2);
    expect((await stream.result).candidates).toHaveLength(2);
  });
});
