import { AbortedError } from '../errors/aborted-error.ts';
import type { GenerateResult } from '../spec/result.ts';
import type { ModelStream, StreamPart } from '../spec/stream.ts';

/** Does the work of a stream: pushes parts while it runs and gives the result at the end. */
export type StreamProducer = (push: (part: StreamPart) => void, signal: AbortSignal) => Promise<GenerateResult>;

/**
 * Makes a stream of a producer. The producer starts when the stream is first iterated or its result first read.
 *
 * Leaving the loop early aborts the producer; `result` then resolves with what was produced. When the caller's own signal
 * fires, the loop and `result` both fail with `AbortedError`.
 */
export function createModelStream(producer: StreamProducer, callerSignal: AbortSignal | undefined): ModelStream {
  return new ProducedStream(producer, callerSignal);
}

class ProducedStream implements ModelStream {
  readonly #producer: StreamProducer;
  readonly #callerSignal: AbortSignal | undefined;
  readonly #controller = new AbortController();
  #queue: StreamPart[] = [];
  #wake: (() => void) | undefined;
  #settled = false;
  #result: Promise<GenerateResult> | undefined;

  constructor(producer: StreamProducer, callerSignal: AbortSignal | undefined) {
    this.#producer = producer;
    this.#callerSignal = callerSignal;
  }

  get result(): Promise<GenerateResult> {
    return (this.#result ??= this.#start());
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StreamPart, void, undefined> {
    const result = this.result;
    let finished = false;
    try {
      for (;;) {
        while (this.#queue.length > 0) {
          const parts = this.#queue;
          this.#queue = [];
          yield* parts;
        }
        if (this.#settled) break;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      const value = await result;
      finished = true;
      yield { type: 'finish', result: value };
    } finally {
      if (!finished) this.#controller.abort(new BrokeOff());
    }
  }

  #start(): Promise<GenerateResult> {
    const signal =
      this.#callerSignal === undefined
        ? this.#controller.signal
        : AbortSignal.any([this.#callerSignal, this.#controller.signal]);
    const push = (part: StreamPart): void => {
      if (this.#controller.signal.aborted) return;
      this.#queue.push(part);
      this.#rouse();
    };
    const result = this.#producer(push, signal)
      .catch((error: unknown) => {
        const brokeOff = this.#controller.signal.aborted && !(this.#callerSignal?.aborted ?? false);
        if (brokeOff && error instanceof AbortedError && error.partial !== undefined) return error.partial;
        throw error;
      })
      .finally(() => {
        this.#settled = true;
        this.#rouse();
      });
    // A caller who only iterates learns of a failure there; the promise must not count as unhandled.
    result.catch(() => undefined);
    return result;
  }

  #rouse(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

class BrokeOff extends Error {
  override readonly name = 'BrokeOff';
  override readonly message = 'The stream was left before its end.';
}
