import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import type { Message } from '../spec/content.ts';
import type { Model } from '../spec/model.ts';
import type { ModelStream, StreamPart } from '../spec/stream.ts';
import { type GenerateTextOptions, textRequest } from './text-request.ts';
import { type TextResult, textResult } from './text-result.ts';

/** Options of a stream: those of `generateText` but `samples`, because one answer is shown. */
export type StreamTextOptions = Omit<GenerateTextOptions, 'samples' | 'firstSample'>;

/** An answer as it is written. Iterate it for all its parts, or `textStream` for its text; once, either way. */
export interface TextStream extends AsyncIterable<StreamPart> {
  /** The text of the answer, piece by piece. */
  readonly textStream: AsyncIterable<string>;
  /** Settles also after a `break`: what ran is charged, and the partial answer is in it. */
  readonly result: Promise<TextResult>;
  readonly text: Promise<string>;
  /** US dollars of every attempt, or undefined where one of them has no price. */
  readonly costUsd: Promise<number | undefined>;
}

/**
 * Asks any model for text and gives it as it is written. Nothing is sent before the stream is iterated or one of its
 * promises is read.
 *
 * @throws InvalidOptionError when both `scopes` and `context` are given, or several samples are asked for. What
 * `Model.generate` throws is thrown by the loop and by the promises.
 *
 * @example
 * const stream = streamText(model, 'Tell a story.');
 * for await (const text of stream.textStream) process.stdout.write(text);
 * console.log(await stream.costUsd);
 */
export function streamText(
  model: Model,
  prompt: string | readonly Message[],
  options: StreamTextOptions = {},
): TextStream {
  const request = textRequest(prompt, options);
  if ((request.samples ?? 1) !== 1) {
    throw new InvalidOptionError(
      'samples',
      `streamText shows one answer as it is written, received samples: ${request.samples}. Use model.stream for several.`,
    );
  }
  return new ReadStream(model.stream(request));
}

class ReadStream implements TextStream {
  readonly #stream: ModelStream;
  #result: Promise<TextResult> | undefined;

  constructor(stream: ModelStream) {
    this.#stream = stream;
  }

  [Symbol.asyncIterator](): AsyncIterator<StreamPart> {
    return this.#stream[Symbol.asyncIterator]();
  }

  get textStream(): AsyncIterable<string> {
    return { [Symbol.asyncIterator]: () => new TextIterator(this.#stream[Symbol.asyncIterator]()) };
  }

  get result(): Promise<TextResult> {
    return (this.#result ??= this.#stream.result.then(textResult));
  }

  get text(): Promise<string> {
    return this.result.then(({ text }) => text);
  }

  get costUsd(): Promise<number | undefined> {
    return this.result.then(({ costUsd }) => costUsd);
  }
}

// By hand, as the stream's own iterator: a generator could not be left while it waits.
class TextIterator implements AsyncIterator<string, undefined> {
  readonly #parts: AsyncIterator<StreamPart>;

  constructor(parts: AsyncIterator<StreamPart>) {
    this.#parts = parts;
  }

  async next(): Promise<IteratorResult<string, undefined>> {
    for (;;) {
      const { done, value } = await this.#parts.next();
      if (done === true) return { done: true, value: undefined };
      if (value.type === 'text-delta' && value.text !== '') return { done: false, value: value.text };
    }
  }

  async return(): Promise<IteratorResult<string, undefined>> {
    await this.#parts.return?.();
    return { done: true, value: undefined };
  }
}
