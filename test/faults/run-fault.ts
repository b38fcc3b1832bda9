import { createServer, request as httpRequest, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type Model, rootContext, guardedContext, type GenerateResult, type SpendGuard } from '@tollgate/sdk';
import { anthropic } from '@tollgate/sdk/anthropic';
import { openai } from '@tollgate/sdk/openai';
import { openaiCompatible } from '@tollgate/sdk/openai-compatible';
import { type ProviderServer, startProviderServer } from '@tollgate/sdk/testing';
import { createNodeFetch } from '@tollgate/sdk/node';
import { answerText, type Fault } from './fault-table.ts';

const apiKey = 'sk-not-for-anybody';

interface Address {
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
}

interface Options {
  readonly retry: false | { readonly baseDelayMs: number };
  readonly idleTimeoutMs?: number;
  readonly timeoutMs?: number;
}

/** The hosted adapters, over every wire. */
export const adapters: Readonly<Record<string, (address: Address, options: Options) => Model>> = {
  'openai, Responses': ({ url, fetch }, options) =>
    openai('gpt-6-luna', { baseUrl: `${url}/v1`, apiKey, fetch, ...options }),
  'openai, chat': ({ url, fetch }, options) =>
    openai('gpt-4.1', { api: 'chat', baseUrl: `${url}/v1`, apiKey, fetch, ...options }),
  anthropic: ({ url, fetch }, options) => anthropic('claude-sonnet-5', { baseUrl: url, apiKey, fetch, ...options }),
  'openai-compatible': ({ url, fetch }, options) =>
    openaiCompatible('m', { baseUrl: `${url}/v1`, apiKey, fetch, ...options }),
};

/** What a call under a fault came to. */
export interface FaultRun {
  readonly result: GenerateResult | undefined;
  readonly error: unknown;
  /** Requests that were handed to the network. */
  readonly sends: number;
  /** Attempts that were admitted and neither settled nor released. */
  readonly holds: number;
  /** Sockets of the server that are still open once the call has ended. */
  readonly socketsLeft: () => Promise<number>;
}

/** Runs one call against a server with the fault. With `heals`, only the first request meets it. */
export async function runFault(
  fault: Fault,
  adapter: (address: Address, options: Options) => Model,
  { retry, heals }: { readonly retry: boolean; readonly heals: boolean },
): Promise<FaultRun & AsyncDisposable> {
  const { replies = () => answerText, aborts } = fault;
  let requests = 0;
  const server = await startProviderServer({
    replies: (call) => {
      requests += 1;
      if (heals && requests > 1) return answerText;
      return typeof replies === 'function' ? replies(call) : (replies[requests - 1] ?? answerText);
    },
  });
  const place = await placeOf(fault, server);
  let sends = 0;
  const fetch: typeof globalThis.fetch = (input, init) => {
    sends += 1;
    return place.fetch(input, init);
  };
  const { idleTimeoutMs, timeoutMs } = fault;
  const model = adapter(
    { url: place.url, fetch },
    {
      retry: retry ? { baseDelayMs: 0 } : false,
      ...(idleTimeoutMs !== undefined && { idleTimeoutMs }),
      ...(timeoutMs !== undefined && { timeoutMs }),
    },
  );
  const guard = countingGuard();
  const controller = new AbortController();
  const stream = model.stream({
    messages: [{ role: 'user', content: 'Name a prime.' }],
    ...(model.capabilitiesFor().efforts.includes('none') && { effort: 'none' }),
    signal: controller.signal,
    context: guardedContext(rootContext(), guard),
  });
  if (aborts === 'before the headers') void seen(server).then(() => controller.abort());
  let result: GenerateResult | undefined;
  let error: unknown;
  try {
    let text = '';
    for await (const part of stream) {
      if (part.type === 'text-delta') text += part.text;
      if (aborts === 'in the middle' && text === answerText) controller.abort();
    }
    result = await stream.result;
  } catch (reason) {
    error = reason;
  }
  return {
    result,
    error,
    sends,
    holds: guard.holds,
    socketsLeft: async () => {
      for (let tries = 0; tries < 50 && server.openSockets > 0; tries += 1) await new Promise(setImmediate);
      return server.openSockets;
    },
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await place.close();
    },
  };
}

async function seen(server: ProviderServer): Promise<void> {
  while (server.calls.length === 0) await new Promise(setImmediate);
}

function countingGuard(): SpendGuard & { holds: number } {
  const nothing = { usd: 0, nanoUsd: '0' };
  const guard: SpendGuard & { holds: number } = {
    holds: 0,
    ledgerId: 'faults',
    combine: () => guard,
    afford: async () => ({ now: nothing, afterInFlight: nothing }),
    admit: async ({ request }) => {
      guard.holds += 1;
      return {
        request,
        fitted: false,
        settle: async () => {
          guard.holds -= 1;
          return { cost: nothing, priceKnown: 'override' };
        },
        release: async () => {
          guard.holds -= 1;
        },
      };
    },
  };
  return guard;
}

async function placeOf(
  { to }: Fault,
  server: ProviderServer,
): Promise<Address & { readonly close: () => Promise<void> }> {
  const direct = createNodeFetch({ environment: {} });
  const close = async (): Promise<void> => undefined;
  switch (to) {
    case undefined:
      return { url: server.url, fetch: direct, close };
    case 'unknown host':
      return { url: 'http://nowhere.invalid', fetch: direct, close };
    case 'closed port':
      return { url: await closedPort(), fetch: direct, close };
    case 'plain server by https':
      return { url: server.url.replace('http:', 'https:'), fetch: direct, close };
    case 'server by closed proxy':
      return { url: server.url, fetch: createNodeFetch({ environment: { HTTP_PROXY: await closedPort() } }), close };
    case 'server by proxy': {
      const proxy = await startProxy();
      return {
        url: server.url,
        fetch: createNodeFetch({ environment: { HTTP_PROXY: proxy.url } }),
        close: async () => {
          await proxy.close();
          if (proxy.requests === 0) throw new Error('The request did not go through the proxy.');
        },
      };
    }
    default:
      return to satisfies never;
  }
}

async function closedPort(): Promise<string> {
  const server = createServer();
  const url = await listen(server);
  server.close();
  await once(server, 'close');
  return url;
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Passes requests on that name their whole address. */
async function startProxy(): Promise<{
  readonly url: string;
  readonly requests: number;
  readonly close: () => Promise<void>;
}> {
  let requests = 0;
  const server = createServer((incoming, response) => {
    requests += 1;
    const { method, headers, url = '' } = incoming;
    const onward = httpRequest(url, { method: method ?? 'GET', headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(onward);
  });
  const url = await listen(server);
  return {
    url,
    get requests() {
      return requests;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
