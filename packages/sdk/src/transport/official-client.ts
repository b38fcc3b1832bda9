import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { postingSender } from './outgoing.ts';
import type { SendFailure } from './send-failure.ts';
import type { Sender } from './sender.ts';

/** What a request is sent with. */
export interface PostOptions {
  readonly body: object;
  readonly headers: { readonly [name: string]: string };
  readonly signal: AbortSignal;
  readonly stream: true;
  /** Milliseconds until the headers of the answer. */
  readonly timeout: number;
  readonly maxRetries: 0;
}

/** The part of the providers' official clients that is used. */
export interface OfficialClient {
  post(path: string, options: PostOptions): { asResponse(): Promise<Response> };
}

/** The part of an official client that was made here: what it builds its own requests with. */
export interface RequestBuilder {
  buildRequest(options: {
    readonly method: 'post';
    readonly path: string;
    readonly headers: { readonly [name: string]: string };
    readonly body: object;
  }): Promise<{ readonly req: { readonly headers: Headers }; readonly url: string }>;
}

/** Where and with which headers bodies are sent. */
export interface Endpoint {
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
}

// The library's own limit must not come before ours, which knows a live connection from a silent one.
const noTimeoutMs = 2 ** 31 - 1;

/** Sends by a user's client, which may do anything with a request: it builds and signs it, and answers to its own errors. */
export function sendingBy(
  client: OfficialClient,
  { path, headers }: Endpoint,
  {
    sendFailure,
    secrets,
  }: { readonly sendFailure: (error: unknown) => SendFailure; readonly secrets: () => readonly string[] },
): Sender {
  const always = { headers, stream: true, timeout: noTimeoutMs, maxRetries: 0 } as const;
  return {
    send: async ({ body, watch }) => client.post(path, { ...always, body, signal: watch.signal }).asResponse(),
    sendFailure,
    get secrets() {
      return secrets();
    },
  };
}

/**
 * Sends what a client of ours would: the library builds address, authentication and headers, once, as they are the same for
 * every body. Its way of sending, which guards each request with timers, finalizers and copies, costs more than the
 * request itself.
 */
export async function sendingAs(
  client: RequestBuilder,
  { path, headers, key }: Endpoint & { readonly key: string },
  fetch: typeof globalThis.fetch | undefined,
): Promise<Sender> {
  const built = await client.buildRequest({ method: 'post', path, headers, body: {} });
  return postingSender({ url: built.url, fetch, headers: Object.fromEntries(built.req.headers), secrets: [key] });
}

/** Refuses options that a client of the user's own already has. */
export function checkBesideClient(client: OfficialClient | undefined, options: object): void {
  if (client === undefined) return;
  const doubled = Object.entries(options).find(([, value]) => value !== undefined)?.[0];
  if (doubled === undefined) return;
  throw new InvalidOptionError(
    doubled,
    `${doubled} was given, and so was a client, which has its own. Give one of them.`,
  );
}
