import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Abortable } from './abortable.ts';

/** How long a body may take to end by itself once its reader has all it wants. */
const endMs = 250;

/**
 * Reads the text of a body. Settles when the body has ended; a reader that has enough gives it a moment to end by itself, and
 * then it is cut.
 */
export function readNodeBody(source: Readable, onText: (text: string) => boolean, signal: Abortable): Promise<void> {
  return new Promise((resolve, reject) => new Reading({ source, onText, signal, resolve, reject }).start());
}

const reading: unique symbol = Symbol('reading');

type ReadBody = Readable & { [reading]?: Reading };

interface ReadingOptions {
  readonly source: Readable;
  readonly onText: (text: string) => boolean;
  readonly signal: Abortable;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A body on its way. All bodies have the same listeners, which find this. */
class Reading {
  readonly #source: ReadBody;
  readonly #onText: (text: string) => boolean;
  readonly #signal: Abortable;
  readonly #resolve: () => void;
  readonly #reject: (error: unknown) => void;
  #decoder: StringDecoder | undefined;
  #cut: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor({ source, onText, signal, resolve, reject }: ReadingOptions) {
    this.#source = source;
    this.#onText = onText;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(): void {
    if (this.#signal.aborted) return this.fail(this.#signal.reason);
    // What broke before anybody listened is not told again.
    if (this.#source.destroyed) return this.fail(this.#source.errored ?? new Error('the connection was closed'));
    this.#signal.addEventListener('abort', this, { once: true });
    this.#source[reading] = this;
    this.#source.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  }

  /** The signal fired. */
  handleEvent(): void {
    this.fail(this.#signal.reason);
  }

  take(bytes: Buffer): void {
    this.#hand(this.#textOf(bytes));
  }

  end(): void {
    if (this.#decoder !== undefined) this.#hand(this.#decoder.end());
    this.#over();
  }

  fail(error: unknown): void {
    if (this.#isOver) return;
    if (this.#cut === undefined) this.#reject(error);
    this.#over();
    this.#source.destroy();
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#cut);
    this.#signal.removeEventListener('abort', this);
    this.#resolve();
  }

  #hand(text: string): void {
    if (text === '' || this.#cut !== undefined || this.#isOver) return;
    try {
      if (!this.#onText(text)) this.#cut = setTimeout(() => this.#source.destroy(), endMs);
    } catch (error) {
      this.fail(error);
    }
  }

  // Most reads end with a whole character, and a decoder costs a quarter of a kilobyte.
  #textOf(bytes: Buffer): string {
    if (this.#decoder === undefined && (bytes.at(-1) ?? 0) < 0x80) return bytes.toString();
    return (this.#decoder ??= new StringDecoder()).write(bytes);
  }
}

function onData(this: ReadBody, bytes: Buffer): void {
  this[reading]?.take(bytes);
}

function onEnd(this: ReadBody): void {
  this[reading]?.end();
}

function onError(this: ReadBody, error: unknown): void {
  this[reading]?.fail(error);
}

function onClose(this: ReadBody): void {
  this[reading]?.fail(new Error('the connection was closed'));
}
