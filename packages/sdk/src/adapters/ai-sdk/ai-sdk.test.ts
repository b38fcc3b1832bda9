import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { MockLanguageModelV4, simulateReadableStream } from 'ai/test';
import { describe, expect, it } from 'vitest';
import { AbortedError } from '../../errors/aborted-error.ts';
import { ModelCallError } from '../../errors/model-call-error.ts';
import { TollgateError } from '../../errors/tollgate-error.ts';
import { rootContext } from '../../leaf/call-context.ts';
import type { Message } from '../../spec/content.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import type { StreamPart } from '../../spec/stream.ts';
import { virtualClock } from '../../testing/virtual-clock.ts';
import { fromAiSdk } from './ai-sdk.ts';
import type { FromAiSdkOptions } from './options.ts';

const messages: readonly Message[] = [{ role: 'user', content: 'Name a prime.' }];
const usage = {
  inputTokens: { total: 10, noCache: 7, cacheRead: 2, cacheWrite: 1 },
  outputTokens: { total: 7, text: 3, reasoning: 4 },
  raw: { n: 1 },
};
const stop = { unified: 'stop' as const, raw: 'end' };
const finish: LanguageModelV4StreamPart = { type: 'finish', finishReason: stop, usage };
const text = (said: string, id = 't'): readonly LanguageModelV4StreamPart[] => [
  { type: 'text-start', id },
  { type: 'text-delta', id, delta: said },
  { type: 'text-end', id },
];

function streaming(parts: readonly LanguageModelV4StreamPart[]): MockLanguageModelV4 {
  return new MockLanguageModelV4({
    provider: 'lab',
    modelId: 'one',
    doStream: async () => ({ stream: simulateReadableStream({ chunks: [...parts] }) }),
  });
}

function failing(error: unknown): MockLanguageModelV4 {
  return new MockLanguageModelV4({
    provider: 'lab',
    modelId: 'one',
    doStream: async () => {
      throw error;
    },
  });
}

const bare = (model: LanguageModelV4, options: FromAiSdkOptions = {}) => fromAiSdk(model, { retry: false, ...options });

async function asked(
  request: Partial<GenerateRequest>,
): Promise<{ readonly call: LanguageModelV4CallOptions; readonly warned: readonly (string | undefined)[] }> {
  const mock = streaming([...text('97'), finish]);
  const { warnings } = await bare(mock).generate({ messages, ...request });
  const [call] = mock.doStreamCalls;
  if (call === undefined) throw new Error('nothing was asked');
  return { call, warned: warnings.map(({ option }) => option) };
}

async function failure(model: LanguageModelV4, request: Partial<GenerateRequest> = {}): Promise<ModelCallError> {
  const error: unknown = await bare(model)
    .generate({ messages, ...request })
    .catch((caught: unknown) => caught);
  if (!ModelCallError.isInstance(error)) throw new Error(`no ModelCallError: ${String(error)}`);
  return error;
}

