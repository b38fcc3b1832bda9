import type { Abortable } from './abortable.ts';

/** On responses of transports that hand their text on without a stream in between. */
export const textSource: unique symbol = Symbol.for('tollgate.text-source') as never;

/** A body that its owner pushes. It can be read once, and not beside `response.body`. */
export interface TextSource {
  readonly contentType: string | undefined;
  /**
   * Hands the text on, network read by network read; characters that a read splits arrive whole. Settles when the body has
   * ended, as `readBody` does.
   */
  read(onText: (text: string) => boolean, signal: Abortable): Promise<void>;
}

/** The fastest way to read a response: pushed text where its transport has it, else the stream; null where there is no body. */
export function bodyOf(response: Response): TextSource | ReadableStream<Uint8Array> | null {
  const source = (response as { readonly [textSource]?: TextSource | null })[textSource];
  return source === undefined ? response.body : source;
}
