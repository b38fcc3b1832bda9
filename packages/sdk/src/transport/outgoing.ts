import { defaultFetch } from '#default-fetch';
import { givenUpBy } from './abortable.ts';
import type { Sender, SentBody } from './sender.ts';
import { writeBody } from './write-body.ts';

/** Where bodies are posted to, and with what. */
export interface PostingOptions {
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly secrets: readonly string[];
  readonly fetch: typeof globalThis.fetch | undefined;
}

/** Posts bodies as JSON by a `fetch`. Our own is given a request that holds little while its answer is awaited. */
export function postingSender({ url, headers, secrets, fetch }: PostingOptions): Sender {
  return {
    secrets,
    send: ({ body, rewrite, watch }) => {
      const text = writeBody(body);
      return fetch === undefined
        ? defaultFetch(url, new Outgoing({ headers, text, rewrite, watch }))
        : fetch(url, { method: 'POST', headers, body: text, signal: watch.signal });
    },
  };
}

interface OutgoingOptions extends Pick<SentBody, 'rewrite' | 'watch'> {
  readonly headers: { readonly [name: string]: string };
  /** Kept only until it is first read, and rarely needed twice. */
  readonly text: string;
}

class Outgoing implements RequestInit {
  readonly headers: { readonly [name: string]: string };
  readonly [givenUpBy]: SentBody['watch'];
  readonly #rewrite: SentBody['rewrite'];
  #text: string | undefined;

  constructor({ headers, text, rewrite, watch }: OutgoingOptions) {
    this.headers = headers;
    this[givenUpBy] = watch;
    this.#rewrite = rewrite;
    this.#text = text;
  }

  get method(): 'POST' {
    return 'POST';
  }

  get body(): string {
    const text = this.#text ?? this.#rewrite();
    this.#text = undefined;
    return text;
  }

  get signal(): AbortSignal {
    return this[givenUpBy].signal;
  }
}
