import Anthropic from '@anthropic-ai/sdk';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { StreamTruncatedError } from '../../errors/model-call-error.ts';
import { RecordingGuard } from '../../leaf/__fixtures__/recording-guard.ts';
import { rootContext } from '../../leaf/call-context.ts';
import { apiKey, ask, type Asked, failureOf, HostedServer } from '../../transport/__fixtures__/hosted-server.ts';
import { anthropic } from './anthropic.ts';
import type { AnthropicOptions } from './options.ts';

const baseUrl = 'http://claude.test';
const url = `${baseUrl}/v1/messages`;
const modelId = 'claude-opus-4-8';

const server = new HostedServer(url);
beforeEach(() => {
  vi.stubEnv('ANTHROPIC_API_KEY', undefined);
  vi.stubEnv('ANTHROPIC_BASE_URL', undefined);
});

const model = (options: AnthropicOptions = {}, id = modelId) =>
  anthropic(id, { baseUrl, apiKey, retry: false, ...options });

const start = (usage: object = {}): object => ({
  type: 'message_start',
  message: {
    id: 'msg_01',
    type: 'message',
    role: 'assistant',
    model: modelId,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: {
      input_tokens: 12,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 1,
      service_tier: 'standard',
      ...usage,
    },
  },
});
const block = (index: number, contentBlock: object): object => ({
  type: 'content_block_start',
  index,
  content_block: contentBlock,
});
const delta = (index: number, fields: object): object => ({ type: 'content_block_delta', index, delta: fields });
const stop = (index: number): object => ({ type: 'content_block_stop', index });
const said = (index: number, ...texts: readonly string[]): object[] => [
  block(index, { type: 'text', text: '' }),
  ...texts.map((text) => delta(index, { type: 'text_delta', text })),
  stop(index),
];
const end = (reason: string, usage: object = { output_tokens: 9 }, more: object = {}): object[] => [
  { type: 'message_delta', delta: { stop_reason: reason, stop_sequence: null, ...more }, usage },
  { type: 'message_stop' },
];
const answer = [start(), { type: 'ping' }, ...said(0, '9', '7'), ...end('end_turn')];
const begun = answer.slice(0, 5);

function sse(events: readonly object[]): string {
  return events
    .map((event) => `event: ${(event as { type: string }).type}\ndata: ${JSON.stringify(event)}\n\n`)
    .join('');
}

/** Answers every request with these events, and keeps what was asked. */
function answers(...replies: readonly (readonly object[])[]): Asked {
  return server.answers(...replies.map(sse));
}

