import { inspect } from 'node:util';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { AbortedError } from '../../errors/aborted-error.ts';
import { ModelCallError, StreamTruncatedError } from '../../errors/model-call-error.ts';
import { rootContext } from '../../leaf/call-context.ts';
import { systemClock } from '../../leaf/system-clock.ts';
import type { Clock } from '../../spec/context.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import type { SpendGuard, Settlement } from '../../spec/spend-guard.ts';
import type { StreamPart } from '../../spec/stream.ts';
import { openaiCompatible } from './openai-compatible.ts';
import type { OpenaiCompatibleOptions } from './options.ts';

const baseUrl = 'http://engine.test/v1';
const url = `${baseUrl}/chat/completions`;
const apiKey = 'sk-not-for-anybody';
const ask: GenerateRequest = { messages: [{ role: 'user', content: 'Name a prime.' }] };

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => {
  server.resetHandlers();
  vi.useRealTimers();
});
afterAll(() => server.close());

const model = (options: Partial<OpenaiCompatibleOptions> = {}) =>
  openaiCompatible('m', { baseUrl, retry: false, ...options });

const chunk = (delta: object, finish: string | null = null, index = 0): object => ({
  choices: [{ index, delta, finish_reason: finish }],
});
const usage = { prompt_tokens: 5, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4 } };
const answer = [
  chunk({ role: 'assistant', content: '' }),
  chunk({ content: '9' }),
  chunk({ content: '7' }),
  chunk({}, 'stop'),
  { choices: [], usage },
  '[DONE]',
];

function sse(events: readonly (object | string)[]): string {
  return events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('');
}

function streamOf(bytes: readonly Uint8Array[], end: 'close' | 'error' = 'close'): HttpResponse<ReadableStream> {
  const body = new ReadableStream<Uint8Array>({
    async start(source) {
      for (const each of bytes) {
        source.enqueue(each);
        await new Promise(setImmediate);
      }
      if (end === 'close') source.close();
      else source.error(new Error('connection lost'));
    },
  });
  return new HttpResponse(body, { headers: { 'content-type': 'text/event-stream' } });
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Answers every request with these events, and keeps what was asked. */
function answers(...replies: readonly (readonly (object | string)[])[]): {
  readonly bodies: Record<string, unknown>[];
  readonly headers: Headers[];
} {
  const bodies: Record<string, unknown>[] = [];
  const headers: Headers[] = [];
  server.use(
    http.post(url, async ({ request }) => {
      headers.push(request.headers);
      bodies.push((await request.json()) as Record<string, unknown>);
      return streamOf([encode(sse(replies[bodies.length - 1] ?? replies.at(-1) ?? []))]);
    }),
  );
  return { bodies, headers };
}

function refuses(status: number, body: string | object, headers: Record<string, string> = {}): void {
  server.use(
    http.post(url, () =>
      typeof body === 'string'
        ? new HttpResponse(body, { status, headers })
        : HttpResponse.json(body, { status, headers }),
    ),
  );
}

async function failureOf(promise: Promise<unknown>): Promise<ModelCallError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ModelCallError);
  return error as ModelCallError;
}

