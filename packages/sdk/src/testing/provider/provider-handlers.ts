import type { HttpHandler, HttpResponse } from 'msw';
import { systemClock } from '../../leaf/system-clock.ts';
import type { Clock } from '../../spec/context.ts';
import { FakeProvider } from './fake-provider.ts';
import { letRead } from '../let-read.ts';
import { loadMsw } from '../load-msw.ts';
import type { PlannedReply } from './plan.ts';
import type { ProviderCall, ProviderReplies } from './reply.ts';

/** What handlers answer, and where. */
export interface ProviderHandlersOptions {
  readonly replies: ProviderReplies;
  /** Where the provider's client sends its requests. @defaultValue the provider's own address */
  readonly baseUrl?: string;
  /** What the delays of replies are waited for on. @defaultValue the system's clock */
  readonly clock?: Clock;
}

/** Handlers for msw, and what they saw. */
export interface ProviderHandlers extends ReadonlyArray<HttpHandler> {
  readonly calls: readonly ProviderCall[];
  /** @throws TollgateError `unexpected-call` when replies are left over, or a request came that the script has no reply for. */
  assertDone(): void;
}

/**
 * A fake wire under the real adapter, or under any other client in the process: request handlers for msw (`npm install -D msw`),
 * one set for each provider. `openai` answers Responses and Chat Completions alike.
 *
 * @throws MissingLibraryError without the package `msw`.
 * @example
 * const handlers = providerHandlers.openai({ replies: ['Paris', { error: 'overloaded' }] });
 * const server = setupServer(...handlers);
 * // … and at the end
 * handlers.assertDone();
 */
export const providerHandlers: {
  readonly openai: (options: ProviderHandlersOptions) => ProviderHandlers;
  readonly anthropic: (options: ProviderHandlersOptions) => ProviderHandlers;
  readonly openaiCompatible: (options: ProviderHandlersOptions & { readonly baseUrl: string }) => ProviderHandlers;
} = {
  openai: (options) => handlersAt(options, 'https://api.openai.com/v1', ['/responses', '/chat/completions']),
  anthropic: (options) =>
    handlersAt(options, 'https://api.anthropic.com', ['/v1/messages', '/v1/messages/count_tokens']),
  openaiCompatible: (options) => handlersAt(options, options.baseUrl, ['/chat/completions']),
};

function handlersAt(
  { replies, baseUrl, clock = systemClock }: ProviderHandlersOptions,
  ownUrl: string,
  paths: readonly string[],
): ProviderHandlers {
  const msw = loadMsw('providerHandlers');
  const provider = new FakeProvider(replies, clock);
  const handlers = paths.map((path) =>
    msw.http.post(`${(baseUrl ?? ownUrl).replace(/\/+$/, '')}${path}`, async ({ request }) => {
      const plan = await provider.respond({
        method: request.method,
        path: new URL(request.url).pathname,
        headers: Object.fromEntries(request.headers),
        body: await request.text(),
      });
      return responseOf(plan, { clock, signal: request.signal, HttpResponse: msw.HttpResponse });
    }),
  );
  return Object.assign(handlers, { calls: provider.calls, assertDone: () => provider.assertDone() });
}

interface Playing {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly HttpResponse: typeof HttpResponse;
}

async function responseOf(plan: PlannedReply, playing: Playing): Promise<Response> {
  const { clock, signal } = playing;
  try {
    if (plan.headersAfterMs > 0) await clock.sleep(plan.headersAfterMs, signal);
  } catch {
    // Whoever asked has left; msw takes a rejection for a mistake in the handler.
    return playing.HttpResponse.error();
  }
  if (plan.head !== undefined) {
    return new playing.HttpResponse(bodyOf(plan, playing), { status: plan.head.status, headers: plan.head.headers });
  }
  if (plan.ending === 'stall') await aborted(signal);
  return playing.HttpResponse.error();
}

function bodyOf(plan: PlannedReply, { clock, signal }: Playing): ReadableStream<Uint8Array> {
  const left = new AbortController();
  const either = AbortSignal.any([signal, left.signal]);
  const chunks = plan.chunks.values();
  return new ReadableStream<Uint8Array>({
    pull: async (source) => {
      const { value: chunk } = chunks.next();
      if (chunk !== undefined) {
        if (chunk.afterMs > 0) await clock.sleep(chunk.afterMs, either);
        source.enqueue(chunk.bytes);
        return;
      }
      if (plan.ending === 'stall') await aborted(either);
      if (plan.ending === 'end') return source.close();
      await letRead();
      source.error(new TypeError('The connection was cut by the fake provider.'));
    },
    cancel: () => left.abort(),
  });
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
