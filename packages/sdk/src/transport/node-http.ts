import http from 'node:http';
import https from 'node:https';
import { flat } from '../leaf/flat.ts';
import { type Abortable, givenUpBy } from './abortable.ts';
import { NodeResponse } from './node-response.ts';

/** How long a connection may lie idle before it is closed. Servers that close theirs after 5 s are common. */
const idleSocketMs = 4000;

/** How long making a connection may take: finding the address, TCP, TLS and a proxy's tunnel together. */
const connectMs = 10_000;

/** How often one server may send a request on. */
const mostHops = 5;

/** Where a request goes, taken apart once for all requests to one address. */
interface Target {
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
interface PlainRequest {
  readonly target: Target;
  readonly method: string;
  /** Asked for its body each time the request is sent, so that nothing holds it meanwhile. */
  readonly init: RequestInit;
  readonly signal: Abortable | undefined;
  /** How often the server has sent it on already. */
  readonly hops: number;
}

/** Where connections come from. */
export interface NodeFetchOptions {
  /** Names the proxies: HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in either case. Used by Node from 24.5 and 22.21 on. */
  readonly environment: { readonly [name: string]: string | undefined };
  /** PEM certificates to trust instead of the usual ones. */
  readonly ca?: string;
}

/**
 * Makes a `fetch` over `node:http`, a third of the price of the global one, with a pool of its own. The pool has no limit: a
 * call never waits for another one's connection. Idle connections close after 4 s and keep no process alive.
 *
 * Unlike the global one it follows redirects only where the same server asks for the same request again (307, 308), asks for
 * no compression (and still reads what is compressed), and has no limit of time but 10 s for making the connection. What is no plain request (a `Request`, a streamed body,
 * another protocol) goes to the global one.
 *
 * A server may close an idle connection in the moment a request leaves on it. Nobody can tell from here whether it was
 * read, so such a failure is one of unknown outcome and not sent again; the short idle time makes it rare.
 */
export function createNodeFetch({ environment, ca }: NodeFetchOptions): typeof globalThis.fetch {
  const options = {
    keepAlive: true,
    maxFreeSockets: Number.POSITIVE_INFINITY,
    timeout: idleSocketMs,
    proxyEnv: environment,
  };
  const agents = {
    'http:': new http.Agent(options),
    'https:': new https.Agent({ ...options, ...(ca !== undefined && { ca }) }),
  };
  return (input, init = {}) => {
    try {
      const request = plainRequest(input, init);
      if (request === undefined) return globalThis.fetch(input, init);
      return send(request, request.target.isSecure ? agents['https:'] : agents['http:']);
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

/**
 * Where the same server wants the same request again; undefined for any other answer. Any other redirect is the answer itself:
 * a request with a key in it goes nowhere that its sender did not name.
 */
function redirection({ statusCode, headers }: http.IncomingMessage, from: Target): Target | undefined {
  const { location } = headers;
  if ((statusCode !== 307 && statusCode !== 308) || location === undefined) return undefined;
  if (!URL.canParse(location, from.href)) return undefined;
  const url = new URL(location, from.href);
  return url.origin === from.origin ? targetOf(url) : undefined;
}

let shared: typeof globalThis.fetch | undefined;

/** The transport of every hosted adapter on Node: one pool for the process, made when it is first used. */
export const defaultFetch: typeof globalThis.fetch = (input, init) => {
  shared ??= createNodeFetch({ environment: process.env });
  return shared(input, init);
};

function plainRequest(input: string | URL | Request, init: RequestInit): PlainRequest | undefined {
  if (typeof input !== 'string' && !(input instanceof URL)) return undefined;
  const target = plainTarget(String(input));
  if (target === undefined) return undefined;
  const { [givenUpBy]: watch } = init as { readonly [givenUpBy]?: Abortable };
  return { target, method: init.method ?? 'GET', init, signal: watch ?? init.signal ?? undefined, hops: 0 };
}

// Calls that follow one another mostly go to the same address.
let latest: { readonly address: string; readonly target: Target } | undefined;

function plainTarget(address: string): Target | undefined {
  if (latest?.address === address) return latest.target;
  const url = new URL(address);
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  const target = targetOf(url);
  latest = { address, target };
  return target;
}

function targetOf(url: URL): Target {
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

function send(plain: PlainRequest, agent: http.Agent): Promise<Response> {
  const { target, signal } = plain;
  if (signal?.aborted === true) return Promise.reject(signal.reason);
  const { body } = plain.init;
  return isPlainBody(body) ? post(plain, body, agent) : globalThis.fetch(target.href, plain.init);
}

function isPlainBody(body: RequestInit['body']): body is string | Uint8Array<ArrayBuffer> | null | undefined {
  return body == null || typeof body === 'string' || body instanceof Uint8Array;
}

function post(plain: PlainRequest, body: string | Uint8Array | null | undefined, agent: http.Agent): Promise<Response> {
  const { target } = plain;
  // By way of the module, so that who replaces its functions (tests do) is asked.
  const request = (target.isSecure ? https : http).request({
    agent,
    method: plain.method,
    hostname: target.hostname,
    port: target.port,
    path: target.path,
    headers: rawHeaders(plain, body),
  });
  const answer = answerTo(request, plain, agent);
  request.end(body ?? undefined);
  flattenHead(request);
  return answer;
}

// Apart from what sends, so that what listens does not hold the body.
function answerTo(request: http.ClientRequest, plain: PlainRequest, agent: http.Agent): Promise<Response> {
  const { target, signal } = plain;
  return new Promise((resolve, reject) => {
    let isConnected = false;
    let overdue: NodeJS.Timeout | undefined;
    const connected = (): void => {
      isConnected = true;
      clearTimeout(overdue);
      overdue = undefined;
    };
    request.on('socket', (socket) => {
      if (request.reusedSocket || !isStillConnecting(socket)) return connected();
      overdue = setTimeout(() => request.destroy(connectTimeout()), connectMs);
      socket.once(target.isSecure ? 'secureConnect' : 'connect', connected);
    });
    const abort = (): void => void request.destroy();
    signal?.addEventListener('abort', abort, { once: true });
    request.on('response', (message) => {
      const onward = plain.hops === mostHops ? undefined : redirection(message, target);
      if (onward === undefined) return resolve(new NodeResponse(message, target.href));
      message.resume();
      resolve(send({ ...plain, target: onward, hops: plain.hops + 1 }, agent));
    });
    request.on('error', (error) => {
      if (signal?.aborted === true) reject(signal.reason);
      else reject(new TypeError('fetch failed', { cause: isConnected ? error : neverConnected(error) }));
    });
    request.on('close', () => {
      clearTimeout(overdue);
      signal?.removeEventListener('abort', abort);
    });
  });
}

// Node keeps the head of a request for as long as the request, and puts it together from many pieces.
function flattenHead(request: http.ClientRequest): void {
  const { _header: head } = request as { readonly _header?: unknown };
  if (typeof head === 'string') flat(head);
}

/** Names and values in turn, as they go out: the cheapest that `node:http` takes. */
function rawHeaders({ target, init, method }: PlainRequest, body: string | Uint8Array | null | undefined): string[] {
  const raw = ['host', target.host];
  for (const [name, value] of pairsOf(init.headers)) raw.push(name, value);
  if (body != null || method !== 'GET') raw.push('content-length', String(Buffer.byteLength(body ?? '')));
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

function isStillConnecting(socket: { readonly connecting: boolean; readonly secureConnecting?: boolean }): boolean {
  return socket.connecting || socket.secureConnecting === true;
}

function connectTimeout(): Error {
  return Object.assign(new Error(`no connection within ${connectMs} ms`), { code: 'ETIMEDOUT' });
}

/** Whatever broke while the connection was made broke in making it: nothing was sent. */
function neverConnected(error: Error): Error {
  return Object.assign(error, { syscall: 'connect' });
}
