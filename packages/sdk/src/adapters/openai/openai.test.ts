import { inspect } from 'node:util';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { AzureOpenAI, OpenAI } from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { AbortedError } from '../../errors/aborted-error.ts';
import { ModelCallError, StreamTruncatedError } from '../../errors/model-call-error.ts';
import { rootContext } from '../../leaf/call-context.ts';
import { systemClock } from '../../leaf/system-clock.ts';
import type { Clock } from '../../spec/context.ts';
import type { Message } from '../../spec/content.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import type { Settlement, SpendGuard } from '../../spec/spend-guard.ts';
import type { StreamPart } from '../../spec/stream.ts';
import * as replies from '../../wire/openai-responses/__fixtures__/replies.ts';
import { openai } from './openai.ts';
import type { OpenaiOptions } from './options.ts';

const baseUrl = 'https://openai.test/v1';
const url = `${baseUrl}/responses`;
const chatUrl = `${baseUrl}/chat/completions`;
const apiKey = 'sk-not-for-anybody';
const ask: GenerateRequest = { messages: [{ role: 'user', content: 'Name a prime.' }] };
const { sse } = replies;

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => {
  server.resetHandlers();
  vi.useRealTimers();
  vi.unstubAllEnvs();
});
afterAll(() => server.close());

const model = (options: OpenaiOptions = {}, modelId = 'gpt-6-luna') =>
  openai(modelId, { ...(options.client === undefined && { apiKey, baseUrl }), retry: false, ...options });

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

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
  return new HttpResponse(body, { headers: { 'content-type': 'text/event-stream', 'x-request-id': 'req-7' } });
}

/** Answers requests with these replies in turn, the last one for good, and keeps what was asked. */
function answers(...bodies: readonly string[]): {
  readonly asked: Record<string, unknown>[];
  readonly headers: Headers[];
} {
  const asked: Record<string, unknown>[] = [];
  const headers: Headers[] = [];
  const answer = async ({ request }: { request: Request }) => {
    headers.push(request.headers);
    asked.push((await request.json()) as Record<string, unknown>);
    return streamOf([encode(bodies[asked.length - 1] ?? bodies.at(-1) ?? '')]);
  };
  server.use(http.post(url, answer), http.post(chatUrl, answer));
  return { asked, headers };
}