describe('what is sent', () => {
  it('is every option there is a place for', async () => {
    const { call, warned } = await asked({
      tools: [{ name: 'find', description: 'Finds.', input: { json: { type: 'object' } } }],
      toolChoice: { tool: 'find' },
      output: { json: { type: 'object' }, name: 'answer' },
      maxOutputTokens: 8,
      temperature: 0.5,
      topP: 0.9,
      topK: 4,
      stop: ['.'],
      effort: 'high',
      providerOptions: { lab: { speed: 'fast' } },
      includeRaw: true,
    });
    expect(call).toEqual({
      prompt: [{ role: 'user', content: [{ type: 'text', text: 'Name a prime.' }] }],
      tools: [{ type: 'function', name: 'find', description: 'Finds.', inputSchema: { type: 'object' } }],
      toolChoice: { type: 'tool', toolName: 'find' },
      responseFormat: { type: 'json', schema: { type: 'object' }, name: 'answer' },
      maxOutputTokens: 8,
      temperature: 0.5,
      topP: 0.9,
      topK: 4,
      stopSequences: ['.'],
      reasoning: 'high',
      providerOptions: { lab: { speed: 'fast' } },
      includeRawChunks: true,
    });
    expect(warned).toEqual([]);
  });

  it('warns of what there is no option for', async () => {
    const { warned } = await asked({ logprobs: { top: 2 }, maxReasoningTokens: 5, serviceTier: 'flex' });
    expect(warned).toEqual(['logprobs', 'maxReasoningTokens', 'serviceTier']);
  });

  it('is not what the user declared to be no option of the model', async () => {
    const mock = streaming([...text('97'), finish]);
    const model = bare(mock, {
      capabilities: { sampling: { temperature: false, topP: false, topK: false, seed: false }, stop: false },
    });
    const asking = { temperature: 1, topP: 1, topK: 1, seed: 1, stop: ['.'] };
    const { warnings } = await model.generate({ messages, ...asking });
    expect(warnings.map(({ option }) => option)).toEqual(Object.keys(asking));
    expect(Object.keys(mock.doStreamCalls[0] ?? {})).toEqual(['prompt']);
  });

  it('is one sample a call, each with a seed of its own', async () => {
    const mock = streaming([...text('97'), finish]);
    const { candidates } = await bare(mock).generate({ messages, samples: 3, seed: 5 });
    expect(candidates).toHaveLength(3);
    expect(new Set(mock.doStreamCalls.map(({ seed }) => seed))).toEqual(new Set([5, 6, 7]));
  });

  it('is a conversation with files, breakpoints, signatures and results', async () => {
    const own = { provider: 'lab', modelId: 'one' };
    const { call } = await asked({
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'Be brief.', cache: { ttl: '1h' } }] },
        {
          role: 'user',
          content: [
            { type: 'file', mediaType: 'image/png', data: { base64: 'AQ==' }, filename: 'a.png' },
            { type: 'file', mediaType: 'image/png', data: { url: 'https://a.test/b' } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'Hm.', origin: own, metadata: { lab: { signature: 's' } } },
            {
              type: 'reasoning',
              text: 'Not mine.',
              origin: { provider: 'other', modelId: 'two' },
              metadata: { other: { signature: 'o' } },
            },
            {
              type: 'tool-call',
              toolCallId: 'a',
              toolName: 'find',
              input: { x: 1 },
              origin: own,
              metadata: { lab: { item: 'i' } },
            },
            {
              type: 'tool-call',
              toolCallId: 'b',
              toolName: 'find',
              input: {},
              origin: { provider: 'other', modelId: 'two' },
              metadata: { other: { item: 'i' } },
            },
          ],
        },
        {
          role: 'tool',
          content: [
            { type: 'tool-result', toolCallId: 'a', toolName: 'find', output: { y: 2 } },
            { type: 'tool-result', toolCallId: 'b', toolName: 'find', output: 'no', isError: true },
          ],
        },
      ],
    });
    expect(call.prompt).toEqual([
      {
        role: 'system',
        content: 'Be brief.',
        providerOptions: { anthropic: { cacheControl: { type: 'ephemeral', ttl: '1h' } } },
      },
      {
        role: 'user',
        content: [
          { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AQ==' }, filename: 'a.png' },
          { type: 'file', mediaType: 'image/png', data: { type: 'url', url: new URL('https://a.test/b') } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Hm.', providerOptions: { lab: { signature: 's' } } },
          {
            type: 'tool-call',
            toolCallId: 'a',
            toolName: 'find',
            input: { x: 1 },
            providerOptions: { lab: { item: 'i' } },
          },
          { type: 'tool-call', toolCallId: 'b', toolName: 'find', input: {} },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'a', toolName: 'find', output: { type: 'json', value: { y: 2 } } },
          { type: 'tool-result', toolCallId: 'b', toolName: 'find', output: { type: 'error-text', value: 'no' } },
        ],
      },
    ]);
  });
});