describe('an answer', () => {
  it('is streamed on the wire, with usage in disjoint buckets', async () => {
    const { bodies, headers: sent } = answers(answer);
    const result = await model({ headers: { 'X-Team': 'primes' } }).generate(ask);
    expect(result.candidates).toMatchObject([
      { content: [{ type: 'text', text: '97' }], finish: { unified: 'stop', by: 'eos' }, outputTokens: 9 },
    ]);
    expect(result.charges).toMatchObject([
      {
        usage: {
          inputUncached: 12,
          cacheRead: 0,
          cacheWrite: { total: 0 },
          outputText: 9,
          billed: { tier: 'standard' },
        },
        usageKnown: 'exact',
      },
    ]);
    expect(result.warnings).toEqual([]);
    expect(bodies).toEqual([{ model: modelId, max_tokens: 128_000, messages: ask.messages, stream: true }]);
    expect(sent[0]?.get('authorization')).toBe(`Bearer ${apiKey}`);
    expect(sent[0]?.get('anthropic-version')).toBe('2026-10-21');
    expect(sent[0]?.get('x-team')).toBe('primes');
  });

  it('needs no message_stop once it has its stop_reason', async () => {
    answers(answer.slice(0, -1));
    expect((await model().generate(ask)).charges[0]?.usageKnown).toBe('exact');
  });

  it('tells what was read from a cache, what was written and for how long', async () => {
    const { bodies } = answers([
      start({
        input_tokens: 3,
        cache_read_input_tokens: 2000,
        cache_creation_input_tokens: 500,
        cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 400 },
      }),
      ...said(0, '97'),
      ...end('end_turn', { output_tokens: 2, cache_read_input_tokens: 2000 }),
    ]);
    const result = await model().generate({
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'Be brief.', cache: { ttl: '1h' } }] },
        { role: 'user', content: [{ type: 'text', text: 'Name a prime.', cache: {} }] },
      ],
    });
    expect(bodies[0]).toMatchObject({
      system: [{ cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [{ content: [{ cache_control: { type: 'ephemeral' } }] }],
    });
    expect(result.charges[0]?.usage).toMatchObject({
      inputUncached: 3,
      cacheRead: 2000,
      cacheWrite: { total: 500, byTtl: { '5m': 100, '1h': 400 } },
      outputText: 2,
    });
  });

  it('comes in as many attempts as samples are asked for', async () => {
    const { bodies } = answers(answer);
    const result = await model().generate({ ...ask, samples: 3 });
    expect(result.candidates).toHaveLength(3);
    expect(result.charges).toHaveLength(3);
    expect(bodies).toHaveLength(3);
  });

  it('can be held to a schema', async () => {
    const { bodies } = answers([start(), ...said(0, '{"prime":', '97}'), ...end('end_turn')]);
    const result = await model().generate({ ...ask, output: { standard: z.object({ prime: z.int() }) } });
    expect(bodies[0]?.['output_config']).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: { prime: { type: 'integer' } },
          required: ['prime'],
          additionalProperties: false,
        },
      },
    });
    expect(result.candidates[0]?.content).toEqual([{ type: 'text', text: '{"prime":97}' }]);
    expect(result.warnings).toEqual([]);
  });

  it('can be a refusal, with the model’s reasons', async () => {
    const details = { type: 'refusal', category: 'cyber', explanation: 'No.' };
    answers([start(), ...end('refusal', { output_tokens: 2 }, { stop_details: details })]);
    const result = await model().generate(ask);
    expect(result.candidates[0]).toMatchObject({ content: [], finish: { unified: 'refusal', raw: 'refusal' } });
    expect(result.warnings).toMatchObject([{ code: 'other', message: expect.stringContaining('cyber') }]);
    expect(result.charges[0]?.usageKnown).toBe('exact');
  });

  it('carries a warning for everything that could not be asked, and for a model nobody knows', async () => {
    answers(answer);
    const loaded = { ...ask, temperature: 0.5, seed: 1, logprobs: { top: 2 }, effort: 'minimal' as const };
    const options = (result: { warnings: readonly { option?: string }[] }) =>
      result.warnings.map(({ option }) => option);
    expect(options(await model().generate(loaded))).toEqual(['effort', 'seed', 'logprobs', 'temperature']);
    expect(options(await model({}, 'claude-next').generate(ask))).toEqual(['capabilities']);
    const told = { capabilities: { efforts: ['high'] as const, limits: { maxOutputTokens: 9 } } };
    expect(options(await model(told, 'claude-next').generate({ ...ask, effort: 'high' }))).toEqual([]);
  });

  it('is asked with raw options last, which may not touch what money was held for', async () => {
    const { bodies } = answers(answer);
    await model().generate({
      ...ask,
      effort: 'low',
      providerOptions: {
        anthropic: {
          metadata: { user_id: 'u' },
          thinking: { type: 'adaptive', display: 'omitted' },
          output_config: { task_budget: { type: 'tokens', total: 9000 } },
        },
        openai: { user: 'x' },
      },
    });
    expect(bodies[0]).toMatchObject({
      metadata: { user_id: 'u' },
      thinking: { type: 'adaptive', display: 'omitted' },
      output_config: { effort: 'low', task_budget: { type: 'tokens', total: 9000 } },
    });
    expect(bodies[0]).not.toHaveProperty('user');

    const guard = new RecordingGuard();
    const sneaky = model().generate({
      ...ask,
      context: rootContext({ guards: [guard] }),
      providerOptions: { anthropic: { max_tokens: 1_000_000 } },
    });
    await expect(sneaky).rejects.toMatchObject({ code: 'invalid-option', option: 'providerOptions' });
    expect(guard.log).toEqual(['admit', 'release invalid-option']);
  });

  it('can come by any other fetch, from any other address, in an older version of the API', async () => {
    const asked: Request[] = [];
    const other: typeof fetch = async (input, init) => {
      asked.push(new Request(input, init));
      return new Response(sse(answer), { headers: { 'content-type': 'text/event-stream' } });
    };
    const older = model({ fetch: other, baseUrl: 'http://gateway.test/', version: '2023-06-01' }, 'claude-haiku-4-5');
    const result = await older.generate({ ...ask, temperature: 0.5, topK: 3 });
    expect(asked.map((request) => request.url)).toEqual(['http://gateway.test/v1/messages']);
    expect(asked[0]?.headers.get('anthropic-version')).toBe('2023-06-01');
    expect(await asked[0]?.json()).toMatchObject({ temperature: 0.5, top_k: 3 });
    expect(result.warnings).toEqual([]);
  });
});

