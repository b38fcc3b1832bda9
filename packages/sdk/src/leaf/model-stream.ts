import { AbortedError } from '../errors/aborted-error.ts';
import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import type { GenerateResult } from '../spec/result.ts';
import type { ModelStream, StreamPart } from '../spec/stream.ts';

/** Does the work of a stream: pushes parts while it runs and gives the result at the end. */
export type StreamProducer = (push: (part: StreamPart) => void, signal: AbortSignal) => Promise<GenerateResult>;

/**
 * Makes a stream of a producer. The producer starts when the stream is first iterated or its result first read.
 *
 * Leaving the loop early aborts the producer, also while it is silent; `result` then resolves with what was produced. When
 * the caller's own signal fires, the loop and `result` both fail with `AbortedError`.
 *
 * @throws InvalidOptionError when the stream is iterated a second time.
 */
export function createModelStream(producer: StreamProducer, callerSignal: AbortSignal | undefined): ModelStream {
  return new ProducedStream(producer, callerSignal);
}

const pushInto: unique symbol = Symbol.for('tollgate.push-into') as never;

/**
 * Hands the parts of a stream that nobody has read on as they come, its end apart, and gives its result. Between our own streams
 * no part waits in a queue for its turn.
 */
export async function forwardStream(stream: ModelStream, push: (part: StreamPart) => void): Promise<GenerateResult> {
  const direct = (stream as Partial<ProducedStream>)[pushInto];
  if (direct !== undefined) return direct.call(stream as ProducedStream, push);
  for await (const part of stream) if (part.type !== 'finish') push(part);
  return stream.result;
}

class ProducedStream implements ModelStream {
  readonly #producer: StreamProducer;
  readonly #callerSignal: AbortSignal | undefined;
  /** Given up by its reader, who left the loop. */
  #left: AbortController | undefined;
  #queue: StreamPart[] = [];
  #news: PromiseWithResolvers<void> | undefined;
  #forward: ((part: StreamPart) => void) | undefined;
  #isRead = false;
  #settled = false;
  #result: Promise<GenerateResult> | undefined;

  constructor(producer: StreamProducer, callerSignal: AbortSignal | undefined) {
    this.#producer = producer;
    this.#callerSignal = callerSignal;
  }

  get result(): Promise<GenerateResult> {
    return (this.#result ??= this.#start());
  }

  /** Starts the producer and hands its parts to `push` at once, in place of an iterator. */
  [pushInto](push: (part: StreamPart) => void): Promise<GenerateResult> {
    this.#isRead = true;
    this.#forward = push;
    return this.result;
  }

  // By hand and not as a generator: a generator cannot be left before the part that it waits for has come.
  [Symbol.asyncIterator](): AsyncIterator<StreamPart, undefined, undefined> {
    if (this.#isRead) {
      throw new InvalidOptionError(
        'stream',
        'A stream can be iterated once, and this one was. Keep its parts, or read its result.',
      );
    }
    this.#isRead = true;
    const { result } = this;
    let ended = false;
    let position = 0;
    const next = async (): Promise<IteratorResult<StreamPart, undefined>> => {
      while (!ended) {
        const part = this.#queue[position];
        if (part !== undefined) {
          position += 1;
          return { done: false, value: part };
        }
        this.#queue = [];
        position = 0;
        if (this.#settled) {
          ended = true;
          return { done: false, value: { type: 'finish', result: await result } };
        }
        await (this.#news ??= Promise.withResolvers()).promise;
      }
      return { done: true, value: undefined };
    };
    return {
      next,
      return: async () => {
        if (!ended) {
          ended = true;
          this.#left?.abort(new BrokeOff());
          this.#rouse();
        }
        return { done: true, value: undefined };
      },
    };
  }

  #start(): Promise<GenerateResult> {
    const push =
      this.#forward ??
      ((part: StreamPart): void => {
        this.#queue.push(part);
        this.#rouse();
      });
    const { signal, release } = this.#signal();
    const result = this.#producer(push, signal)
      .catch((error: unknown) => {
        const brokeOff = this.#left?.signal.aborted === true && !(this.#callerSignal?.aborted ?? false);
        if (brokeOff && AbortedError.isInstance(error) && error.partial !== undefined) return error.partial;
        throw error;
      })
      .finally(() => {
        release();
        this.#settled = true;
        this.#rouse();
      });
    // A caller who only iterates learns of a failure there; the promise must not count as unhandled.
    result.catch(() => undefined);
    return result;
  }

  /** Fires with the caller's signal, and when the reader leaves; what is handed on whole has no reader who could. */
  #signal(): { readonly signal: AbortSignal; readonly release: () => void } {
    const outer = this.#callerSignal;
    if (outer !== undefined && this.#forward !== undefined) return { signal: outer, release: nothing };
    const left = new AbortController();
    this.#left = left;
    if (outer === undefined) return { signal: left.signal, release: nothing };
    // By hand: AbortSignal.any costs several times as much, and this stream knows when it is over.
    const follow = (): void => left.abort(outer.reason);
    outer.addEventListener('abort', follow, { once: true });
    if (outer.aborted) follow();
    return { signal: left.signal, release: () => outer.removeEventListener('abort', follow) };
  }

  #rouse(): void {
    this.#news?.resolve();
    this.#news = undefined;
  }
}

function nothing(): void {}

class BrokeOff extends Error {
  override readonly name = 'BrokeOff';
  override readonly message = 'The stream was left before its end.';
}
