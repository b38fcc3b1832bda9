import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { post } from './outgoing.ts';
import type { Watchdog } from './watchdog.ts';
import { writeBody } from './write-body.ts';

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

/** A body, and how to make it again once it was sent. */
export interface SentBody {
  readonly body: object;
  readonly remake: () => object;
}

/** Sends a body and gives the answer, its body unread. */
export type SendBody = (sent: SentBody, watch: Watchdog) => Promise<Response>;

/** Sends one body. By itself, so that nothing else that lives as long as the call holds the body. */
export function sendingOf(send: SendBody, sent: SentBody): (watch: Watchdog) => Promise<Response> {
  return (watch) => send(sent, watch);
}

/** Where and with which headers bodies are sent. */
export interface Endpoint {
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
}

// The library's own limit must not come before ours, which knows a live connection from a silent one.
const noTimeoutMs = 2 ** 31 - 1;

/** Sends by a user's client, which may do anything with a request: it builds and signs it, and answers to its own errors. */
export function sendingBy(client: OfficialClient, { path, headers }: Endpoint): SendBody {
  const always = { headers, stream: true, timeout: noTimeoutMs, maxRetries: 0 } as const;
  return async ({ body }, { signal }) => client.post(path, { ...always, body, signal }).asResponse();
}

/**
 * Sends what a client of ours would: the library builds address, authentication and headers, once, as they are the same for
 * every body. Its way of sending, which guards each request with timers, finalizers and copies, costs more than the
 * request itself.
 */
export async function sendingAs(
  client: RequestBuilder,
  { path, headers }: Endpoint,
  fetch: typeof globalThis.fetch | undefined,
): Promise<SendBody> {
  const built = await client.buildRequest({ method: 'post', path, headers, body: {} });
  const sent = Object.fromEntries(built.req.headers);
  return async ({ body, remake }, watch) =>
    post({ url: built.url, fetch }, { headers: sent, text: writeBody(body), rewrite: writing(remake), watch });
}

/** Gives the one sender of a key. Calls that start together share it, and one that cannot be made is tried again by the next. */
export function oneForEachKey(make: (key: string) => Promise<SendBody>): (key: string) => Promise<SendBody> {
  let latest: { readonly key: string; readonly sender: Promise<SendBody> } | undefined;
  return (key) => {
    if (latest?.key === key) return latest.sender;
    const made = { key, sender: make(key) };
    latest = made;
    made.sender.catch(() => {
      if (latest === made) latest = undefined;
    });
    return made.sender;
  };
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

// By itself, so that it holds nothing but how the body is made.
function writing(make: () => object): () => string {
  return () => writeBody(make());
}