async function partsOf(stream: AsyncIterable<StreamPart>): Promise<StreamPart[]> {
  const parts: StreamPart[] = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

/** Admits everything and keeps what was settled and released. */
function watchingGuard(): SpendGuard & { readonly settled: Settlement[]; readonly released: string[] } {
  const settled: Settlement[] = [];
  const released: string[] = [];
  const nothing = { usd: 0, nanoUsd: '0' };
  const guard = {
    ledgerId: 'test',
    settled,
    released,
    combine: () => guard,
    afford: async () => ({ now: nothing, afterInFlight: nothing }),
    admit: async ({ request }: { request: GenerateRequest }) => ({
      request,
      fitted: false,
      settle: async (settlement: Settlement) => {
        settled.push(settlement);
        return { cost: nothing, priceKnown: 'override' as const };
      },
      release: async (reason: string) => {
        released.push(reason);
      },
    }),
  };
  return guard;
}

describe('an answer', () => {
  it('is streamed on the wire, with usage in disjoint buckets', async () => {
    const { bodies, headers } = answers(answer);
    const result = await model({ apiKey, headers: { 'X-Team': 'primes' } }).generate(ask);
    expect(result.candidates).toMatchObject([
      { content: [{ type: 'text', text: '97' }], finish: { unified: 'stop', by: 'eos' }, outputTokens: 2 },
    ]);
    expect(result.charges).toMatchObject([
      { usage: { inputUncached: 1, cacheRead: 4, outputText: 2, raw: usage }, usageKnown: 'exact' },
    ]);
    expect(result.warnings).toEqual([]);
    expect(bodies).toEqual([
      { model: 'm', messages: ask.messages, stream: true, stream_options: { include_usage: true } },
    ]);
    expect(headers[0]?.get('authorization')).toBe(`Bearer ${apiKey}`);
    expect(headers[0]?.get('x-team')).toBe('primes');
  });

  it('is streamed part by part: start, commit, deltas, end', async () => {
    answers(answer);
    const parts = await partsOf(model().stream(ask));
    expect(parts.map((part) => part.type)).toEqual([
      'start',
      'commit',
      'text-delta',
      'text-delta',
      'candidate-finish',
      'finish',
    ]);
  });

  it('is read whole where a server does not stream', async () => {
    server.use(
      http.post(url, () =>
        HttpResponse.json({
          choices: [{ index: 0, message: { role: 'assistant', content: '97' }, finish_reason: 'stop' }],
          usage,
        }),
      ),
    );
    const result = await model().generate(ask);
    expect(result.candidates[0]).toMatchObject({ content: [{ type: 'text', text: '97' }], outputTokens: 2 });
    expect(result.charges[0]?.usageKnown).toBe('exact');
  });

  it('needs no [DONE] once every sample has its finish_reason', async () => {
    answers(answer.slice(0, -1));
    expect((await model().generate(ask)).charges[0]?.usageKnown).toBe('exact');
  });

  it('has its usage estimated, with a warning, where the server reports none', async () => {
    answers([chunk({ content: '97 is a prime' }), chunk({}, 'stop'), '[DONE]']);
    const result = await model().generate(ask);
    expect(result.charges[0]).toMatchObject({ usageKnown: 'estimated', usage: { outputText: 5 } });
    expect(result.charges[0]?.usage.inputUncached).toBeGreaterThan(0);
    expect(result.warnings).toMatchObject([{ code: 'assumed' }]);
  });

  it('has as many samples as asked: in one call where the server can, else in several with seeds that follow', async () => {
    const two = [
      chunk({ content: 'a' }, 'stop', 0),
      chunk({ content: 'b' }, 'stop', 1),
      { choices: [], usage },
      '[DONE]',
    ];
    const native = answers(two);
    const result = await model({ capabilities: { samples: { nativeMax: 8 } } }).generate({ ...ask, samples: 2 });
    expect(result.candidates.map(({ content }) => content)).toEqual([
      [{ type: 'text', text: 'a' }],
      [{ type: 'text', text: 'b' }],
    ]);
    expect(native.bodies).toMatchObject([{ n: 2 }]);
    expect(result.charges).toHaveLength(1);

    server.resetHandlers();
    const single = answers(answer);
    const split = await model().generate({ ...ask, samples: 3, seed: 40 });
    expect(split.candidates).toHaveLength(3);
    expect(split.charges).toHaveLength(3);
    expect(single.bodies.map(({ n, seed }) => [n, seed])).toEqual([
      [undefined, 40],
      [undefined, 41],
      [undefined, 42],
    ]);
  });

  it('can be tool calls, a schema and log-probabilities', async () => {
    const token = { token: '9', logprob: -0.5, top_logprobs: [{ token: '9', logprob: -0.5 }] };
    const { bodies } = answers([
      { choices: [{ index: 0, delta: { content: '9' }, logprobs: { content: [token] }, finish_reason: null }] },
      chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'find', arguments: '{"what":1}' } }] }),
      chunk({}, 'tool_calls'),
      { choices: [], usage },
    ]);
    const result = await model({ capabilities: { logprobs: 'top-k', maxTopLogprobs: 1 } }).generate({
      ...ask,
      tools: [{ name: 'find', input: { standard: z.object({ what: z.number() }) } }],
      toolChoice: 'required',
      output: { json: { type: 'object' } },
      logprobs: { top: 1 },
    });
    expect(bodies[0]).toMatchObject({
      tool_choice: 'required',
      logprobs: true,
      top_logprobs: 1,
      tools: [{ function: { name: 'find', parameters: { type: 'object' } } }],
      response_format: { type: 'json_schema' },
    });
    expect(result.candidates[0]).toMatchObject({
      content: [
        { type: 'text', text: '9' },
        { type: 'tool-call', toolName: 'find', input: { what: 1 } },
      ],
      finish: { unified: 'tool-calls' },
      logprobs: [{ text: '9', logprob: -0.5, top: [{ text: '9', logprob: -0.5 }] }],
    });
  });

  it('carries a warning for everything that could not be asked', async () => {
    answers(answer);
    const result = await model().generate({ ...ask, topK: 3, effort: 'high', logprobs: { top: 2 } });
    expect(result.warnings.map(({ option }) => option)).toEqual(['topK', 'effort', 'logprobs']);
  });

  it('is asked with raw options last, which may not touch what money was held for', async () => {
    const { bodies } = answers(answer);
    await model({ provider: 'vllm' }).generate({
      ...ask,
      temperature: 0.5,
      providerOptions: {
        'openai-compatible': { temperature: 1, min_p: 0.1 },
        vllm: { min_p: 0.2 },
        openai: { user: 'x' },
      },
    });
    expect(bodies[0]).toMatchObject({ temperature: 1, min_p: 0.2 });
    expect(bodies[0]).not.toHaveProperty('user');

    const guard = watchingGuard();
    const context = rootContext({ guards: [guard] });
    const sneaky = model().generate({
      ...ask,
      context,
      providerOptions: { 'openai-compatible': { max_tokens: 1_000_000 } },
    });
    await expect(sneaky).rejects.toMatchObject({ code: 'invalid-option', option: 'providerOptions' });
    expect(guard).toMatchObject({ settled: [], released: ['invalid-option'] });
  });

  it('can come by any other fetch', async () => {
    const asked: unknown[] = [];
    const other: typeof fetch = async (input) => {
      asked.push(input);
      return new Response(sse(answer), { headers: { 'content-type': 'text/event-stream' } });
    };
    await model({ fetch: other }).generate(ask);
    expect(asked).toEqual([url]);
  });
});