describe('a loop of tools', () => {
  it('stays valid over two turns: thinking goes back as it came, calls in parallel, results with their errors', async () => {
    const redacted = { type: 'redacted_thinking', data: 'EmwKAhgB' };
    const { bodies } = answers(
      [
        start(),
        block(0, { type: 'thinking', thinking: '', signature: '' }),
        delta(0, { type: 'thinking_delta', thinking: 'Both ' }),
        delta(0, { type: 'thinking_delta', thinking: 'cities.' }),
        delta(0, { type: 'signature_delta', signature: 'ErUBCkYIBRgC' }),
        stop(0),
        block(1, redacted),
        stop(1),
        ...said(2, 'Looking.'),
        block(3, { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} }),
        delta(3, { type: 'input_json_delta', partial_json: '{"in":' }),
        delta(3, { type: 'input_json_delta', partial_json: '"Lyon"}' }),
        stop(3),
        block(4, { type: 'tool_use', id: 'toolu_2', name: 'weather', input: {} }),
        delta(4, { type: 'input_json_delta', partial_json: '{"in":"Brest"}' }),
        stop(4),
        ...end('tool_use', { output_tokens: 60, output_tokens_details: { thinking_tokens: 20 } }),
      ],
      [start(), ...said(0, 'Sunny in Lyon.'), ...end('end_turn')],
    );
    const claude = model();
    const tools = [{ name: 'weather', input: { standard: z.object({ in: z.string() }) } }];
    const first = await claude.generate({ ...ask, tools, toolChoice: 'required', effort: 'high' });
    const turn = first.candidates[0]?.content ?? [];
    expect(first.candidates[0]?.finish).toMatchObject({ unified: 'tool-calls', raw: 'tool_use' });
    expect(first.charges[0]?.usage).toMatchObject({ outputText: 40, outputReasoning: 20 });
    expect(turn).toMatchObject([
      { type: 'reasoning', text: 'Both cities.', origin: { provider: 'anthropic', modelId } },
      { type: 'reasoning', text: '' },
      { type: 'text', text: 'Looking.' },
      { type: 'tool-call', toolCallId: 'toolu_1', input: { in: 'Lyon' } },
      { type: 'tool-call', toolCallId: 'toolu_2', input: { in: 'Brest' } },
    ]);

    // As it would be kept between the turns.
    const kept = JSON.parse(JSON.stringify(turn)) as typeof turn;
    await claude.generate({
      tools,
      effort: 'high',
      messages: [
        ...ask.messages,
        { role: 'assistant', content: kept },
        {
          role: 'tool',
          content: [
            { type: 'tool-result', toolCallId: 'toolu_1', toolName: 'weather', output: { sky: 'clear' } },
            { type: 'tool-result', toolCallId: 'toolu_2', toolName: 'weather', output: 'no such city', isError: true },
          ],
        },
      ],
    });
    expect(bodies[0]).toMatchObject({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
      tool_choice: { type: 'any' },
    });
    expect(bodies[1]?.['messages']).toEqual([
      { role: 'user', content: 'Name a prime.' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Both cities.', signature: 'ErUBCkYIBRgC' },
          redacted,
          { type: 'text', text: 'Looking.' },
          { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { in: 'Lyon' } },
          { type: 'tool_use', id: 'toolu_2', name: 'weather', input: { in: 'Brest' } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'toolu_1', content: '{"sky":"clear"}' },
          { type: 'tool_result', tool_use_id: 'toolu_2', content: 'no such city', is_error: true },
        ],
      },
    ]);
  });
});

