import http from 'node:http';
import https from 'node:https';
import { type Abortable, givenUpBy } from './abortable.ts';
import { sendPlain, type Target, targetOf } from './node-request.ts';

/** How long a connection may lie idle before it is closed. Servers that close theirs after 5 s are common. */
const idleSocketMs = 4000;

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
  const options = { keepAlive: true, maxFreeSockets: Number.POSITIVE_INFINITY, proxyEnv: environment };
  const insecure = timedWhileIdle(new http.Agent(options));
  const secure = timedWhileIdle(new https.Agent({ ...options, ...(ca !== undefined && { ca }) }));
  return (input, init = {}) => {
    try {
      const target = typeof input === 'string' || input instanceof URL ? plainTarget(String(input)) : undefined;
      if (target === undefined) return globalThis.fetch(input, init);
      const { [givenUpBy]: watch } = init as { readonly [givenUpBy]?: Abortable };
      const signal = watch ?? init.signal ?? undefined;
      return sendPlain({ target, agent: target.isSecure ? secure : insecure, init, signal, hops: 0 });
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

let shared: typeof globalThis.fetch | undefined;

/** The transport of every hosted adapter on Node: one pool for the process, made when it is first used. */
export const defaultFetch: typeof globalThis.fetch = (input, init) => {
  shared ??= createNodeFetch({ environment: process.env });
  return shared(input, init);
};

/** What of an agent its types leave out. */
interface Keeping {
  readonly options: { timeout?: number | undefined };
  keepSocketAlive(socket: unknown): boolean;
}

// An agent with a limit of time watches every connection from its first byte on, which costs a call in flight half a kilobyte.
function timedWhileIdle<Any extends http.Agent>(agent: Any): Any {
  const keeping = agent as Any & Keeping;
  const keep = keeping.keepSocketAlive;
  keeping.keepSocketAlive = function (socket) {
    this.options.timeout = idleSocketMs;
    try {
      return keep.call(this, socket);
    } finally {
      this.options.timeout = undefined;
    }
  };
  return agent;
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
