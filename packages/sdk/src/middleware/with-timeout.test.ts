import { describe, expect, it } from 'vitest';
import { AbortedError } from '../errors/aborted-error.ts';
import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { ModelCallError } from '../errors/model-call-error.ts';
import { RecordingGuard } from '../leaf/__fixtures__/recording-guard.ts';
import { rootContext } from '../leaf/call-context.ts';
import { defineModel } from '../leaf/define-model.ts';
import { textCapabilities } from '../leaf/text-capabilities.ts';
import type { CallContext } from '../spec/context.ts';
import type { Model } from '../spec/model.ts';
import type { StreamPart } from '../spec/stream.ts';
import { scriptedModel } from '../testing/scripted-model.ts';
import { virtualClock } from '../testing/virtual-clock.ts';
import { withRetry } from './with-retry.ts';
import { withTimeout } from './with-timeout.ts';

const messages = [{ role: 'user', content: 'Why?' }] as const;

function timed(): { readonly context: CallContext; readonly guard: RecordingGuard; readonly sleepers: () => number } {
  const clock = virtualClock(0, { autoAdvance: true });
  let sleepers = 0;
  const counted: typeof clock = {
    ...clock,
    sleep: async (ms, signal) => {
      sleepers += 1;
      try {
        await clock.sleep(ms, signal);
      } finally {
        sleepers -= 1;
      }
    },
  };
  const guard = new RecordingGuard();
  return { context: rootContext({ clock: counted, guards: [guard] }), guard, sleepers: () => sleepers };
}

/** Writes a word now and one every second after. */
function slowWriter(words: readonly string[], firstAfterMs = 0): Model {
  return defineModel({
    provider: 'test',
    modelId: 'slow',
    capabilities: textCapabilities(),
    call: async ({ emit, context, signal }) => {
      let text = '';
      try {
        if (firstAfterMs > 0) await context.clock.sleep(firstAfterMs, signal);
        for (const word of words) {
          text += word;
          emit?.({ type: 'text-delta', sample: 0, text: word });
          await context.clock.sleep(1000, signal);
        }
      } catch {
        const finish = { unified: 'aborted', by: 'aborted' } as const;
        return {
          candidates: [{ content: [{ type: 'text', text }], finish }],
          usage: { inputUncached: 5, outputText: text.length },
          usageKnown: 'estimated',
        };
      }
      return {
        candidates: [{ content: [{ type: 'text', text }], finish: { unified: 'stop', by: 'eos' } }],
        usage: { inputUncached: 5, outputText: text.length },
      };
    },
  });
}

async function failureOf(work: Promise<unknown>): Promise<ModelCallError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!ModelCallError.isInstance(error)) throw new Error(`not a ModelCallError: ${String(error)}`);
  return error;
}