function refuses(status: number, body: string | object, headers: Record<string, string> = {}): void {
  server.use(
    http.post(url, () =>
      typeof body === 'string'
        ? new HttpResponse(body, { status, headers: { 'content-type': 'text/html', ...headers } })
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
  it('is streamed on the wire, not kept there, with usage in disjoint buckets', async () => {
    const { asked, headers } = answers(sse(replies.text));
    const result = await model({ headers: { 'X-Team': 'primes' }, organization: 'org-1', project: 'proj-1' }).generate(
      ask,
    );
    expect(result.candidates).toMatchObject([
      { content: [{ type: 'text', text: 'It is 97 🦉' }], finish: { unified: 'stop', by: 'eos' }, outputTokens: 90 },
    ]);
    expect(result.charges).toMatchObject([
      {
        usage: {
          inputUncached: 76,
          cacheRead: 1024,
          cacheWrite: { total: 100, byTtl: { '30m': 100 } },
          outputText: 26,
          outputReasoning: 64,
          billed: { tier: 'default' },
          raw: replies.usage,
        },
        usageKnown: 'exact',
      },
    ]);
    expect(result.warnings).toEqual([]);
    expect(result.raw).toBeUndefined();
    expect(asked).toEqual([
      {
        model: 'gpt-6-luna',
        input: [{ type: 'message', role: 'user', content: 'Name a prime.' }],
        include: ['reasoning.encrypted_content'],
        store: false,
        stream: true,
      },
    ]);
    const sent = headers[0];
    expect(sent?.get('authorization')).toBe(`Bearer ${apiKey}`);
    expect(sent?.get('x-team')).toBe('primes');
    expect(sent?.get('openai-organization')).toBe('org-1');
    expect(sent?.get('openai-project')).toBe('proj-1');
  });

  it('is streamed part by part: start, commit, deltas, end', async () => {
    answers(sse(replies.text));
    const parts = await partsOf(model().stream(ask));
    expect(parts.map((part) => part.type)).toEqual([
      'start',
      'commit',
      'text-delta',
      'text-delta',
      'text-delta',
      'candidate-finish',
      'finish',
    ]);
  });

  it('is read whole where something in between does not stream', async () => {
    server.use(http.post(url, () => HttpResponse.json(replies.text.at(-1)?.['response'] as object)));
    const result = await model().generate(ask);
    expect(result.candidates[0]).toMatchObject({ content: [{ type: 'text', text: 'It is 97 🦉' }] });
    expect(result.charges[0]?.usageKnown).toBe('exact');
  });

  it('is as many samples as asked, each a call of its own', async () => {
    const { asked } = answers(sse(replies.text));
    const result = await model().generate({ ...ask, samples: 3 });
    expect(result.candidates).toHaveLength(3);
    expect(result.charges).toHaveLength(3);
    expect(asked).toHaveLength(3);
  });

  it('is held to a schema', async () => {
    const { asked } = answers(sse(replies.structured));
    const output = { standard: z.strictObject({ prime: z.number() }), name: 'prime' };
    const result = await model().generate({ ...ask, output });
    expect(asked[0]).toMatchObject({ text: { format: { type: 'json_schema', name: 'prime', strict: true } } });
    expect(result.warnings).toEqual([]);
    expect(result.candidates[0]?.content).toEqual([{ type: 'text', text: '{"prime":97}' }]);
  });

  it('has log-probabilities at effort none, and a warning at any other', async () => {
    const { asked } = answers(sse(replies.withLogprobs));
    const sure = await model().generate({ ...ask, effort: 'none', logprobs: { top: 1 } });
    expect(asked[0]).toMatchObject({
      reasoning: { effort: 'none' },
      top_logprobs: 1,
      include: ['reasoning.encrypted_content', 'message.output_text.logprobs'],
    });
    expect(sure.candidates[0]?.logprobs).toMatchObject([
      { text: '9', logprob: -0.25, top: [{ text: '9' }] },
      { text: '7', logprob: -0.5 },
    ]);
    const unsure = await model().generate({ ...ask, effort: 'low', logprobs: { top: 1 }, temperature: 0.5 });
    expect(unsure.warnings.map(({ option }) => option)).toEqual(['logprobs', 'temperature']);
    expect(asked[1]).not.toHaveProperty('top_logprobs');
    expect(asked[1]).not.toHaveProperty('temperature');
  });

  it.each([
    ['length', replies.cutByLength, { unified: 'length', by: 'length' }],
    ['a filter', replies.filtered, { unified: 'content-filter', by: 'eos' }],
    ['a refusal', replies.refusal, { unified: 'refusal', by: 'eos' }],
  ])('that ended by %s says so', async (_, events, finish) => {
    answers(sse(events));
    const result = await model().generate(ask);
    expect(result.candidates[0]?.finish).toMatchObject(finish);
    expect(result.charges[0]?.usageKnown).toBe('exact');
  });

  it('leaves in the trace why its prompt was not in the cache', async () => {
    answers(sse(replies.missedCache));
    const result = await model().generate({ ...ask, sessionKey: 'conversation-7' });
    expect(JSON.stringify(result.trace)).toContain('"cache miss":"model_changed","cache missed tokens":900');
  });

  it('by a model that nobody knows carries a warning, unless the user said what it can do', async () => {
    answers(sse(replies.text));
    const assumed = await model({}, 'gpt-7').generate(ask);
    expect(assumed.warnings).toMatchObject([{ code: 'assumed', message: expect.stringContaining('"gpt-7"') }]);
    const declared = await model({ capabilities: { efforts: ['low', 'high'] } }, 'gpt-7').generate({
      ...ask,
      effort: 'low',
    });
    expect(declared.warnings).toEqual([]);
  });

  it('can come by any other fetch', async () => {
    const asked: unknown[] = [];
    const other: typeof fetch = async (input) => {
      asked.push(input);
      return new Response(sse(replies.text), { headers: { 'content-type': 'text/event-stream' } });
    };
    await model({ fetch: other }).generate(ask);
    expect(asked).toEqual([url]);
  });
});

describe('a tool loop', () => {
  const tools = [{ name: 'weather', input: { standard: z.object({ city: z.string() }) } }];

  it('hands reasoning back encrypted, in its place, so that the next turn is valid', async () => {
    const { asked } = answers(sse(replies.toolCalls), sse(replies.afterTools));
    const first = await model().generate({ ...ask, tools, toolChoice: 'required' });
    expect(asked[0]).toMatchObject({
      tool_choice: 'required',
      tools: [{ type: 'function', name: 'weather', strict: false, parameters: { type: 'object' } }],
    });
    const content = first.candidates[0]?.content ?? [];
    const calls = content.filter((part) => part.type === 'tool-call');
    expect(calls.map(({ input }) => input)).toEqual([{ city: 'Rome' }, { city: 'Oslo' }]);
    expect(first.candidates[0]?.finish.unified).toBe('tool-calls');

    const messages: Message[] = [
      ...ask.messages,
      { role: 'assistant', content },
      {
        role: 'tool',
        content: calls.map(({ toolCallId, toolName }) => ({
          type: 'tool-result',
          toolCallId,
          toolName,
          output: { degrees: 20 },
        })),
      },
    ];
    // A conversation may rest in a file between its turns.
    const second = await model().generate({ messages: JSON.parse(JSON.stringify(messages)) as Message[], tools });
    expect(asked[1]?.['input']).toEqual([
      { type: 'message', role: 'user', content: 'Name a prime.' },
      {
        type: 'reasoning',
        id: 'rs_0',
        summary: [{ type: 'summary_text', text: 'Two cities\n\ntwo calls' }],
        encrypted_content: 'gAAA-one',
      },
      { type: 'function_call', call_id: 'call_a', name: 'weather', arguments: '{"city":"Rome"}' },
      { type: 'function_call', call_id: 'call_b', name: 'weather', arguments: '{"city":"Oslo"}' },
      { type: 'function_call_output', call_id: 'call_a', output: '{"degrees":20}' },
      { type: 'function_call_output', call_id: 'call_b', output: '{"degrees":20}' },
    ]);
    expect(second.candidates[0]?.content).toMatchObject([
      { type: 'reasoning', text: '', metadata: { openai: { encrypted_content: 'gAAA-two' } } },
      { type: 'text', text: 'Rome 20, Oslo 3.' },
    ]);
  });

  it('shows calls as they are written, and whole when they are done', async () => {
    answers(sse(replies.toolCalls));
    const parts = await partsOf(model().stream({ ...ask, tools }));
    expect(parts.filter((part) => part.type === 'tool-input-delta')).toHaveLength(4);
    expect(parts.flatMap((part) => (part.type === 'tool-call' ? [part.call.input] : []))).toEqual([
      { city: 'Rome' },
      { city: 'Oslo' },
    ]);
  });
});

describe('raw options', () => {
  it('come last, joined with what they meet, and may not touch what money was held for', async () => {
    const { asked } = answers(sse(replies.text));
    await model().generate({
      ...ask,
      effort: 'low',
      tools: [{ name: 'find', input: { json: {} } }],
      providerOptions: {
        openai: {
          reasoning: { summary: 'auto' },
          include: ['web_search_call.action.sources'],
          metadata: { run: '7' },
          tools: [{ type: 'web_search' }],
        },
        anthropic: { user: 'x' },
      },
    });
    expect(asked[0]).toMatchObject({
      reasoning: { effort: 'low', summary: 'auto' },
      include: ['reasoning.encrypted_content', 'web_search_call.action.sources'],
      metadata: { run: '7' },
      tools: [{ type: 'function', name: 'find' }, { type: 'web_search' }],
    });
    expect(asked[0]).not.toHaveProperty('user');
    const guard = watchingGuard();
    const context = rootContext({ guards: [guard] });
    for (const field of ['max_output_tokens', 'previous_response_id', 'model']) {
      const sneaky = model().generate({ ...ask, context, providerOptions: { openai: { [field]: 'x' } } });
      await expect(sneaky).rejects.toMatchObject({ code: 'invalid-option', option: 'providerOptions' });
    }
    expect(guard).toMatchObject({ settled: [], released: ['invalid-option', 'invalid-option', 'invalid-option'] });
  });
});

describe('a client of the user', () => {
  it('of the SDK brings its key and its address', async () => {
    const { headers } = answers(sse(replies.text));
    const client = new OpenAI({ apiKey: 'sk-of-its-own', baseURL: baseUrl, maxRetries: 5 });
    expect((await model({ client, headers: { 'x-team': 'primes' } }).generate(ask)).candidates).toHaveLength(1);
    expect(headers[0]?.get('authorization')).toBe('Bearer sk-of-its-own');
    expect(headers[0]?.get('x-team')).toBe('primes');
  });

  it('is not retried by itself', async () => {
    let asked = 0;
    server.use(
      http.post(url, () => {
        asked += 1;
        return HttpResponse.json({ error: { message: 'Busy' } }, { status: 503 });
      }),
    );
    await failureOf(model({ client: new OpenAI({ apiKey, baseURL: baseUrl, maxRetries: 5 }) }).generate(ask));
    expect(asked).toBe(1);
  });

  it('of Azure asks a deployment, by both interfaces', async () => {
    const asked: string[] = [];
    const keys: (string | null)[] = [];
    const answer =
      (body: string) =>
      ({ request }: { request: Request }) => {
        asked.push(request.url);
        keys.push(request.headers.get('api-key'));
        return streamOf([encode(body)]);
      };
    const chat = 'data: {"choices":[{"index":0,"delta":{"content":"97"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
    server.use(
      http.post('https://mine.openai.azure.test/openai/responses', answer(sse(replies.text))),
      http.post('https://mine.openai.azure.test/openai/deployments/primes/chat/completions', answer(chat)),
    );
    const client = new AzureOpenAI({
      apiKey: 'azure-key-1',
      endpoint: 'https://mine.openai.azure.test',
      apiVersion: '2026-11-01',
    });
    expect((await model({ client }, 'primes').generate(ask)).candidates).toHaveLength(1);
    expect((await model({ client, api: 'chat' }, 'primes').generate(ask)).candidates).toHaveLength(1);
    expect(asked).toEqual([
      'https://mine.openai.azure.test/openai/responses?api-version=2026-11-01',
      'https://mine.openai.azure.test/openai/deployments/primes/chat/completions?api-version=2026-11-01',
    ]);
    expect(keys).toEqual(['azure-key-1', 'azure-key-1']);
  });

  it('that cannot sign its requests has sent nothing', async () => {
    const client = new OpenAI({
      baseURL: baseUrl,
      apiKey: async () => {
        throw new Error('vault closed');
      },
    });
    const error = await failureOf(model({ client }).generate(ask));
    expect(error).toMatchObject({ failure: 'auth', dispatch: 'not-sent', charges: [] });
    expect(String(error.cause)).toContain('vault closed');
  });
});

describe('a refusal', () => {
  it.each([
    [401, { error: { message: 'Wrong key', code: 'invalid_api_key' } }, 'auth'],
    [429, { error: { message: 'Slow down', code: 'rate_limit_exceeded' } }, 'rate-limit'],
    [429, { error: { message: 'Pay first', type: 'insufficient_quota', code: 'insufficient_quota' } }, 'auth'],
    [400, { error: { message: 'Too long', code: 'context_length_exceeded' } }, 'context-length'],
    [400, { error: { message: 'Flagged', code: 'invalid_prompt' } }, 'content-filter'],
    [400, { error: { message: 'No such field', type: 'invalid_request_error', code: null } }, 'bad-request'],
    [404, { error: { message: 'No such model', code: 'model_not_found' } }, 'not-found'],
    [503, { error: { message: 'Overloaded' } }, 'overloaded'],
    [500, 'oops', 'server'],
  ])('of status %i with %j is %s, and free', async (status, body, failure) => {
    refuses(status, body, { 'x-request-id': 'req-1' });
    const guard = watchingGuard();
    const error = await failureOf(model().generate({ ...ask, context: rootContext({ guards: [guard] }) }));
    expect(error).toMatchObject({ failure, dispatch: 'refused', status, requestId: 'req-1', charges: [] });
    expect(error.message).toContain(typeof body === 'string' ? body : body.error.message);
    expect(guard).toMatchObject({ settled: [], released: [failure] });
  });

  it('without a body is one by its status', async () => {
    server.use(http.post(url, () => new HttpResponse(null, { status: 500 })));
    expect((await failureOf(model().generate(ask))).message).toBe('openai/gpt-6-luna answered 500: no explanation.');
  });

  it('that comes in the stream, before anything was made, is one all the same', async () => {
    answers(sse(replies.failedAtOnce));
    expect(await failureOf(model().generate(ask))).toMatchObject({
      failure: 'rate-limit',
      dispatch: 'refused',
      charges: [],
      requestId: 'req-7',
    });
  });
});

describe('an answer that breaks off', () => {
  const plain: GenerateRequest = { ...ask, effort: 'none' };

  it.each([
    ['before the first event', []],
    ['before its first word', replies.text.slice(0, 4)],
    ['in the middle', replies.text.slice(0, 6)],
    ['before its terminal event', replies.text.slice(0, -1)],
  ])('%s is an error with what had arrived', async (_, events) => {
    answers(sse(events));
    const error = await failureOf(model().generate(plain));
    expect(error).toBeInstanceOf(StreamTruncatedError);
    expect(error).toMatchObject({ code: 'stream-truncated', dispatch: 'unknown', requestId: 'req-7' });
    const begun = events.length > 4;
    expect(error.partial?.candidates[0]?.content).toHaveLength(begun ? 1 : 0);
    expect(error.charges).toMatchObject([
      begun ? { usageKnown: 'estimated' } : { usageKnown: 'upper-bound', usage: {} },
    ]);
  });

  it('is charged the whole hold where the model may have reasoned', async () => {
    answers(sse(replies.text.slice(0, 6)));
    const error = await failureOf(model().generate(ask));
    expect(error.charges).toMatchObject([{ usageKnown: 'upper-bound', usage: {} }]);
  });

  it('by an error event is charged for what had arrived', async () => {
    answers(sse(replies.errorEvent));
    const error = await failureOf(model().generate(plain));
    expect(error).toMatchObject({
      failure: 'server',
      dispatch: 'unknown',
      message: expect.stringContaining('The server had an error'),
    });
    expect(error.charges).toMatchObject([{ usageKnown: 'estimated' }]);
  });

  it('by response.failed is charged by its own usage', async () => {
    answers(sse(replies.failedLate));
    const error = await failureOf(model().generate(ask));
    expect(error).toMatchObject({ failure: 'server', dispatch: 'unknown' });
    expect(error.charges).toMatchObject([{ usageKnown: 'exact', usage: { outputText: 26, outputReasoning: 64 } }]);
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
    const request = { ...ask, signal: controller.signal, context: rootContext({ guards: [guard] }) };
    await expect(model({ apiKey: slowKey }).generate(request)).rejects.toBeInstanceOf(AbortedError);
    expect(guard).toMatchObject({ settled: [], released: ['network'] });
  });

  it('while a refusal explains itself finds it a refusal all the same, and free', async () => {
    const controller = new AbortController();
    const guard = watchingGuard();
    const slow: typeof fetch = async (_, init) => {
      const explanation = new ReadableStream<Uint8Array>(
        {
          start: (source) => init?.signal?.addEventListener('abort', () => source.error(new Error('aborted'))),
          pull: () => controller.abort(),
        },
        { highWaterMark: 0 },
      );
      return new Response(explanation, { status: 429 });
    };
    const request = { ...ask, signal: controller.signal, context: rootContext({ guards: [guard] }) };
    await expect(model({ fetch: slow }).generate(request)).rejects.toBeInstanceOf(AbortedError);
    expect(guard).toMatchObject({ settled: [], released: ['rate-limit'] });
  });
});

describe('a key', () => {
  it('is read anew before every attempt, and not before the first', async () => {
    const { headers } = answers(sse(replies.text));
    let asked = 0;
    const keyed = model({ apiKey: () => `sk-${(asked += 1)}` });
    expect(asked).toBe(0);
    await keyed.generate(ask);
    await keyed.generate(ask);
    expect(headers.map((each) => each.get('authorization'))).toEqual(['Bearer sk-1', 'Bearer sk-2']);
  });

  it('is that of the environment at the time of the call', async () => {
    const { headers } = answers(sse(replies.text));
    const lazy = openai('gpt-6-luna', { baseUrl, retry: false });
    vi.stubEnv('OPENAI_API_KEY', 'sk-environment');
    await lazy.generate(ask);
    expect(headers[0]?.get('authorization')).toBe('Bearer sk-environment');
    vi.stubEnv('OPENAI_API_KEY', undefined);
    const guard = watchingGuard();
    const call = lazy.generate({ ...ask, context: rootContext({ guards: [guard] }) });
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
    const errors: ModelCallError[] = [];
    refuses(401, { error: { message: `Incorrect API key provided: ${apiKey} (${secretHeader})` } });
    errors.push(await failureOf(model(secretive).generate(ask)));
    errors.push(
      await failureOf(
        model({ client: new OpenAI({ apiKey, baseURL: baseUrl }), headers: secretive.headers }).generate(ask),
      ),
    );
    server.resetHandlers();
    answers(sse([...replies.text.slice(0, 6), { type: 'error', message: `bad ${apiKey}` }]));
    errors.push(await failureOf(model(secretive).generate(ask)));
    errors.push(await failureOf(model({ ...secretive, fetch: leaky }).generate(ask)));
    for (const error of errors) {
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(apiKey);
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secretHeader);
      expect(error.message).toContain('openai/gpt-6-luna');
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
          : streamOf([encode(sse(replies.text))]);
      }),
    );
    const clock = recording();
    const guard = watchingGuard();
    const result = await openai('gpt-6-luna', { apiKey, baseUrl, retry: { baseDelayMs: 100 } }).generate({
      ...ask,
      context: rootContext({ clock, seed: 1, guards: [guard] }),
    });
    expect(result.candidates).toHaveLength(1);
    expect(clock.slept).toEqual([700, 700]);
    expect(guard.released).toEqual(['rate-limit', 'rate-limit']);
    expect(guard.settled).toHaveLength(1);
  });

  it.each([
    ['a quota that is used up', () => refuses(429, { error: { message: 'Pay first', code: 'insufficient_quota' } })],
    ['an answer that broke off', () => void answers(sse(replies.text.slice(0, 6)))],
  ])('do not help against %s', async (_, prepare) => {
    prepare();
    const clock = recording();
    await failureOf(openai('gpt-6-luna', { apiKey, baseUrl }).generate({ ...ask, context: rootContext({ clock }) }));
    expect(clock.slept).toEqual([]);
  });
});

