import { defaultFetch } from '#default-fetch';
import { type Abortable, givenUpBy } from './abortable.ts';

/** What a body is posted with. */
export interface OutgoingOptions {
  readonly headers: { readonly [name: string]: string };
  /** The body, and how to write it again: it is kept only until it is first read, and rarely needed twice. */
  readonly text: string;
  readonly rewrite: () => string;
  readonly watch: Abortable & { readonly signal: AbortSignal };
}

/** Posts a body by a `fetch`. Our own is given a request that holds little while its answer is awaited. */
export async function post(
  address: { readonly url: string; readonly fetch: typeof globalThis.fetch | undefined },
  options: OutgoingOptions,
): Promise<Response> {
  const { url, fetch } = address;
  if (fetch === undefined) return defaultFetch(url, new Outgoing(options));
  const { headers, text, watch } = options;
  return fetch(url, { method: 'POST', headers, body: text, signal: watch.signal });
}

class Outgoing implements RequestInit {
  readonly method = 'POST';
  readonly headers: { readonly [name: string]: string };
  readonly [givenUpBy]: Abortable;
  readonly #watch: OutgoingOptions['watch'];
  readonly #rewrite: () => string;
  #text: string | undefined;

  constructor({ headers, text, rewrite, watch }: OutgoingOptions) {
    this.headers = headers;
    this[givenUpBy] = watch;
    this.#watch = watch;
    this.#rewrite = rewrite;
    this.#text = text;
  }

  get body(): string {
    const text = this.#text ?? this.#rewrite();
    this.#text = undefined;
    return text;
  }

  get signal(): AbortSignal {
    return this.#watch.signal;
  }
}