describe('what is read', () => {
  const parts: readonly LanguageModelV4StreamPart[] = [
    {
      type: 'stream-start',
      warnings: [
        { type: 'unsupported', feature: 'topK' },
        { type: 'deprecated', setting: 'x', message: 'old' },
      ],
    },
    { type: 'response-metadata', id: 'r', modelId: 'one-2026' },
    { type: 'reasoning-start', id: 'r1', providerMetadata: { lab: { item: 'rs' } } },
    { type: 'reasoning-delta', id: 'r1', delta: 'Hm' },
    { type: 'reasoning-delta', id: 'r1', delta: '', providerMetadata: { lab: { signature: 's' } } },
    { type: 'reasoning-end', id: 'r1' },
    ...text('Look.'),
    { type: 'source', sourceType: 'url', id: 'u', url: 'https://a.test' },
    { type: 'file', mediaType: 'image/png', data: { type: 'data', data: new Uint8Array([1]) } },
    { type: 'tool-input-start', id: 'a', toolName: 'find' },
    { type: 'tool-input-delta', id: 'a', delta: '{"x":' },
    { type: 'tool-input-delta', id: 'a', delta: '1}' },
    { type: 'tool-input-end', id: 'a' },
    {
      type: 'tool-call',
      toolCallId: 'a',
      toolName: 'find',
      input: '{"x":1}',
      providerMetadata: { lab: { item: 'fc' } },
    },
    { type: 'tool-call', toolCallId: 'b', toolName: 'find', input: '{"x": Oslo' },
    { type: 'tool-call', toolCallId: 's', toolName: 'search', input: '{}', providerExecuted: true },
    { type: 'ping' },
    { type: 'finish', finishReason: { unified: 'tool-calls', raw: 'tool_use' }, usage },
  ];
  const origin = { provider: 'lab', modelId: 'one' };
  const content = [
    { type: 'reasoning', text: 'Hm', origin, metadata: { lab: { item: 'rs', signature: 's' } } },
    { type: 'text', text: 'Look.' },
    { type: 'file', mediaType: 'image/png', data: { base64: 'AQ==' } },
    {
      type: 'tool-call',
      toolCallId: 'a',
      toolName: 'find',
      input: { x: 1 },
      origin,
      metadata: { lab: { item: 'fc' } },
    },
    { type: 'tool-call', toolCallId: 'b', toolName: 'find', input: '{"x": Oslo', invalid: expect.any(String), origin },
  ];

  it('is content, finish, usage in buckets, and warnings', async () => {
    const { candidates, charges, warnings, decision } = await bare(streaming(parts)).generate({ messages });
    expect(candidates).toMatchObject([
      { content, finish: { unified: 'tool-calls', raw: 'tool_use' }, producedBy: origin },
    ]);
    expect(candidates[0]?.content).toHaveLength(content.length);
    expect(charges).toMatchObject([
      {
        usageKnown: 'exact',
        usage: {
          inputUncached: 7,
          cacheRead: 2,
          cacheWrite: { total: 1 },
          outputText: 3,
          outputReasoning: 4,
          raw: { n: 1 },
        },
      },
    ]);
    expect(warnings.map(({ code, option, message }) => option ?? `${code} ${message.slice(0, 20)}`)).toEqual([
      'topK',
      'x',
      'other A source part was le',
      'other A tool-call of the p',
    ]);
    expect(decision.status).toBe('unverified');
  });

  it('is streamed as it comes; what a part carries comes when it is whole', async () => {
    const shown: StreamPart[] = [];
    for await (const part of bare(streaming(parts)).stream({ messages })) shown.push(part);
    expect(
      shown.map((part) => ('text' in part ? `${part.type} ${part.text}${'metadata' in part ? ' +' : ''}` : part.type)),
    ).toEqual([
      'start',
      'commit',
      'reasoning-delta Hm',
      'reasoning-delta  +',
      'text-delta Look.',
      'tool-input-delta {"x":',
      'tool-input-delta 1}',
      'tool-call',
      'tool-call',
      'candidate-finish',
      'finish',
    ]);
  });

  it('keeps blocks that come at the same time apart', async () => {
    const { candidates } = await bare(
      streaming([
        { type: 'text-start', id: '1' },
        { type: 'text-start', id: '2' },
        { type: 'text-delta', id: '2', delta: 'b' },
        { type: 'text-delta', id: '1', delta: 'a' },
        { type: 'text-delta', id: '1', delta: 'a' },
        finish,
      ]),
    ).generate({ messages });
    expect(candidates[0]?.content).toEqual([
      { type: 'text', text: 'aa' },
      { type: 'text', text: 'b' },
    ]);
  });

  it('is raw frames where they were asked for', async () => {
    const mock = streaming([{ type: 'raw', rawValue: { a: 1 } }, ...text('97'), finish]);
    const { raw } = await bare(mock).generate({ messages, includeRaw: true });
    expect(raw?.map(({ reply }) => reply)).toEqual([[{ a: 1 }]]);
  });

  const none = { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined };
  const out = { total: 7, text: 3, reasoning: 4 };
  it.each([
    [
      'a total only',
      { ...none, total: 10 },
      out,
      { inputUncached: 10, outputText: 3, outputReasoning: 4 },
      'estimated',
    ],
    [
      'a total and what was cached',
      { ...none, total: 10, cacheRead: 4, cacheWrite: 0 },
      out,
      { inputUncached: 6, cacheRead: 4, cacheWrite: { total: 0 }, outputText: 3, outputReasoning: 4 },
      'exact',
    ],
    [
      'zeros',
      { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
      { total: 0, text: 0, reasoning: 0 },
      { inputUncached: 0, cacheRead: 0, cacheWrite: { total: 0 }, outputText: 0, outputReasoning: 0 },
      'exact',
    ],
    [
      'the plain bucket only',
      { ...none, noCache: 5 },
      { total: 2, text: undefined, reasoning: undefined },
      { inputUncached: 5, outputText: 2 },
      'exact',
    ],
    [
      'parts above the whole',
      { ...none, total: 3, cacheRead: 5, cacheWrite: 0 },
      out,
      { inputUncached: 23, cacheRead: 5, cacheWrite: { total: 0 }, outputText: 3, outputReasoning: 4 },
      'estimated',
    ],
    [
      'nothing',
      none,
      { total: undefined, text: undefined, reasoning: undefined },
      { inputUncached: 23, outputText: 1 },
      'estimated',
    ],
    [
      'what is no number',
      { ...none, total: Number.NaN },
      out,
      { inputUncached: 23, outputText: 3, outputReasoning: 4 },
      'estimated',
    ],
  ] as const)('is usage of which a provider tells %s', async (...[, inputTokens, outputTokens, expected, known]) => {
    const mock = streaming([
      ...text('97'),
      { type: 'finish', finishReason: stop, usage: { inputTokens, outputTokens } },
    ]);
    const { charges } = await bare(mock).generate({ messages });
    expect(charges).toMatchObject([{ usage: expected, usageKnown: known }]);
    expect(charges[0]?.usage).toEqual(expected);
  });

  it.each([
    ['length', 'length', 'length'],
    ['content-filter', 'content-filter', 'eos'],
    ['error', 'error', 'eos'],
    ['other', 'other', 'eos'],
    ['interrupted', 'aborted', 'aborted'],
    ['a reason of tomorrow', 'other', 'eos'],
  ])('is an end by %s', async (theirs, unified, by) => {
    const finishReason = { unified: theirs as 'stop', raw: undefined };
    const { candidates } = await bare(streaming([...text('97'), { type: 'finish', finishReason, usage }])).generate({
      messages,
    });
    expect(candidates[0]?.finish).toEqual({ unified, by });
  });
});

describe('a stream that is not whole', () => {
  const reset = Object.assign(new TypeError('terminated'), {
    cause: Object.assign(new Error('read'), { code: 'ECONNRESET' }),
  });
  const cutAfter = (parts: readonly LanguageModelV4StreamPart[]): ReadableStream<LanguageModelV4StreamPart> => {
    const left = [...parts];
    return new ReadableStream(
      {
        pull: (controller) => {
          const part = left.shift();
          if (part === undefined) controller.error(reset);
          else controller.enqueue(part);
        },
      },
      { highWaterMark: 0 },
    );
  };

  it.each([
    ['ended', () => simulateReadableStream({ chunks: [...text('9')] })],
    ['was cut off (ECONNRESET)', () => cutAfter(text('9'))],
  ])('because it %s is truncated, and charged by what came', async (how, make) => {
    const error = await failure(
      new MockLanguageModelV4({ provider: 'lab', modelId: 'one', doStream: async () => ({ stream: make() }) }),
    );
    expect([error.code, error.dispatch]).toEqual(['stream-truncated', 'unknown']);
    expect(error.message).toBe(`lab/one ${how} before its finish part: the answer is not whole.`);
    expect(error.partial?.candidates[0]?.content).toEqual([{ type: 'text', text: '9' }]);
    expect(error.charges).toMatchObject([{ usageKnown: 'estimated', usage: { outputText: 1 } }]);
  });

  it('without anything: charged at what is held', async () => {
    const error = await failure(streaming([]));
    expect([error.code, error.charges[0]?.usageKnown]).toEqual(['stream-truncated', 'upper-bound']);
  });

  it('is an error that the stream itself tells, with the usage that comes after it', async () => {
    const told = { type: 'overloaded_error', message: 'Overloaded' };
    const interrupted: LanguageModelV4StreamPart = {
      type: 'finish',
      finishReason: { unified: 'error', raw: undefined },
      usage,
    };
    const late = await failure(streaming([...text('9'), { type: 'error', error: told }, interrupted]));
    expect([late.failure, late.dispatch, late.message]).toEqual([
      'overloaded',
      'unknown',
      'lab/one failed while it answered: Overloaded.',
    ]);
    expect(late.charges).toMatchObject([{ usageKnown: 'exact', usage: { inputUncached: 7 } }]);
    const early = await failure(streaming([{ type: 'error', error: told }, interrupted]));
    expect([early.failure, early.dispatch, early.charges]).toEqual(['overloaded', 'refused', []]);
    expect((await failure(streaming([{ type: 'error', error: 'no' }]))).message).toMatch(/: no\.$/);
  });
});

/** An error with the shape of `APICallError`, and everything in it that must not get out. */
function apiError(facts: {
  readonly message?: string;
  readonly statusCode?: number;
  readonly responseBody?: string;
  readonly responseHeaders?: Record<string, string>;
  readonly cause?: unknown;
}): Error {
  return Object.assign(new Error(facts.message ?? 'it failed', { cause: facts.cause }), {
    name: 'AI_APICallError',
    url: 'https://a.test/v1?key=topsecretkey',
    requestBodyValues: { key: 'topsecretkey' },
    isRetryable: true,
    ...facts,
  });
}

describe('an error', () => {
  const withCode = (code: string): Error =>
    Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(`connect ${code}`), { code }) });
  it.each([
    ['401', apiError({ statusCode: 401, responseBody: '{"error":{"message":"Bad key"}}' }), 'auth', 'refused'],
    ['402', apiError({ statusCode: 402 }), 'auth', 'refused'],
    ['404', apiError({ statusCode: 404 }), 'not-found', 'refused'],
    ['429', apiError({ statusCode: 429 }), 'rate-limit', 'refused'],
    [
      '429 for lack of money',
      apiError({ statusCode: 429, responseBody: '{"error":{"code":"insufficient_quota","message":"Pay"}}' }),
      'auth',
      'refused',
    ],
    ['400', apiError({ statusCode: 400 }), 'bad-request', 'refused'],
    [
      'a prompt too long',
      apiError({ statusCode: 400, responseBody: '{"error":{"message":"maximum context length is 8"}}' }),
      'context-length',
      'refused',
    ],
    ['500', apiError({ statusCode: 500, responseBody: '<html><title>Oops</title></html>' }), 'server', 'refused'],
    ['529', apiError({ statusCode: 529 }), 'overloaded', 'refused'],
    ['504', apiError({ statusCode: 504 }), 'timeout', 'unknown'],
    [
      'a reply of 200 that cannot be read',
      apiError({ statusCode: 200, message: 'Invalid JSON response' }),
      'protocol',
      'unknown',
    ],
    [
      'nobody listening',
      apiError({ message: 'Cannot connect to API', cause: withCode('ECONNREFUSED') }),
      'network',
      'not-sent',
    ],
    ['a name not found', withCode('ENOTFOUND'), 'network', 'not-sent'],
    ['a socket that was reset', apiError({ cause: withCode('ECONNRESET') }), 'network', 'unknown'],
    ['a fetch that does not say', new TypeError('fetch failed'), 'network', 'unknown'],
    [
      'an unknown model',
      Object.assign(new Error('No such model'), { name: 'AI_NoSuchModelError' }),
      'not-found',
      'not-sent',
    ],
    [
      'what the provider cannot do',
      Object.assign(new Error('No images'), { name: 'AI_UnsupportedFunctionalityError' }),
      'bad-request',
      'not-sent',
    ],
    [
      'an unreadable reply',
      Object.assign(new Error('Bad type'), { name: 'AI_TypeValidationError' }),
      'protocol',
      'unknown',
    ],
    ['a time-out', Object.assign(new Error('Too slow'), { name: 'TimeoutError' }), 'timeout', 'unknown'],
    ['a bug', new RangeError('oh'), 'engine', 'unknown'],
    ['no error at all', undefined, 'engine', 'unknown'],
    ['words', 'it broke', 'engine', 'unknown'],
  ])('of %s', async (...[, thrown, sort, dispatch]) => {
    const error = await failure(failing(thrown));
    expect([error.failure, error.dispatch]).toEqual([sort, dispatch]);
    expect(error.message.startsWith('lab/one ')).toBe(true);
    expect(error.charges).toHaveLength(dispatch === 'unknown' ? 1 : 0);
  });

  it('says how long to wait, and which request it was', async () => {
    const error = await failure(
      failing(apiError({ statusCode: 429, responseHeaders: { 'Retry-After': '2', 'x-request-id': 'req_1' } })),
    );
    expect([error.status, error.retryAfterMs, error.requestId]).toEqual([429, 2000, 'req_1']);
  });

  it('of a missing key says so', async () => {
    const thrown = Object.assign(new Error('Lab API key is missing. Set LAB_API_KEY.'), { name: 'AI_LoadAPIKeyError' });
    const error: unknown = await bare(failing(thrown))
      .generate({ messages })
      .catch((caught: unknown) => caught);
    expect(TollgateError.isInstance(error) && [error.code, error.message]).toEqual([
      'missing-key',
      'lab/one has no key: Lab API key is missing. Set LAB_API_KEY.',
    ]);
  });

  it('of ours stays as it is', async () => {
    const own = new TollgateError('missing-scope', 'Name the user.');
    await expect(bare(failing(own)).generate({ messages })).rejects.toBe(own);
  });

  it('never holds a key, a request or a header', async () => {
    const thrown = apiError({
      message:
        'GET https://me:topsecretkey@a.test/v1?key=topsecretkey failed with Bearer topsecretkey123 and sk-topsecretkey-0123456789abcdef',
      responseHeaders: { 'set-cookie': 'topsecretkey' },
      cause: new Error('https://a.test/?api_key=topsecretkey'),
    });
    for (const each of [thrown, Object.assign(thrown, { statusCode: 500 })]) {
      const error = await failure(failing(each));
      const all = JSON.stringify([
        error.message,
        error.stack,
        error.cause,
        (error.cause as Error).message,
        error,
        Object.entries(error.cause as Error),
      ]);
      expect(all).not.toMatch(/topsecretkey/);
    }
  });
});

