import type { IncomingMessage } from 'node:http';
import { type Readable, pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Abortable } from './abortable.ts';
import { readNodeBody } from './node-body.ts';
import { type TextSource, textSource } from './text-source.ts';

const bodiless = new Set([101, 103, 204, 205, 304]);

/**
 * An answer of `node:http` as a `Response`. Its text can be had without a stream; whoever reads its body in the usual way
 * gets what a `Response` gives.
 */
export class NodeResponse implements Response, TextSource {
  readonly url: string;
  readonly #message: IncomingMessage;
  #headers: Headers | undefined;
  #body: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #usual: Response | undefined;
  #isRead = false;

  constructor(message: IncomingMessage, url: string) {
    this.#message = message;
    this.url = url;
    // A connection is free again only once its answer has been read, also one without a body.
    if (this[textSource] === null) message.resume();
  }

  get [textSource](): TextSource | null {
    return bodiless.has(this.status) ? null : this;
  }

  get status(): number {
    return this.#message.statusCode ?? 0;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get redirected(): false {
    return false;
  }

  get type(): 'default' {
    return 'default';
  }

  get statusText(): string {
    return this.#message.statusMessage ?? '';
  }

  get headers(): Headers {
    return (this.#headers ??= headersOf(this.#message.rawHeaders));
  }

  // A stream that takes nothing from the message until somebody reads it: libraries look at a body that they leave alone.
  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    if (this[textSource] === null) return null;
    return (this.#body ??= this.#lazyBody());
  }

  get contentType(): string | undefined {
    return headerOf(this.#message, 'content-type');
  }

  get bodyUsed(): boolean {
    return this.#isRead;
  }

  read(onText: (text: string) => boolean, signal: Abortable): Promise<void> {
    try {
      return readNodeBody(this.#take(), onText, signal);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  clone(): Response {
    return this.#asUsual().clone();
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#asUsual().arrayBuffer();
  }

  blob(): Promise<Blob> {
    return this.#asUsual().blob();
  }

  bytes(): ReturnType<Response['bytes']> {
    return this.#asUsual().bytes();
  }

  formData(): Promise<FormData> {
    return this.#asUsual().formData();
  }

  json(): Promise<unknown> {
    return this.#asUsual().json();
  }

  text(): Promise<string> {
    return this.#asUsual().text();
  }

  #asUsual(): Response {
    return (this.#usual ??= new Response(this.body, {
      status: this.status,
      statusText: this.statusText,
      headers: this.headers,
    }));
  }

  #lazyBody(): ReadableStream<Uint8Array<ArrayBuffer>> {
    let chunks: AsyncIterator<Uint8Array<ArrayBuffer>> | undefined;
    return new ReadableStream(
      {
        pull: async (controller) => {
          chunks ??= this.#take()[Symbol.asyncIterator]();
          const { done, value } = await chunks.next();
          if (done === true) controller.close();
          else controller.enqueue(value);
        },
        cancel: () => void this.#message.destroy(),
      },
      { highWaterMark: 0 },
    );
  }

  #take(): Readable {
    if (this.#isRead) throw new TypeError('The body was read already.');
    this.#isRead = true;
    return decoded(this.#message);
  }
}

// One header without the cost of all.
function headerOf({ rawHeaders }: IncomingMessage, name: string): string | undefined {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const each = rawHeaders[i] ?? '';
    if (each.length === name.length && each.toLowerCase() === name) return rawHeaders[i + 1];
  }
  return undefined;
}

function headersOf(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let i = 0; i < raw.length; i += 2) headers.append(raw[i] ?? '', raw[i + 1] ?? '');
  return headers;
}

/** Compression is not asked for, and some proxies compress all the same. */
function decoded(message: IncomingMessage): Readable {
  const decoder = decoderFor(headerOf(message, 'content-encoding'));
  // What breaks in the message breaks the decoder, which is where it is heard of.
  return decoder === undefined ? message : pipeline(message, decoder, () => undefined);
}

function decoderFor(encoding: string | undefined): ReturnType<typeof createGunzip> | undefined {
  switch (encoding?.toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return undefined;
  }
}
