import http from 'node:http';
import https from 'node:https';
import type { Abortable } from './abortable.ts';
import { NodeResponse } from './node-response.ts';

/** How long making a connection may take: finding the address, TCP, TLS and a proxy's tunnel together. */
const connectMs = 10_000;

/** How often one server may send a request on. */
const mostHops = 5;

/** Where a request goes, taken apart once for all requests to one address. */
export interface Target {
  readonly href: string;
  readonly origin: string;
  readonly isSecure: boolean;
  /** As the header names it. */
  readonly host: string;
  readonly hostname: string;
  readonly port: string;
  readonly path: string;
}

/** What is sent where the request is a plain one. */
export interface PlainRequest {
  readonly target: Target;
  readonly agent: http.Agent;
  /** Asked for its body each time the request is sent, so that nothing holds it meanwhile. */
  readonly init: RequestInit;
  readonly signal: Abortable | undefined;
  /** How often the server has sent it on already. */
  readonly hops: number;
}

/** Takes an address apart. */
export function targetOf(url: URL): Target {
  return {
    href: url.href,
    origin: url.origin,
    isSecure: url.protocol === 'https:',
    host: url.host,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port,
    path: url.pathname + url.search,
  };
}

/** Sends a request and gives its answer, as `fetch` does. */
export function sendPlain(plain: PlainRequest): Promise<Response> {
  const { target, init, signal } = plain;
  if (signal?.aborted === true) return Promise.reject(signal.reason);
  const { body } = init;
  if (!isPlainBody(body)) return globalThis.fetch(target.href, init);
  return new Promise((resolve, reject) => new Sending(plain, resolve, reject).start(body));
}

type PlainBody = string | Uint8Array<ArrayBuffer> | null | undefined;

function isPlainBody(body: RequestInit['body']): body is PlainBody {
  return body == null || typeof body === 'string' || body instanceof Uint8Array;
}

const sending: unique symbol = Symbol('sending');

type SentRequest = http.ClientRequest & { [sending]?: Sending };

/** A request on its way. All requests have the same listeners, which find this: closures of its own would be most of what it holds. */
class Sending {
  readonly #target: Target;
  readonly #agent: http.Agent;
  readonly #signal: Abortable | undefined;
  readonly #hops: number;
  #init: RequestInit | undefined;
  #resolve: ((response: Response | Promise<Response>) => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;
  #request: http.ClientRequest | undefined;
  /** Ends the wait for a connection; undefined while there is none to wait for, null once it is made. */
  #overdue: NodeJS.Timeout | null | undefined;