describe('a refusal', () => {
  it.each([
    [401, { error: { message: 'Wrong key' } }, 'auth'],
    [429, { error: { message: 'Slow down' } }, 'rate-limit'],
    [400, { error: { message: 'Too long', code: 'context_length_exceeded' } }, 'context-length'],
    [400, { error: { message: 'Flagged', code: 'content_filter' } }, 'content-filter'],
    [404, { error: { message: 'No such model' } }, 'not-found'],
    [503, { error: { message: 'Loading model' } }, 'overloaded'],
    [500, 'oops', 'server'],
  ])('of status %i with %j is %s, and free', async (status, body, failure) => {
    refuses(status, body, { 'x-request-id': 'req-1' });
    const guard = watchingGuard();
    const error = await failureOf(model().generate({ ...ask, context: rootContext({ guards: [guard] }) }));
    expect(error).toMatchObject({ failure, dispatch: 'refused', status, requestId: 'req-1', charges: [] });
    expect(guard).toMatchObject({ settled: [], released: [failure] });
  });

  it('that comes as the first event is one all the same', async () => {
    answers([{ error: { message: 'No room', code: 503 } }]);
    const error = await failureOf(model().generate(ask));
    expect(error).toMatchObject({ failure: 'overloaded', dispatch: 'refused', charges: [] });
  });
});

