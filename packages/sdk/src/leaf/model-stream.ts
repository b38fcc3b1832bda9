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
export function forwardStream(stream: ModelStream, push: (part: StreamPart) => void): Promise<GenerateResult> {
  const direct = (stream as Partial<ProducedStream>)[pushInto];
  return direct === undefined ? readInto(push, stream) : direct.call(stream as ProducedStream, push);
}

async function readInto(push: (part: StreamPart) => void, stream: ModelStream): Promise<GenerateResult> {
  for await (const part of stream) if (part.type !== 'finish') push(part);
  return stream.result;
}

class ProducedStream implements ModelStream {
  readonly #producer: StreamProducer;
  readonly #callerSignal: AbortSignal | undefined;
  #parts: Parts | undefined;
  #isRead = false;
  #result: Promise<GenerateResult> | undefined;

  constructor(producer: StreamProducer, callerSignal: AbortSignal | undefined) {
    this.#producer = producer;
    this.#callerSignal = callerSignal;
  }

  get result(): Promise<GenerateResult> {
    return (this.#result ??= this.#start());
  }

  /** Starts the producer and hands its parts to `push` at once, in place of an iterator: there is no reader who could leave. */
  [pushInto](push: (part: StreamPart) => void): Promise<GenerateResult> {
    this.#isRead = true;
    return (this.#result ??= this.#producer(push, this.#callerSignal ?? new AbortController().signal));
  }

  [Symbol.asyncIterator](): AsyncIterator<StreamPart, undefined, undefined> {
    if (this.#isRead) {
      throw new InvalidOptionError(
        'stream',
        'A stream can be iterated once, and this one was. Keep its parts, or read its result.',
      );
    }
    this.#isRead = true;
    this.#parts ??= new Parts();
    this.#result ??= this.#start();
    return this.#parts;
  }

  #start(): Promise<GenerateResult> {
    const parts = (this.#parts ??= new Parts());
    parts.follow(this.#callerSignal);
    return this.#producer((part) => parts.push(part), parts.signal).then(
      (result) => {
        this.#settle(parts);
        return result;
      },
      (error: unknown) => {
        // A caller who only iterates learns of a failure there; the promise must not count as unhandled.
        this.result.catch(ignore);
        this.#settle(parts);
        const brokeOff = parts.signal.aborted && this.#callerSignal?.aborted !== true;
        if (brokeOff && AbortedError.isInstance(error) && error.partial !== undefined) return error.partial;
        throw error;
      },
    );
  }

  #settle(parts: Parts): void {
    this.#callerSignal?.removeEventListener('abort', parts);
    parts.end(this.result);
  }
}

/** The parts that wait to be read, or the reader who waits for one. */
// By hand and not as a generator: a generator cannot be left before the part that it waits for has come.
class Parts implements AsyncIterator<StreamPart, undefined, undefined> {
  /** Aborted when the reader leaves, or with the caller's signal. */
  readonly #left = new AbortController();
  #queue: StreamPart[] | undefined;
  #position = 0;
  #wake: ((part: Read | Promise<Read>) => void) | undefined;
  #waiting: Promise<Read> | undefined;
  #result: Promise<GenerateResult> | undefined;
  #isOver = false;

  get signal(): AbortSignal {
    return this.#left.signal;
  }

  // By hand: AbortSignal.any costs several times as much, and a stream knows when it is over.
  follow(signal: AbortSignal | undefined): void {
    signal?.addEventListener('abort', this, { once: true });
    if (signal?.aborted === true) this.#left.abort(signal.reason);
  }

  /** The caller's signal fired. */
  handleEvent({ target }: Event): void {
    this.#left.abort((target as AbortSignal).reason);
  }

  push(part: StreamPart): void {
    if (this.#wake !== undefined) this.#rouse({ done: false, value: part });
    else (this.#queue ??= []).push(part);
  }

  /** No part comes after this. */
  end(result: Promise<GenerateResult>): void {
    this.#result = result;
    if (this.#wake !== undefined) this.#rouse(this.#last(result));
  }

  next(): Promise<Read> {
    if (this.#isOver) return Promise.resolve(over);
    const part = this.#queue?.[this.#position];
    if (part !== undefined) {
      this.#position += 1;
      return Promise.resolve({ done: false, value: part });
    }
    this.#queue = undefined;
    this.#position = 0;
    if (this.#result !== undefined) return this.#last(this.#result);
    const again = (): Promise<Read> => this.next();
    // Who asks before the last one was answered waits for that one too.
    this.#waiting =
      this.#wake === undefined || this.#waiting === undefined
        ? new Promise((resolve) => {
            this.#wake = resolve;
          })
        : this.#waiting.then(again, again);
    return this.#waiting;
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    if (this.#isOver) return over;
    this.#isOver = true;
    this.#left.abort(new BrokeOff());
    this.#rouse(over);
    return over;
  }

  async #last(result: Promise<GenerateResult>): Promise<Read> {
    this.#isOver = true;
    return { done: false, value: { type: 'finish', result: await result } };
  }

  #rouse(read: Read | Promise<Read>): void {
    const wake = this.#wake;
    this.#wake = undefined;
    this.#waiting = undefined;
    wake?.(read);
  }
}

type Read = IteratorResult<StreamPart, undefined>;

const over: IteratorReturnResult<undefined> = { done: true, value: undefined };

function ignore(): void {}

class BrokeOff extends Error {
  override readonly name = 'BrokeOff';
  override readonly message = 'The stream was left before its end.';
}
