import { http } from 'msw';
import { AzureOpenAI, OpenAI } from 'openai';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AbortedError } from '../../errors/aborted-error.ts';
import { StreamTruncatedError } from '../../errors/model-call-error.ts';
import { RecordingGuard } from '../../leaf/__fixtures__/recording-guard.ts';
import { rootContext } from '../../leaf/call-context.ts';
import type { Message } from '../../spec/content.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import {
  apiKey,
  ask,
  failureOf,
  HostedServer,
  partsOf,
  streamOf,
  unhurriedClock,
} from '../../transport/__fixtures__/hosted-server.ts';
import * as replies from '../../wire/openai-responses/__fixtures__/replies.ts';
import { openai } from './openai.ts';
import type { OpenaiOptions } from './options.ts';

const baseUrl = 'https://openai.test/v1';
const url = `${baseUrl}/responses`;
const chatUrl = `${baseUrl}/chat/completions`;
const { sse } = replies;

const server = new HostedServer(url, chatUrl);

const model = (options: OpenaiOptions = {}, modelId = 'gpt-6-luna') =>
  openai(modelId, { ...(options.client === undefined && { apiKey, baseUrl }), retry: false, ...options });

describe('an answer', () => {
  it('is streamed on the wire, not kept there, with usage in disjoint buckets', async () => {
    const { bodies: asked, headers } = server.answers(sse(replies.text));
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

  it('is as many samples as asked, each a call of its own', async () => {
    const { bodies: asked } = server.answers(sse(replies.text));
    const result = await model().generate({ ...ask, samples: 3 });
    expect(result.candidates).toHaveLength(3);
    expect(result.charges).toHaveLength(3);
    expect(asked).toHaveLength(3);
  });

  it('is held to a schema', async () => {
    const { bodies: asked } = server.answers(sse(replies.structured));
    const output = { standard: z.strictObject({ prime: z.number() }), name: 'prime' };
    const result = await model().generate({ ...ask, output });
    expect(asked[0]).toMatchObject({ text: { format: { type: 'json_schema', name: 'prime', strict: true } } });
    expect(result.warnings).toEqual([]);
    expect(result.candidates[0]?.content).toEqual([{ type: 'text', text: '{"prime":97}' }]);
  });

  it('has log-probabilities at effort none, and a warning at any other', async () => {
    const { bodies: asked } = server.answers(sse(replies.withLogprobs));
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
    server.answers(sse(events));
    const result = await model().generate(ask);
    expect(result.candidates[0]?.finish).toMatchObject(finish);
    expect(result.charges[0]?.usageKnown).toBe('exact');
  });

  it('leaves in the trace why its prompt was not in the cache', async () => {
    server.answers(sse(replies.missedCache));
    const result = await model().generate({ ...ask, sessionKey: 'conversation-7' });
    expect(JSON.stringify(result.trace)).toContain('"cache miss":"model_changed","cache missed tokens":900');
  });

  it('by a model that nobody knows carries a warning, unless the user said what it can do', async () => {
    server.answers(sse(replies.text));
    const assumed = await model({}, 'gpt-7').generate(ask);
    expect(assumed.warnings).toMatchObject([{ code: 'assumed', message: expect.stringContaining('"gpt-7"') }]);
    const declared = await model({ capabilities: { efforts: ['low', 'high'] } }, 'gpt-7').generate({
      ...ask,
      effort: 'low',
    });
    expect(declared.warnings).toEqual([]);
  });
});

describe('a tool loop', () => {
  const tools = [{ name: 'weather', input: { standard: z.object({ city: z.string() }) } }];

  it('hands reasoning back encrypted, in its place, so that the next turn is valid', async () => {
    const { bodies: asked } = server.answers(sse(replies.toolCalls), sse(replies.afterTools));
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
    server.answers(sse(replies.toolCalls));
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
    const { bodies: asked } = server.answers(sse(replies.text));
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
    const guard = new RecordingGuard();
    const context = rootContext({ guards: [guard] });
    for (const field of ['max_output_tokens', 'previous_response_id', 'model']) {
      const sneaky = model().generate({ ...ask, context, providerOptions: { openai: { [field]: 'x' } } });
      await expect(sneaky).rejects.toMatchObject({ code: 'invalid-option', option: 'providerOptions' });
    }
    const refused = ['admit', 'release invalid-option'];
    expect(guard.log).toEqual([...refused, ...refused, ...refused]);
  });
});

describe('a client of the user', () => {
  it('of the SDK brings its key and its address', async () => {
    const { headers } = server.answers(sse(replies.text));
    const client = new OpenAI({ apiKey: 'sk-of-its-own', baseURL: baseUrl, maxRetries: 5 });
    expect((await model({ client, headers: { 'x-team': 'primes' } }).generate(ask)).candidates).toHaveLength(1);
    expect(headers[0]?.get('authorization')).toBe('Bearer sk-of-its-own');
    expect(headers[0]?.get('x-team')).toBe('primes');
  });

  it('of Azure asks a deployment, by both interfaces', async () => {
    const asked: string[] = [];
    const keys: (string | null)[] = [];
    const answer =
      (body: string) =>
      ({ request }: { request: Request }) => {
        asked.push(request.url);
        keys.push(request.headers.get('api-key'));
        return streamOf([body]);
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
  it('without a body is one by its status', async () => {
    server.responds(() => new Response(null, { status: 500 }));
    expect((await failureOf(model().generate(ask))).message).toBe('openai/gpt-6-luna answered 500: no explanation.');
  });

  it('that comes in the stream, before anything was made, is one all the same', async () => {
    server.answers(sse(replies.failedAtOnce));
    expect(await failureOf(model().generate(ask))).toMatchObject({
      failure: 'rate-limit',
      dispatch: 'refused',
      charges: [],
      requestId: 'req_1',
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
    server.answers(sse(events));
    const error = await failureOf(model().generate(plain));
    expect(error).toBeInstanceOf(StreamTruncatedError);
    expect(error).toMatchObject({ code: 'stream-truncated', dispatch: 'unknown', requestId: 'req_1' });
    const begun = events.length > 4;
    expect(error.partial?.candidates[0]?.content).toHaveLength(begun ? 1 : 0);
    expect(error.charges).toMatchObject([
      begun ? { usageKnown: 'estimated' } : { usageKnown: 'upper-bound', usage: {} },
    ]);
  });

  it('is charged the whole hold where the model may have reasoned', async () => {
    server.answers(sse(replies.text.slice(0, 6)));
    const error = await failureOf(model().generate(ask));
    expect(error.charges).toMatchObject([{ usageKnown: 'upper-bound', usage: {} }]);
  });

  it('by an error event is charged for what had arrived', async () => {
    server.answers(sse(replies.errorEvent));
    const error = await failureOf(model().generate(plain));
    expect(error).toMatchObject({
      failure: 'server',
      dispatch: 'unknown',
      message: expect.stringContaining('The server had an error'),
    });
    expect(error.charges).toMatchObject([{ usageKnown: 'estimated' }]);
  });

  it('by response.failed is charged by its own usage', async () => {
    server.answers(sse(replies.failedLate));
    const error = await failureOf(model().generate(ask));
    expect(error).toMatchObject({ failure: 'server', dispatch: 'unknown' });
    expect(error.charges).toMatchObject([{ usageKnown: 'exact', usage: { outputText: 26, outputReasoning: 64 } }]);
  });
});

describe('an abort', () => {
  it('while a refusal explains itself finds it a refusal all the same, and free', async () => {
    const controller = new AbortController();
    const guard = new RecordingGuard();
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
    expect(guard.log).toEqual(['admit', 'release rate-limit']);
  });
});

describe('retries', () => {
  it.each([
    [
      'a quota that is used up',
      () => server.refuses(429, { error: { message: 'Pay first', code: 'insufficient_quota' } }),
    ],
    ['an answer that broke off', () => void server.answers(sse(replies.text.slice(0, 6)))],
  ])('do not help against %s', async (_, prepare) => {
    prepare();
    const clock = unhurriedClock();
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
    const { bodies: asked } = server.answers(answer);
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
    const { bodies: asked } = server.answers(two);
    const result = await chat().generate({ ...ask, samples: 2 });
    expect(asked).toMatchObject([{ n: 2 }]);
    expect(result.candidates).toHaveLength(2);
    expect(result.charges).toHaveLength(1);
  });

  it('call tools without reasoning where the model has only that, and say so', async () => {
    const call = { index: 0, id: 'call_a', type: 'function', function: { name: 'find', arguments: '{"what":1}' } };
    const { bodies: asked } = server.answers(chunks(chunk({ tool_calls: [call] }), chunk({}, 'tool_calls'), last));
    const tools = [{ name: 'find', input: { json: { type: 'object' } } }];
    const result = await chat('gpt-6-luna').generate({ ...ask, tools, effort: 'high' });
    expect(asked[0]).toMatchObject({ reasoning_effort: 'none', tools: [{ function: { name: 'find' } }] });
    expect(result.warnings).toMatchObject([{ option: 'effort', message: expect.stringContaining('responses') }]);
    expect(result.candidates[0]?.content).toMatchObject([{ type: 'tool-call', input: { what: 1 } }]);
  });

  it('leave out reasoning, for which they have no place', async () => {
    const { bodies: asked } = server.answers(answer);
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
    server.answers(chunks(chunk({ content: '97' })));
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