describe('an answer that breaks off', () => {
  it.each([
    ['before the first event', []],
    ['in the middle', answer.slice(0, 3)],
    ['with [DONE] and no finish_reason', [...answer.slice(0, 3), '[DONE]']],
  ])('%s is an error with what had arrived', async (_, events) => {
    answers(events);
    const error = await failureOf(model().generate(ask));
    expect(error).toBeInstanceOf(StreamTruncatedError);
    expect(error).toMatchObject({ code: 'stream-truncated', dispatch: 'unknown' });
    const begun = events.length > 0;
    expect(error.partial?.candidates[0]?.content).toEqual(begun ? [{ type: 'text', text: '97' }] : []);
    expect(error.charges).toMatchObject([
      begun ? { usageKnown: 'estimated', usage: { outputText: 1 } } : { usageKnown: 'upper-bound', usage: {} },
    ]);
  });

  it('by an error frame is charged for what had arrived', async () => {
    answers([...answer.slice(0, 3), { error: { message: 'The engine fell over', code: 500 } }]);
    const error = await failureOf(model().generate(ask));
    expect(error).toMatchObject({
      failure: 'server',
      dispatch: 'unknown',
      message: expect.stringContaining('The engine fell over'),
    });
    expect(error.charges).toMatchObject([{ usageKnown: 'estimated' }]);
  });
});

describe('an abort', () => {
  it('while the key is being fetched sends nothing and costs nothing', async () => {
    const controller = new AbortController();
    const guard = watchingGuard();
    const slowKey = async (): Promise<string> => {
      controller.abort();
      return apiKey;
    };
    const call = model({ apiKey: slowKey }).generate({
      ...ask,
      signal: controller.signal,
      context: rootContext({ guards: [guard] }),
    });
    await expect(call).rejects.toBeInstanceOf(AbortedError);
    expect(guard).toMatchObject({ settled: [], released: ['network'] });
  });
});

describe('a key', () => {
  it('is read anew before every attempt, and not before the first', async () => {
    const { headers } = answers(answer);
    let asked = 0;
    const keyed = model({ apiKey: () => `sk-${(asked += 1)}` });
    expect(asked).toBe(0);
    await keyed.generate(ask);
    await keyed.generate(ask);
    expect(headers.map((each) => each.get('authorization'))).toEqual(['Bearer sk-1', 'Bearer sk-2']);
  });

  it('that is missing costs nothing and sends nothing', async () => {
    const guard = watchingGuard();
    const call = model({ apiKey: () => '' }).generate({ ...ask, context: rootContext({ guards: [guard] }) });
    await expect(call).rejects.toMatchObject({ code: 'missing-key' });
    expect(guard).toMatchObject({ settled: [], released: ['missing-key'] });
  });

  it('never appears in an error, also where the server or fetch repeats it', async () => {
    const secretHeader = 'gateway-secret-1';
    const secretive = { apiKey, headers: { 'x-gateway': secretHeader } };
    const leaky: typeof fetch = async () => {
      const cause = Object.assign(new Error(`denied ${apiKey}`), { request: { headers: { authorization: apiKey } } });
      throw new TypeError(`failed with ${secretHeader}`, { cause });
    };
    const errors = [];
    refuses(401, { error: { message: `Incorrect API key provided: ${apiKey} (${secretHeader})` } });
    errors.push(await failureOf(model(secretive).generate(ask)));
    server.resetHandlers();
    answers([...answer.slice(0, 3), { error: { message: `bad ${apiKey}` } }]);
    errors.push(await failureOf(model(secretive).generate(ask)));
    errors.push(await failureOf(model({ ...secretive, fetch: leaky }).generate(ask)));
    for (const error of errors) {
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(apiKey);
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secretHeader);
      expect(error.message).toContain('openai-compatible/m');
    }
  });
});

