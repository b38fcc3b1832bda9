import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { systemClock } from '../../leaf/system-clock.ts';
import type { Clock } from '../../spec/context.ts';
import { letRead } from '../let-read.ts';
import { FakeProvider } from './fake-provider.ts';
import type { PlannedReply } from './plan.ts';
import type { ProviderCall, ProviderReplies } from './reply.ts';

/** What a provider server answers. */
export interface ProviderServerOptions {
  readonly replies: ProviderReplies;
  /** What the delays of replies are waited for on. @defaultValue the system's clock */
  readonly clock?: Clock;
}

/** A provider on a port of this machine. */
export interface ProviderServer extends AsyncDisposable {
  /** Where it listens, for example `http://127.0.0.1:49152`: the base of Anthropic's clients. */
  readonly url: string;
  /** The same with the version, for example `http://127.0.0.1:49152/v1`: the base of OpenAI's clients and their kind. */
  readonly baseUrl: string;
  readonly calls: readonly ProviderCall[];
  /** Sockets that clients hold open at this moment. */
  readonly openSockets: number;
  /** @throws TollgateError `unexpected-call` when replies are left over, or a request came that the script has no reply for. */
  assertDone(): void;
  /** Cuts every connection and frees the port. */
  close(): Promise<void>;
}

/**
 * Starts a fake provider on a port of its own: Chat Completions, Responses, Messages, token counts and models on real
 * sockets, for any client in any language. Nothing outside this machine can reach it.
 *
 * `await using` closes it and all its sockets at the end of the scope. Needs Node.
 *
 * @example
 * await using server = await startProviderServer({ replies: ['Paris', { error: 'rate-limit', retryAfterMs: 20 }] });
 * const model = openai('gpt-6-luna', { baseUrl: server.baseUrl, apiKey: 'any' });
 */
export async function startProviderServer(options: ProviderServerOptions): Promise<ProviderServer> {
  const { createServer } = process.getBuiltinModule('node:http');
  const clock = options.clock ?? systemClock;
  const provider = new FakeProvider(options.replies, clock);
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => void answer({ provider, clock, request, response }));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await listening(server);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    url,
    baseUrl: `${url}/v1`,
    calls: provider.calls,
    get openSockets() {
      return sockets.size;
    },
    assertDone: () => provider.assertDone(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function listening(server: Server): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}

async function answer(exchange: {
  readonly provider: FakeProvider;
  readonly clock: Clock;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}): Promise<void> {
  const { provider, clock, request, response } = exchange;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    const plan = await provider.respond({
      method: request.method ?? 'GET',
      path: new URL(request.url ?? '/', 'http://localhost').pathname,
      headers: flat(request),
      body: await textOf(request),
    });
    await play(plan, { clock, response, signal: gone.signal });
  } catch {
    // The client left, or a reply failed to be made: either way there is nothing more to say on this connection.
    response.destroy();
  }
}

async function play(
  plan: PlannedReply,
  {
    clock,
    response,
    signal,
  }: { readonly clock: Clock; readonly response: ServerResponse; readonly signal: AbortSignal },
): Promise<void> {
  if (plan.headersAfterMs > 0) await clock.sleep(plan.headersAfterMs, signal);
  if (plan.head !== undefined) {
    response.writeHead(plan.head.status, plan.head.headers);
    response.flushHeaders();
  }
  for (const [i, { bytes, afterMs }] of plan.chunks.entries()) {
    if (afterMs > 0) await clock.sleep(afterMs, signal);
    if (signal.aborted) return;
    if (i === plan.chunks.length - 1 && plan.ending === 'end') return void response.end(bytes);
    await new Promise<void>((resolve) => response.write(bytes, () => resolve()));
  }
  if (plan.ending === 'end') response.end();
  if (plan.ending !== 'cut') return;
  if (plan.head !== undefined) await letRead();
  response.socket?.destroy();
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function flat({ headers }: IncomingMessage): { readonly [name: string]: string } {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