describe('an answer that breaks off', () => {
  it.each([
    ['before the first event', { events: [], text: undefined, charge: { usageKnown: 'upper-bound', usage: {} } }],
    [
      'before the first block',
      {
        events: answer.slice(0, 1),
        text: undefined,
        charge: { usageKnown: 'upper-bound', usage: { inputUncached: 12 } },
      },
    ],
    [
      'in the middle',
      { events: begun, text: '97', charge: { usageKnown: 'estimated', usage: { inputUncached: 12, outputText: 1 } } },
    ],
    [
      'with message_stop and no stop_reason',
      {
        events: [...begun, { type: 'message_stop' }],
        text: '97',
        charge: { usageKnown: 'estimated', usage: { inputUncached: 12, outputText: 1 } },
      },
    ],
  ])('%s is an error with what had arrived', async (_, { events, text, charge }) => {
    answers(events);
    const error = await failureOf(model().generate(ask));
    expect(error).toBeInstanceOf(StreamTruncatedError);
    expect(error).toMatchObject({ code: 'stream-truncated', dispatch: 'unknown', requestId: 'req_1' });
    expect(error.partial?.candidates[0]?.content).toEqual(text === undefined ? [] : [{ type: 'text', text }]);
    expect(error.charges).toMatchObject([charge]);
  });
});

describe('a client of the user', () => {
  it('is asked as it is, with its own credentials, address and middleware', async () => {
    const { headers: sent, bodies } = answers(answer);
    const seen: string[] = [];
    const own = new Anthropic({
      authToken: 'token-1',
      baseURL: baseUrl,
      maxRetries: 5,
      middleware: [
        async (request, next) => {
          seen.push(new URL(request.url).pathname);
          return next(request);
        },
      ],
    });
    const result = await anthropic(modelId, { client: own, retry: false, headers: { 'x-team': 'primes' } }).generate(
      ask,
    );
    expect(result.candidates[0]?.content).toEqual([{ type: 'text', text: '97' }]);
    expect(seen).toEqual(['/v1/messages']);
    expect(sent[0]?.get('authorization')).toBe('Bearer token-1');
    expect(sent[0]?.get('x-team')).toBe('primes');
    expect(bodies).toHaveLength(1);
  });

  it('whose middleware fails may have sent before: the hold is charged', async () => {
    const own = new Anthropic({
      apiKey,
      baseURL: baseUrl,
      middleware: [() => Promise.reject(new Error('policy says no'))],
    });
    const error = await failureOf(anthropic(modelId, { client: own, retry: false }).generate(ask));
    expect(error).toMatchObject({ failure: 'engine', dispatch: 'unknown' });
    expect(error.cause).toMatchObject({ message: 'policy says no' });
  });
});

describe('a request that cannot be written', () => {
  it('is not sent and costs nothing', async () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const guard = new RecordingGuard();
    const answer = model().generate({
      ...ask,
      providerOptions: { anthropic: { metadata: circle as never } },
      context: rootContext({ guards: [guard] }),
    });
    await expect(answer).rejects.toMatchObject({ code: 'invalid-option', option: 'request', charges: [] });
    expect(guard.settlements).toEqual([]);
  });
});