describe('retries', () => {
  const recording = (): Clock & { readonly slept: number[] } => {
    const slept: number[] = [];
    return {
      ...systemClock,
      slept,
      sleep: async (ms) => {
        slept.push(ms);
      },
    };
  };

  it('are on by default, wait as long as the server asks, and make each try an attempt of its own', async () => {
    let asked = 0;
    server.use(
      http.post(url, () => {
        asked += 1;
        return asked < 3
          ? HttpResponse.json(
              { error: { message: 'Slow down' } },
              { status: 429, headers: { 'retry-after-ms': '700' } },
            )
          : streamOf([encode(sse(answer))]);
      }),
    );
    const clock = recording();
    const guard = watchingGuard();
    const result = await openaiCompatible('m', { baseUrl, retry: { baseDelayMs: 100 } }).generate({
      ...ask,
      context: rootContext({ clock, seed: 1, guards: [guard] }),
    });
    expect(result.candidates).toHaveLength(1);
    expect(clock.slept).toEqual([700, 700]);
    expect(guard.released).toEqual(['rate-limit', 'rate-limit']);
    expect(guard.settled).toHaveLength(1);
    expect(result.trace.children).toHaveLength(3);
  });

  it('do not repeat a request whose outcome nobody knows', async () => {
    const { bodies } = answers(answer.slice(0, 3));
    await failureOf(
      openaiCompatible('m', { baseUrl }).generate({ ...ask, context: rootContext({ clock: recording() }) }),
    );
    expect(bodies).toHaveLength(1);
  });
});

describe('the raw reply', () => {
  it('is what was sent, event by event, where the request asks for it, and nowhere else', async () => {
    answers(answer);
    const { raw } = await model().generate({ ...ask, includeRaw: true });
    expect(raw).toMatchObject([{ reply: answer }]);
    expect((await model().generate(ask)).raw).toBeUndefined();
  });

  it('is the body of an answer that came whole', async () => {
    const body = { choices: [{ index: 0, message: { content: '97' }, finish_reason: 'stop' }], usage };
    server.use(http.post(url, () => HttpResponse.json(body)));
    expect((await model().generate({ ...ask, includeRaw: true })).raw).toMatchObject([{ reply: body }]);
  });

  it('is what there was of an answer that broke off or was aborted', async () => {
    server.use(http.post(url, () => streamOf([encode(sse(answer.slice(0, 2)))], 'error')));
    const error = await failureOf(model().generate({ ...ask, includeRaw: true }));
    expect(error.partial?.raw).toEqual(answer.slice(0, 2));
    const controller = new AbortController();
    server.use(http.post(url, () => streamOf([encode(sse(answer.slice(0, 2))), encode(sse(answer.slice(2)))])));
    const stream = model().stream({ ...ask, includeRaw: true, signal: controller.signal });
    const reading = (async () => {
      for await (const part of stream) if (part.type === 'text-delta') controller.abort();
    })();
    await expect(reading).rejects.toBeInstanceOf(AbortedError);
    await expect(stream.result).rejects.toMatchObject({ partial: { raw: [{ reply: answer.slice(0, 2) }] } });
  });
});

describe('a redirect', () => {
  it('to another server is an error that names it and nothing else of the address', async () => {
    refuses(302, '', { location: 'https://user:pass-word@other.test/v2?key=sk-of-somebody' });
    const error = await failureOf(model().generate(ask));
    expect(error).toMatchObject({ failure: 'bad-request', dispatch: 'refused', status: 302, charges: [] });
    expect(error.message).toBe(
      'openai-compatible/m answered 302: it redirects to https://other.test, which is not followed. Is baseUrl right, version included?',
    );
  });
});
