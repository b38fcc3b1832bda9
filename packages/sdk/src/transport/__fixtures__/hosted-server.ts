import { http, HttpResponse } from 'msw';
import { setupServer, type SetupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { ModelCallError } from '../../errors/model-call-error.ts';
import { systemClock } from '../../leaf/system-clock.ts';
import type { Clock } from '../../spec/context.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import type { StreamPart } from '../../spec/stream.ts';

export const apiKey = 'sk-not-for-anybody';
export const ask: GenerateRequest = { messages: [{ role: 'user', content: 'Name a prime.' }] };

// Every provider has a name of its own for it.
const requestIds = { 'x-request-id': 'req_1', 'request-id': 'req_1' };

/** What was asked of a server, in turn. */
export interface Asked {
  readonly bodies: Record<string, unknown>[];
  readonly headers: Headers[];
}

/** A server for the tests of one file. It starts and ends with them. */
export class HostedServer {
  readonly use: SetupServer['use'];
  readonly reset: () => void;
  readonly #urls: readonly string[];

  constructor(...urls: readonly string[]) {
    const server = setupServer();
    this.#urls = urls;
    this.use = (...handlers) => server.use(...handlers);
    this.reset = () => server.resetHandlers();
    beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
    afterEach(() => {
      server.resetHandlers();
      vi.useRealTimers();
      vi.unstubAllEnvs();
    });
    afterAll(() => server.close());
  }

  /** Answers requests with these streams in turn, the last one for good, and keeps what was asked. */
  answers(...replies: readonly string[]): Asked {
    const bodies: Record<string, unknown>[] = [];
    const headers: Headers[] = [];
    this.responds(async (request) => {
      headers.push(request.headers);
      bodies.push((await request.json()) as Record<string, unknown>);
      return streamOf([replies[bodies.length - 1] ?? replies.at(-1) ?? '']);
    });
    return { bodies, headers };
  }

  refuses(status: number, body: string | object, headers: Record<string, string> = {}): void {
    this.responds(() => refusalOf(status, body, headers));
  }

  responds(answer: (request: Request) => Response | Promise<Response>): void {
    this.use(...this.#urls.map((url) => http.post(url, ({ request }) => answer(request))));
  }
}

/** A response of server-sent events, in as many reads as there are texts. */
export function streamOf(texts: readonly string[], end: 'close' | 'error' = 'close'): Response {
  const body = new ReadableStream<Uint8Array>({
    async start(source) {
      for (const text of texts) {
        source.enqueue(new TextEncoder().encode(text));
        await new Promise(setImmediate);
      }
      if (end === 'close') source.close();
      else source.error(new Error('connection lost'));
    },
  });
  return new HttpResponse(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8', ...requestIds } });
}

/** A response that refuses. */
export function refusalOf(status: number, body: string | object, more: Record<string, string> = {}): Response {
  const headers = { ...requestIds, ...more };
  return typeof body === 'string'
    ? new HttpResponse(body, { status, headers: { 'content-type': 'text/html', ...headers } })
    : HttpResponse.json(body, { status, headers });
}

export async function failureOf(promise: Promise<unknown>): Promise<ModelCallError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ModelCallError);
  return error as ModelCallError;
}

export async function partsOf(stream: AsyncIterable<StreamPart>): Promise<StreamPart[]> {
  const parts: StreamPart[] = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

/** The machine's clock, but for waits, which it writes down instead. */
export function unhurriedClock(): Clock & { readonly slept: number[] } {
  const slept: number[] = [];
  return {
    ...systemClock,
    slept,
    sleep: async (ms) => {
      slept.push(ms);
    },
  };
}