describe('trying again', () => {
  it('is on, whatever the error says of itself, and waits as long as it was asked to', async () => {
    const clock = virtualClock(0, { autoAdvance: true });
    let calls = 0;
    const mock = new MockLanguageModelV4({
      doStream: async () => {
        calls += 1;
        if (calls === 1)
          throw Object.assign(apiError({ statusCode: 429, responseHeaders: { 'retry-after': '9' } }), {
            isRetryable: false,
          });
        return { stream: simulateReadableStream({ chunks: [...text('97'), finish] }) };
      },
    });
    const { candidates } = await fromAiSdk(mock).generate({ messages, context: rootContext({ clock }) });
    expect([calls, candidates[0]?.content]).toEqual([2, [{ type: 'text', text: '97' }]]);
    expect(clock.now()).toBeGreaterThanOrEqual(9000);
  });

  it('can be turned off', async () => {
    const mock = failing(apiError({ statusCode: 429 }));
    await failure(mock);
    expect(mock.doStreamCalls).toHaveLength(1);
  });
});

describe('an abort', () => {
  const aborted = async (model: LanguageModelV4, when: (abort: () => void) => void): Promise<AbortedError> => {
    const controller = new AbortController();
    const asking = bare(model).generate({ messages, signal: controller.signal });
    when(() => controller.abort());
    const error: unknown = await asking.catch((caught: unknown) => caught);
    if (!AbortedError.isInstance(error)) throw new Error(`no AbortedError: ${String(error)}`);
    return error;
  };

  it('before anything is sent asks nobody', async () => {
    const mock = streaming([finish]);
    const error: unknown = await bare(mock)
      .generate({ messages, signal: AbortSignal.abort() })
      .catch((caught: unknown) => caught);
    expect(AbortedError.isInstance(error)).toBe(true);
    expect(mock.doStreamCalls).toHaveLength(0);
  });

  it('before the answer is charged at what is held, also where the model does not listen; a stream that opens later is cancelled', async () => {
    const opened = Promise.withResolvers<{ stream: ReadableStream<LanguageModelV4StreamPart> }>();
    const cancelled = Promise.withResolvers<void>();
    const called = Promise.withResolvers<void>();
    const mock = new MockLanguageModelV4({
      doStream: async () => {
        called.resolve();
        return opened.promise;
      },
    });
    const error = await aborted(mock, (abort) => void called.promise.then(abort));
    expect(error.charges).toMatchObject([{ usageKnown: 'upper-bound' }]);
    opened.resolve({ stream: new ReadableStream({ cancel: () => cancelled.resolve() }) });
    await cancelled.promise;
  });

  it('in the middle keeps what had come, and cancels the stream', async () => {
    const cancelled = Promise.withResolvers<void>();
    const sent = Promise.withResolvers<void>();
    let pulls = 0;
    const stream = new ReadableStream<LanguageModelV4StreamPart>(
      {
        pull: async (controller) => {
          const part = text('9')[pulls];
          pulls += 1;
          if (part !== undefined && pulls < 3) return controller.enqueue(part);
          sent.resolve();
          await cancelled.promise;
        },
        cancel: () => cancelled.resolve(),
      },
      { highWaterMark: 0 },
    );
    const mock = new MockLanguageModelV4({ doStream: async () => ({ stream }) });
    const error = await aborted(mock, (abort) => void sent.promise.then(abort));
    await cancelled.promise;
    expect(error.partial?.candidates).toMatchObject([
      { content: [{ type: 'text', text: '9' }], finish: { unified: 'aborted', by: 'aborted' } },
    ]);
    expect(error.charges).toMatchObject([{ usageKnown: 'estimated', usage: { outputText: 1 } }]);
  });

  it('after the end changes nothing', async () => {
    const controller = new AbortController();
    const { candidates } = await bare(streaming([...text('97'), finish])).generate({
      messages,
      signal: controller.signal,
    });
    controller.abort();
    expect(candidates[0]?.finish.by).toBe('eos');
  });
});