describe('chat completions', () => {
  const chunk = (delta: object, finish: string | null = null, index = 0): object => ({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_795_500_000,
    model: 'gpt-4.1-nano-2025-04-14',
    service_tier: 'default',
    choices: [{ index, delta, logprobs: null, finish_reason: finish }],
    usage: null,
  });
  const usage = {
    prompt_tokens: 5,
    completion_tokens: 2,
    total_tokens: 7,
    prompt_tokens_details: { cached_tokens: 4, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  };
  const chunks = (...events: readonly object[]): string =>
    [...events.map((event) => JSON.stringify(event)), '[DONE]'].map((data) => `data: ${data}\n\n`).join('');
  const last = { ...chunk({}), choices: [], usage };
  const answer = chunks(
    chunk({ role: 'assistant', content: '', refusal: null }),
    chunk({ content: '97' }),
    chunk({}, 'stop'),
    last,
  );
  const chat = (modelId = 'gpt-4.1-nano', options: OpenaiOptions = {}) => model({ api: 'chat', ...options }, modelId);

  it('are asked in the words of OpenAI itself', async () => {
    const { asked } = answers(answer);
    const result = await chat().generate({
      ...ask,
      maxOutputTokens: 64,
      temperature: 0.5,
      stop: ['a', 'b', 'c', 'd', 'e'],
      seed: 7,
      sessionKey: 'conversation-7',
      output: { json: { type: 'object' } },
    });
    expect(asked[0]).toEqual({
      model: 'gpt-4.1-nano',
      messages: ask.messages,
      max_completion_tokens: 64,
      temperature: 0.5,
      stop: ['a', 'b', 'c', 'd'],
      seed: 7,
      prompt_cache_key: 'conversation-7',
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'answer', schema: { type: 'object' }, strict: false },
      },
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(result.warnings.map(({ option }) => option)).toEqual(['stop', 'output']);
    expect(result.candidates[0]).toMatchObject({
      content: [{ type: 'text', text: '97' }],
      finish: { unified: 'stop' },
    });
    expect(result.charges).toMatchObject([
      { usage: { inputUncached: 1, cacheRead: 4, outputText: 2, billed: { tier: 'default' } }, usageKnown: 'exact' },
    ]);
  });

  it('give several samples in one call where the model does not reason', async () => {
    const two = chunks(chunk({ content: 'a' }, 'stop', 0), chunk({ content: 'b' }, 'stop', 1), last);
    const { asked } = answers(two);
    const result = await chat().generate({ ...ask, samples: 2 });
    expect(asked).toMatchObject([{ n: 2 }]);
    expect(result.candidates).toHaveLength(2);
    expect(result.charges).toHaveLength(1);
  });

  it('call tools without reasoning where the model has only that, and say so', async () => {
    const call = { index: 0, id: 'call_a', type: 'function', function: { name: 'find', arguments: '{"what":1}' } };
    const { asked } = answers(chunks(chunk({ tool_calls: [call] }), chunk({}, 'tool_calls'), last));
    const tools = [{ name: 'find', input: { json: { type: 'object' } } }];
    const result = await chat('gpt-6-luna').generate({ ...ask, tools, effort: 'high' });
    expect(asked[0]).toMatchObject({ reasoning_effort: 'none', tools: [{ function: { name: 'find' } }] });
    expect(result.warnings).toMatchObject([{ option: 'effort', message: expect.stringContaining('responses') }]);
    expect(result.candidates[0]?.content).toMatchObject([{ type: 'tool-call', input: { what: 1 } }]);
  });

  it('leave out reasoning, for which they have no place', async () => {
    const { asked } = answers(answer);
    const metadata = { openai: { id: 'rs_1', encrypted_content: 'gAAA' } };
    const messages: Message[] = [
      ...ask.messages,
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Hm.', metadata },
          { type: 'text', text: '97' },
        ],
      },
      { role: 'user', content: 'Another.' },
    ];
    const result = await chat().generate({ messages });
    expect(JSON.stringify(asked[0])).not.toMatch(/Hm\.|gAAA/);
    expect(result.warnings).toMatchObject([{ option: 'messages' }]);
  });

  it('that break off are an error, charged the hold where the model may have reasoned', async () => {
    answers(chunks(chunk({ content: '97' })));
    const reasoning = await failureOf(chat('gpt-5-mini').generate(ask));
    expect(reasoning).toBeInstanceOf(StreamTruncatedError);
    expect(reasoning.message).toContain('before its finish_reason');
    expect(reasoning.charges).toMatchObject([{ usageKnown: 'upper-bound', usage: {} }]);
    const plain = await failureOf(chat().generate(ask));
    expect(plain.charges).toMatchObject([{ usageKnown: 'estimated', usage: { outputText: 1 } }]);
  });

  it('keep what money was held for out of raw options', async () => {
    const call = chat().generate({ ...ask, providerOptions: { openai: { max_completion_tokens: 1_000_000 } } });
    await expect(call).rejects.toMatchObject({ code: 'invalid-option' });
  });
});

describe('the raw reply', () => {
  it.each(['responses', 'chat'] as const)(
    'of the %s interface is what was sent, where the request asks for it',
    async (api) => {
      const events =
        api === 'chat' ? [{ choices: [{ index: 0, delta: { content: '97' }, finish_reason: 'stop' }] }] : replies.text;
      answers(sse(events as typeof replies.text));
      const { raw } = await model({ api }, api === 'chat' ? 'gpt-4.1' : 'gpt-6-luna').generate({
        ...ask,
        includeRaw: true,
      });
      expect(raw).toMatchObject([{ reply: events }]);
    },
  );
});