  constructor(
    { target, agent, init, signal, hops }: PlainRequest,
    resolve: (response: Response | Promise<Response>) => void,
    reject: (error: unknown) => void,
  ) {
    this.#target = target;
    this.#agent = agent;
    this.#signal = signal;
    this.#hops = hops;
    this.#init = init;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(body: PlainBody): void {
    const { isSecure, hostname, port, path } = this.#target;
    const { method = 'GET' } = this.#init ?? {};
    const headers = rawHeaders(this.#target, this.#init?.headers);
    if (body != null || method !== 'GET') headers.push('content-length', String(Buffer.byteLength(body ?? '')));
    // By way of the module, so that who replaces its functions (tests do) is asked.
    const { request: ask } = isSecure ? https : http;
    const request: SentRequest = ask({ agent: this.#agent, method, hostname, port, path, headers });
    request[sending] = this;
    this.#request = request;
    request.on('socket', onSocket).on('response', onResponse).on('error', onError).on('close', onClose);
    this.#signal?.addEventListener('abort', this, { once: true });
    request.end(body ?? undefined);
    // What went out is not needed again, and both are held for as long as the request and its connection.
    headers.length = 0;
    forgetHead(request);
  }

  /** The signal fired. */
  handleEvent(): void {
    this.#request?.destroy();
  }

  attached(socket: Connection): void {
    if (this.#request?.reusedSocket === true || !isStillConnecting(socket)) return this.#connected();
    this.#overdue = setTimeout(() => this.#request?.destroy(connectTimeout()), connectMs);
    socket.once(this.#target.isSecure ? 'secureConnect' : 'connect', () => this.#connected());
  }

  answered(message: http.IncomingMessage): void {
    const onward = this.#hops === mostHops ? undefined : redirection(message, this.#target);
    if (onward === undefined) this.#resolve?.(new NodeResponse(message, this.#target.href));
    else {
      message.resume();
      this.#resolve?.(this.#sendOn(onward));
    }
    this.#init = undefined;
    this.#resolve = undefined;
    this.#reject = undefined;
  }

  failed(error: Error): void {
    if (this.#signal?.aborted === true) this.#reject?.(this.#signal.reason);
    else
      this.#reject?.(new TypeError('fetch failed', { cause: this.#overdue === null ? error : neverConnected(error) }));
  }

  closed(): void {
    clearTimeout(this.#overdue ?? undefined);
    this.#signal?.removeEventListener('abort', this);
  }

  #connected(): void {
    clearTimeout(this.#overdue ?? undefined);
    this.#overdue = null;
  }

  #sendOn(target: Target): Promise<Response> {
    const plain = { agent: this.#agent, init: this.#init ?? {}, signal: this.#signal };
    return sendPlain({ ...plain, target, hops: this.#hops + 1 });
  }
}

type Connection = NodeJS.EventEmitter & { readonly connecting: boolean; readonly secureConnecting?: boolean };

function onSocket(this: SentRequest, socket: Connection): void {
  this[sending]?.attached(socket);
}

function onResponse(this: SentRequest, message: http.IncomingMessage): void {
  this[sending]?.answered(message);
}

function onError(this: SentRequest, error: Error): void {
  this[sending]?.failed(error);
}

function onClose(this: SentRequest): void {
  this[sending]?.closed();
}

/** Names and values in turn, as they go out: the cheapest that `node:http` takes. */
function rawHeaders({ host }: Target, headers: RequestInit['headers']): string[] {
  const raw = ['host', host];
  for (const [name, value] of pairsOf(headers)) raw.push(name, value);
  return raw;
}

function pairsOf(headers: RequestInit['headers'] = {}): Iterable<readonly [string, string]> {
  if (headers instanceof Headers) return headers;
  // Several values of one name stand in one list, and only `Headers` reads every way to say that.
  const entries = Object.entries(headers as { readonly [name: string]: unknown });
  const isRecord =
    !Array.isArray(headers) && entries.every((entry): entry is [string, string] => typeof entry[1] === 'string');
  return isRecord ? entries : new Headers(headers);
}

// Node looks only whether there is a head once it has handed it to the socket.
function forgetHead(request: http.ClientRequest & { _header?: unknown }): void {
  if (typeof request._header === 'string') request._header = 'sent';
}

/**
 * Where the same server wants the same request again; undefined for any other answer. Any other redirect is the answer itself:
 * a request with a key in it goes nowhere that its sender did not name.
 */
function redirection(message: http.IncomingMessage, from: Target): Target | undefined {
  if (message.statusCode !== 307 && message.statusCode !== 308) return undefined;
  const { location } = message.headers;
  if (location === undefined || !URL.canParse(location, from.href)) return undefined;
  const url = new URL(location, from.href);
  return url.origin === from.origin ? targetOf(url) : undefined;
}

function isStillConnecting({ connecting, secureConnecting }: Connection): boolean {
  return connecting || secureConnecting === true;
}

function connectTimeout(): Error {
  return Object.assign(new Error(`no connection within ${connectMs} ms`), { code: 'ETIMEDOUT' });
}

/** Whatever broke while the connection was made broke in making it: nothing was sent. */
function neverConnected(error: Error): Error {
  return Object.assign(error, { syscall: 'connect' });
}