describe('withTimeout', () => {
  it('leaves a call in time as it is, and no timer behind', async () => {
    const { context, sleepers } = timed();
    const result = await withTimeout(scriptedModel([{ text: 'a', delayMs: 50 }]), { timeoutMs: 100 }).generate({
      messages,
      context,
    });
    expect(result.trace).toMatchObject({ kind: 'wrapper', status: 'answered', children: [{ kind: 'leaf' }] });
    await Promise.resolve();
    expect(sleepers()).toBe(0);
  });

  it('ends a call that is over time, charged, with what had been written', async () => {
    const { context, guard, sleepers } = timed();
    const error = await failureOf(
      withTimeout(slowWriter(['one ', 'two ', 'three ']), { timeoutMs: 1500 }).generate({ messages, context }),
    );
    expect(error).toMatchObject({ failure: 'timeout', dispatch: 'unknown', contentDelivered: false });
    expect(error.message).toBe('test/slow was given 1500 ms for the whole call, and it was over.');
    expect(error.partial).toMatchObject({
      candidates: [{ content: [{ text: 'one two ' }] }],
      usage: { outputText: 8 },
      usageKnown: 'estimated',
    });
    expect(error.charges).toHaveLength(1);
    expect(guard.open.size).toBe(0);
    expect(context.clock.now()).toBe(1500);
    await Promise.resolve();
    expect(sleepers()).toBe(0);
    expect(context.span.toNode()).toMatchObject({ children: [{ status: 'timeout' }] });
  });

  it('counts to the first token only, also where the call is not a stream', async () => {
    const { context } = timed();
    const prompt = withTimeout(slowWriter(['one ', 'two '], 400), { firstTokenMs: 500 });
    expect((await prompt.generate({ messages, context })).candidates).toHaveLength(1);
    const late = withTimeout(slowWriter(['one ', 'two '], 600), { firstTokenMs: 500 });
    const error = await failureOf(late.generate({ messages, context }));
    expect(error.message).toContain('500 ms for the first token');
  });

  it('ends a stream, whose parts came in order, and says in the error that some were delivered', async () => {
    const { context } = timed();
    const stream = withTimeout(slowWriter(['one ', 'two ', 'three ']), { timeoutMs: 1500 }).stream({
      messages,
      context,
    });
    const parts: StreamPart[] = [];
    const error = await failureOf(
      (async () => {
        for await (const part of stream) parts.push(part);
      })(),
    );
    expect(parts.map((part) => (part.type === 'text-delta' ? part.text : part.type))).toEqual([
      'start',
      'commit',
      'one ',
      'two ',
    ]);
    expect(error.contentDelivered).toBe(true);
    await expect(stream.result).rejects.toBe(error);
  });

  it('gives an abort of the caller as what it is, and a left stream its partial result', async () => {
    const { context } = timed();
    const controller = new AbortController();
    const model = withTimeout(slowWriter(['one ', 'two ']), { timeoutMs: 60_000, firstTokenMs: 60_000 });
    const stream = model.stream({ messages, context, signal: controller.signal });
    await expect(
      (async () => {
        for await (const part of stream) if (part.type === 'text-delta') controller.abort();
      })(),
    ).rejects.toBeInstanceOf(AbortedError);
    const left = model.stream({ messages, context });
    for await (const part of left) if (part.type === 'text-delta') break;
    expect((await left.result).candidates).toMatchObject([{ finish: { by: 'aborted' } }]);
  });

  it('is a deadline below: a retry gives the failure it has instead of waiting past it', async () => {
    const { context } = timed();
    const busy = new ModelCallError('busy', { failure: 'overloaded', dispatch: 'refused', retryAfterMs: 5000 });
    const model = withTimeout(withRetry(scriptedModel([{ error: busy }])), { timeoutMs: 1000 });
    await expect(model.generate({ messages, context })).rejects.toBe(busy);
    expect(context.clock.now()).toBe(0);
  });

  it('says whether anything was sent', async () => {
    const { context } = timed();
    const refused = new ModelCallError('busy', { failure: 'overloaded', dispatch: 'refused' });
    const model = withTimeout(scriptedModel([{ error: refused, delayMs: 100 }]), { timeoutMs: 50 });
    const error = await failureOf(model.generate({ messages, context }));
    expect(error).toMatchObject({ failure: 'timeout', dispatch: 'unknown' });
    const aborted = new AbortedError('left the queue');
    const unsent: Model = {
      ...scriptedModel([]),
      provider: 'test',
      modelId: 'unsent',
      specVersion: 1,
      capabilitiesFor: () => textCapabilities(),
      stream: () => {
        throw new Error('not asked');
      },
      generate: async ({ signal, context: inner }) => {
        await inner?.clock.sleep(100, signal).catch(() => undefined);
        throw aborted;
      },
    };
    expect(await failureOf(withTimeout(unsent, { timeoutMs: 50 }).generate({ messages, context }))).toMatchObject({
      dispatch: 'not-sent',
      charges: [],
    });
  });

  it.each([{}, { timeoutMs: 0 }, { timeoutMs: 2 ** 31 }, { firstTokenMs: Number.NaN }])('refuses %j', (options) => {
    expect(() => withTimeout(scriptedModel([]), options)).toThrow(InvalidOptionError);
  });
});
