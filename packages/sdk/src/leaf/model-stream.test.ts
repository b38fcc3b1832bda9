import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AbortedError } from '../errors/aborted-error.ts';
import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import type { GenerateResult } from '../spec/result.ts';
import type { StreamPart } from '../spec/stream.ts';
import { createModelStream, type StreamProducer } from './model-stream.ts';

const unhandled: unknown[] = [];
const note = (reason: unknown): void => {
  unhandled.push(reason);
};

beforeEach(() => {
  process.on('unhandledRejection', note);
});

afterEach(async () => {
  await settle();
  process.off('unhandledRejection', note);
  expect(unhandled.splice(0)).toEqual([]);
});

/** Lets everything go on that can, unhandled rejections included. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

function result(reason: string): GenerateResult {
  return {
    candidates: [],
    charges: [],
    decision: { status: 'unverified', reason },
    warnings: [],
    trace: { id: 't', kind: 'leaf', name: 'test', startedAtMs: 0, children: [] },
  };
}

const whole = result('whole');
const partial = result('partial');

/** Resolves when the signal fires, never without one. */
async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Pings, then waits for the abort that a test is about. */
const untilAborted: StreamProducer = async (push, signal) => {
  push({ type: 'start', warnings: [] });
  push({ type: 'ping' });
  await aborted(signal);
  push({ type: 'ping' });
  throw new AbortedError('aborted', { partial, cause: signal.reason });
};

const three: StreamProducer = async (push) => {
  push({ type: 'start', warnings: [] });
  await settle();
  push({ type: 'ping' });
  push({ type: 'ping' });
  return whole;
};

async function partsOf(stream: AsyncIterable<StreamPart>): Promise<readonly string[]> {
  const types: string[] = [];
  for await (const part of stream) types.push(part.type);
  return types;
}

describe('a stream', () => {
  it('starts when it is iterated or its result is read, and only once', async () => {
    let starts = 0;
    const stream = createModelStream(async (push, signal) => {
      starts += 1;
      return three(push, signal);
    }, undefined);
    await settle();
    expect(starts).toBe(0);
    const { result: first } = stream;
    expect(starts).toBe(1);
    expect(stream.result).toBe(first);
    expect(await partsOf(stream)).toEqual(['start', 'ping', 'ping', 'finish']);
    expect(await first).toBe(whole);
    expect(starts).toBe(1);
  });

  it('gives all parts and the result last, also to a loop that starts late', async () => {
    const stream = createModelStream(three, undefined);
    await stream.result;
    const parts: StreamPart[] = [];
    for await (const part of stream) parts.push(part);
    expect(parts.at(-1)).toEqual({ type: 'finish', result: whole });
    expect(parts.map((part) => part.type)).toEqual(['start', 'ping', 'ping', 'finish']);
  });

  it('refuses a second loop, which would get half of the parts', async () => {
    const stream = createModelStream(three, undefined);
    await partsOf(stream);
    await expect(partsOf(stream)).rejects.toThrow(InvalidOptionError);
    await expect(partsOf(stream)).rejects.toThrow('A stream can be iterated once');
  });

  it('aborts the producer on a break, and its result is the partial one', async () => {
    let seen: AbortSignal | undefined;
    const stream = createModelStream(async (push, signal) => {
      seen = signal;
      return untilAborted(push, signal);
    }, undefined);
    for await (const part of stream) {
      expect(part.type).toBe('start');
      break;
    }
    expect(seen?.aborted).toBe(true);
    expect(await stream.result).toBe(partial);
  });

  it('can be left while it waits for the next part', async () => {
    const stream = createModelStream(untilAborted, undefined);
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.next();
    const waiting = iterator.next();
    await iterator.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(await stream.result).toBe(partial);
  });

  it('can be left although the producer does not listen', async () => {
    const { promise, resolve } = Promise.withResolvers<GenerateResult>();
    const iterator = createModelStream(async () => promise, undefined)[Symbol.asyncIterator]();
    const waiting = iterator.next();
    await iterator.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    resolve(whole);
  });

  it('does not abort a producer that was heard out', async () => {
    let seen: AbortSignal | undefined;
    const stream = createModelStream(async (push, signal) => {
      seen = signal;
      return three(push, signal);
    }, undefined);
    for await (const part of stream) if (part.type === 'finish') break;
    expect(seen?.aborted).toBe(false);
  });

  it('fails in the loop and in its result when the caller aborts', async () => {
    const controller = new AbortController();
    const stream = createModelStream(untilAborted, controller.signal);
    const seen: string[] = [];
    const loop = (async () => {
      for await (const part of stream) {
        seen.push(part.type);
        if (part.type === 'ping') controller.abort(new Error('enough'));
      }
    })();
    await expect(loop).rejects.toThrow(AbortedError);
    await expect(stream.result).rejects.toMatchObject({ code: 'aborted', partial, cause: { message: 'enough' } });
    // What was pushed before the failure is still delivered.
    expect(seen).toEqual(['start', 'ping', 'ping']);
  });

  it('fails when the caller aborted, although the loop was left too', async () => {
    const controller = new AbortController();
    const stream = createModelStream(untilAborted, controller.signal);
    for await (const _ of stream) {
      controller.abort();
      break;
    }
    await expect(stream.result).rejects.toThrow(AbortedError);
  });

  it('passes on a failure that has nothing to do with the break', async () => {
    const stream = createModelStream(async (push, signal) => {
      push({ type: 'ping' });
      await aborted(signal);
      throw new Error('socket closed');
    }, undefined);
    for await (const _ of stream) break;
    await expect(stream.result).rejects.toThrow('socket closed');
  });

  it('leaves no unhandled rejection where nobody looks at the result', async () => {
    const failing = createModelStream(async () => {
      throw new Error('no');
    }, undefined);
    await expect(partsOf(failing)).rejects.toThrow('no');
    const left = createModelStream(async (push, signal) => {
      push({ type: 'ping' });
      await aborted(signal);
      throw new Error('no');
    }, undefined);
    for await (const _ of left) break;
    void createModelStream(async () => {
      throw new Error('no');
    }, undefined).result;
  });

  it('serves several waiting calls in order', async () => {
    const stream = createModelStream(three, undefined);
    const iterator = stream[Symbol.asyncIterator]();
    const parts = await Promise.all(Array.from({ length: 6 }, async () => iterator.next()));
    expect(parts.map(({ value }) => value?.type)).toEqual(['start', 'ping', 'ping', 'finish', undefined, undefined]);
  });
});