describe('options', () => {
  it('name the model as price books do, and say what it can do', () => {
    const model = bare(streaming([]), {
      provider: 'openai',
      capabilities: { efforts: ['low'], limits: { contextTokens: 9 } },
    });
    expect([model.provider, model.modelId]).toEqual(['openai', 'one']);
    expect(model.capabilitiesFor()).toMatchObject({
      known: 'declared',
      efforts: ['low'],
      limits: { contextTokens: 9 },
      tools: true,
    });
    expect(bare(streaming([])).capabilitiesFor()).toMatchObject({
      known: 'assumed',
      efforts: [],
      logprobs: 'none',
      samples: { nativeMax: 1 },
    });
  });

  it.each([
    [
      { specificationVersion: 'v3', provider: 'lab', modelId: 'old' },
      /must be a LanguageModelV4 .* received specification version "v3"/,
    ],
    ['openai/gpt-6', /received the name "openai\/gpt-6"/],
  ])('refuse what is no model of version 4', (model, message) => {
    expect(() => fromAiSdk(model as never)).toThrow(message);
  });

  it('refuse several samples a call', () => {
    expect(() => bare(streaming([]), { capabilities: { samples: { nativeMax: 4 } } })).toThrow(
      /nativeMax must be 1, received 4/,
    );
  });
});
