import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import type { Capabilities, EffortLevel } from '../../spec/capabilities.ts';
import type { AssistantPart, Message, UserPart } from '../../spec/content.ts';
import type { GenerateRequest, ToolChoice } from '../../spec/request.ts';
import { messagesMetadata } from './opaque.ts';
import { readMessagesRequest } from './read-request.ts';
import { writeMessagesRequest } from './request.ts';
import type { ClaudeTraits } from './traits.ts';

const origin = { provider: 'anthropic', modelId: 'claude-x' };
const able: Capabilities = {
  samples: { nativeMax: 1, promptBilledOnce: false, cancelOne: false },
  logprobs: 'none',
  continuation: 'none',
  tools: true,
  schema: true,
  sampling: { temperature: true, topP: true, topK: true, seed: false },
  stop: true,
  efforts: ['none', 'low', 'medium', 'high', 'xhigh', 'max'],
  limits: { maxOutputTokens: 64_000 },
  files: ['image/png', 'application/pdf', 'text/plain'],
  tokenLevel: false,
  rewardScores: false,
  hiddenStates: false,
};
const traits: ClaudeTraits = {
  adaptiveThinking: true,
  thinkingCap: true,
  thinkingOff: 'always',
  forcedTools: true,
  systemBetweenTurns: true,
};
const ask: GenerateRequest = { messages: [{ role: 'user', content: 'Name a prime.' }] };

function write(
  request: Partial<GenerateRequest>,
  than: { readonly capabilities?: Partial<Capabilities>; readonly traits?: Partial<ClaudeTraits> } = {},
): { readonly body: Record<string, unknown>; readonly warned: readonly (string | undefined)[] } {
  const { body, warnings } = writeMessagesRequest(
    { ...ask, ...request },
    { origin, capabilities: { ...able, ...than.capabilities }, traits: { ...traits, ...than.traits } },
  );
  return { body, warned: warnings.map(({ option }) => option) };
}

const writeTurns = (...messages: Message[]): unknown[] => write({ messages }).body['messages'] as unknown[];

describe('writeMessagesRequest', () => {
  it('writes a plain question with the cap that the API demands', () => {
    expect(write({}).body).toEqual({ model: 'claude-x', max_tokens: 64_000, messages: ask.messages, stream: true });
    expect(write({ maxOutputTokens: 9 }).body).toMatchObject({ max_tokens: 9 });
    expect(write({}, { capabilities: { limits: {} } }).body).toMatchObject({ max_tokens: 4096 });
  });

  it('puts what the system says first apart, and leaves what it says later in its place', () => {
    const { body, warned } = write({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'system', content: [{ type: 'text', text: 'Be kind.', cache: { ttl: '1h' } }] },
        { role: 'user', content: 'Hi' },
        { role: 'system', content: 'Wrap up.' },
      ],
    });
    expect(body).toMatchObject({
      system: [
        { type: 'text', text: 'Be brief.' },
        { type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral', ttl: '1h' } },
      ],
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'system', content: 'Wrap up.' },
      ],
    });
    expect(warned).toEqual([]);
  });

  it('sends a late system message as a user message where the model or its place refuses one', () => {
    const late: Message[] = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello' },
      { role: 'system', content: 'Wrap up.' },
    ];
    const { body, warned } = write({ messages: late });
    expect((body['messages'] as unknown[])[2]).toEqual({ role: 'user', content: 'Wrap up.' });
    expect(warned).toEqual(['messages']);
    const afterUser = write({ messages: late.toSpliced(1, 1) }, { traits: { systemBetweenTurns: false } });
    expect((afterUser.body['messages'] as unknown[])[1]).toEqual({ role: 'user', content: 'Wrap up.' });
    expect(afterUser.warned).toEqual(['messages']);
  });

  it('writes parallel calls and their results, failed ones too', () => {
    const turns = writeTurns(
      { role: 'user', content: 'Weather in A and B?' },
      {
        role: 'assistant',
        content: [
          { type: 'tool-call', toolCallId: 'toolu_1', toolName: 'weather', input: { in: 'A' } },
          { type: 'tool-call', toolCallId: 'functions.weather:2', toolName: 'weather', input: '{oops', invalid: 'bad' },
          { type: 'tool-call', toolCallId: 'toolu_3', toolName: 'weather', input: ['B'] },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'toolu_1', toolName: 'weather', output: { sunny: true } },
          { type: 'tool-result', toolCallId: 'functions.weather:2', toolName: 'weather', output: 'no', isError: true },
        ],
      },
    );
    expect(turns.slice(1)).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { in: 'A' } },
          { type: 'tool_use', id: 'functions_weather_2', name: 'weather', input: { invalid_json: '{oops' } },
          { type: 'tool_use', id: 'toolu_3', name: 'weather', input: { input: ['B'] } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'toolu_1', content: '{"sunny":true}' },
          { type: 'tool_result', tool_use_id: 'functions_weather_2', content: 'no', is_error: true },
        ],
      },
    ]);
  });

  it('sends thinking back as it came, and leaves out what is not this provider’s or has no signature', () => {
    const redacted = { type: 'redacted_thinking', data: 'EmwKAhgB' };
    const metadata = messagesMetadata({ signature: 'ErUB' });
    const turns = writeTurns(
      { role: 'user', content: 'Hm?' },
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'hm', origin: { provider: 'anthropic', modelId: 'claude-y' }, metadata },
          { type: 'reasoning', text: '', metadata: messagesMetadata({ block: redacted }) },
          { type: 'reasoning', text: '', metadata },
          { type: 'reasoning', text: 'foreign', origin: { provider: 'openai', modelId: 'gpt' }, metadata },
          { type: 'reasoning', text: 'unsigned', origin },
          { type: 'text', text: 'Ha' },
        ],
      },
    );
    expect(turns[1]).toEqual({
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 'ErUB' },
        redacted,
        { type: 'thinking', thinking: '', signature: 'ErUB' },
        { type: 'text', text: 'Ha' },
      ],
    });
  });

  it('leaves out empty texts, and messages of which nothing is left', () => {
    const turns = writeTurns(
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [{ type: 'reasoning', text: 'unsigned' }] },
      { role: 'assistant', content: '' },
      {
        role: 'user',
        content: [
          { type: 'text', text: '' },
          { type: 'text', text: 'Well?' },
        ],
      },
    );
    expect(turns).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'user', content: [{ type: 'text', text: 'Well?' }] },
    ]);
  });

  it('writes files by bytes and by address, and warns of those it cannot', () => {
    const content: UserPart[] = [
      { type: 'file', mediaType: 'image/png', data: { base64: 'aWI=' } },
      { type: 'file', mediaType: 'image/*', data: { url: 'https://pictures.test/a' } },
      { type: 'file', mediaType: 'application/pdf', data: { base64: 'cGRm' }, filename: 'a.pdf', cache: {} },
      { type: 'file', mediaType: 'application/pdf', data: { url: 'https://papers.test/b' } },
      { type: 'file', mediaType: 'text/plain', data: { base64: '8J+miQ==' } },
      { type: 'file', mediaType: 'text/plain', data: { url: 'https://papers.test/c' } },
      { type: 'file', mediaType: 'audio/wav', data: { base64: 'd2F2' } },
    ];
    const { body, warned } = write({ messages: [{ role: 'user', content }] });
    expect(body['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aWI=' } },
          { type: 'image', source: { type: 'url', url: 'https://pictures.test/a' } },
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: 'cGRm' },
            title: 'a.pdf',
            cache_control: { type: 'ephemeral' },
          },
          { type: 'document', source: { type: 'url', url: 'https://papers.test/b' } },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: '🦉' } },
        ],
      },
    ]);
    expect(warned).toEqual(['messages', 'messages']);
  });

  it('keeps the last four cache breakpoints', () => {
    const content = ['a', 'b', 'c', 'd', 'e'].map((text): UserPart => ({ type: 'text', text, cache: { ttl: '5m' } }));
    const { body, warned } = write({ messages: [{ role: 'user', content }] });
    const [turn] = body['messages'] as { content: { cache_control?: unknown }[] }[];
    expect(turn?.content.map((block) => block.cache_control !== undefined)).toEqual([false, true, true, true, true]);
    expect(warned).toEqual(['cache']);
  });

  it('writes tools, a schema, stop strings and a tier', () => {
    const { body, warned } = write({
      tools: [{ name: 'find', description: 'Finds', input: { standard: z.object({ what: z.string().min(2) }) } }],
      toolChoice: { tool: 'find' },
      output: { json: { type: 'object', properties: { prime: { type: 'integer', minimum: 2 } } } },
      stop: ['END', ' \n'],
      serviceTier: 'standard_only',
    });
    expect(body).toMatchObject({
      tools: [
        {
          name: 'find',
          description: 'Finds',
          input_schema: { type: 'object', properties: { what: { type: 'string', minLength: 2 } } },
        },
      ],
      tool_choice: { type: 'tool', name: 'find' },
      output_config: { format: { type: 'json_schema', schema: { type: 'object', additionalProperties: false } } },
      stop_sequences: ['END'],
      service_tier: 'standard_only',
    });
    expect(warned).toEqual(['output', 'stop']);
  });

  it.each<[ToolChoice, unknown]>([
    ['auto', { type: 'auto' }],
    ['none', { type: 'none' }],
    ['required', { type: 'any' }],
  ])('writes the tool choice %j as %j', (toolChoice, written) => {
    const tools = [{ name: 'find', input: { json: { type: 'object' } } }];
    expect(write({ tools, toolChoice }).body).toMatchObject({ tool_choice: written });
  });

  it('lets a model choose that cannot be forced, and says so', () => {
    const forced: Partial<GenerateRequest> = {
      tools: [{ name: 'find', input: { json: { type: 'object' } } }],
      toolChoice: 'required',
    };
    for (const { body, warned } of [
      write(forced, { traits: { forcedTools: false } }),
      write({ ...forced, maxReasoningTokens: 2000 }),
    ]) {
      expect(body).toMatchObject({ tool_choice: { type: 'auto' } });
      expect(warned).toEqual(['toolChoice']);
    }
  });

  it('warns of everything it leaves out', () => {
    const { body, warned } = write(
      {
        seed: 1,
        logprobs: { top: 1 },
        sessionKey: 's',
        temperature: 1,
        topP: 0.5,
        topK: 3,
        stop: ['END'],
        effort: 'minimal',
        tools: [{ name: 'find', input: { json: {} } }],
        output: { json: { type: 'object' } },
      },
      {
        capabilities: {
          tools: false,
          schema: false,
          stop: false,
          sampling: { temperature: false, topP: false, topK: false, seed: false },
        },
      },
    );
    expect(body).toEqual(write({}).body);
    expect(warned).toEqual([
      'effort',
      'output',
      'seed',
      'logprobs',
      'sessionKey',
      'tools',
      'temperature',
      'topP',
      'topK',
      'stop',
    ]);
  });
});

describe('how much to think', () => {
  interface Case {
    readonly asked: Partial<GenerateRequest>;
    readonly of?: Partial<ClaudeTraits>;
    readonly sent: object;
    readonly warned?: readonly string[];
  }
  const budget = (tokens: number): object => ({ thinking: { type: 'enabled', budget_tokens: tokens } });
  const off = { thinking: { type: 'disabled' } };

  it.each<Case>([
    { asked: {}, sent: {} },
    { asked: { effort: 'high' }, sent: { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } } },
    { asked: { effort: 'low' }, of: { adaptiveThinking: false }, sent: { output_config: { effort: 'low' } } },
    { asked: { effort: 'none' }, sent: off },
    { asked: { maxReasoningTokens: 2000 }, sent: budget(2000) },
    { asked: { maxReasoningTokens: 2000, effort: 'max' }, sent: { ...budget(2000), output_config: { effort: 'max' } } },
    // The budget must stay below the cap of the whole answer.
    { asked: { maxReasoningTokens: 5000, maxOutputTokens: 2000 }, sent: budget(1999) },
    {
      asked: { maxReasoningTokens: 5000, maxOutputTokens: 500 },
      of: { thinkingCap: false },
      sent: {},
      warned: ['maxReasoningTokens'],
    },
    // Nothing below 1024 is a budget, so that no thinking is all that keeps below it.
    { asked: { maxReasoningTokens: 1024 }, sent: budget(1024) },
    { asked: { maxReasoningTokens: 1023 }, sent: off },
    { asked: { maxReasoningTokens: 0 }, sent: off },
    { asked: { maxReasoningTokens: 0 }, of: { thinkingOff: 'never' }, sent: {}, warned: ['maxReasoningTokens'] },
    {
      asked: { maxReasoningTokens: 0, effort: 'max' },
      of: { thinkingOff: 'up-to-high' },
      sent: { ...off, output_config: { effort: 'high' } },
      warned: ['effort'],
    },
    { asked: { maxReasoningTokens: 0, effort: 'max' }, sent: { ...off, output_config: { effort: 'max' } } },
    {
      asked: { maxReasoningTokens: 2000, effort: 'low' },
      of: { thinkingCap: false },
      sent: { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
      warned: ['maxReasoningTokens'],
    },
  ])('is written as asked: %j', ({ asked, of = {}, sent, warned = [] }) => {
    const written = write(asked, { traits: of });
    const { thinking, output_config: outputConfig } = written.body;
    expect({ thinking, output_config: outputConfig }).toEqual({
      thinking: undefined,
      output_config: undefined,
      ...sent,
    });
    expect(written.warned).toEqual(warned);
  });
});

describe('readMessagesRequest', () => {
  it('reads what a coding agent sends, and keeps what has no place in our words', () => {
    const schema = { type: 'object', properties: { command: { type: 'string' } } };
    const picture = [
      { type: 'text', text: 'see' },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aWI=' } },
    ];
    const search = { type: 'web_search_tool_result', tool_use_id: 'srv_1', content: [] };
    const { request, modelId, stream, rest } = readMessagesRequest({
      model: 'claude-opus-5-5',
      max_tokens: 32_000,
      stream: true,
      system: [{ type: 'text', text: 'You are an agent.', cache_control: { type: 'ephemeral' } }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'List', cache_control: null }] },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 'ErUB' },
            { type: 'redacted_thinking', data: 'Emw' },
            search,
            { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: 'ls' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'toolu_1', content: picture, is_error: true },
            { type: 'tool_result', tool_use_id: 'toolu_2' },
            { type: 'text', text: 'Go on', cache_control: { type: 'ephemeral', ttl: '1h' } },
          ],
        },
        { role: 'system', content: 'Wrap up.' },
      ],
      tools: [
        { name: 'Bash', description: 'Runs', input_schema: schema, cache_control: { type: 'ephemeral' } },
        { type: 'web_search_20260318', name: 'web_search' },
      ],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      thinking: { type: 'adaptive', display: 'omitted' },
      output_config: { effort: 'high', task_budget: { type: 'tokens', total: 9000 } },
      metadata: { user_id: 'u' },
      context_management: { edits: [] },
    });
    expect({ modelId, stream }).toEqual({ modelId: 'claude-opus-5-5', stream: true });
    expect(request).toEqual({
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'You are an agent.', cache: {} }] },
        { role: 'user', content: [{ type: 'text', text: 'List' }] },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'hm', metadata: { anthropic: { signature: 'ErUB' } } },
            {
              type: 'reasoning',
              text: '',
              metadata: { anthropic: { block: { type: 'redacted_thinking', data: 'Emw' } } },
            },
            { type: 'text', text: '', metadata: { anthropic: { block: search } } },
            { type: 'tool-call', toolCallId: 'toolu_1', toolName: 'Bash', input: { command: 'ls' } },
          ],
        },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              toolCallId: 'toolu_1',
              toolName: 'Bash',
              output: 'see',
              isError: true,
              metadata: { anthropic: { content: picture } },
            },
            { type: 'tool-result', toolCallId: 'toolu_2', toolName: '', output: '' },
          ],
        },
        { role: 'user', content: [{ type: 'text', text: 'Go on', cache: { ttl: '1h' } }] },
        { role: 'system', content: 'Wrap up.' },
      ],
      maxOutputTokens: 32_000,
      tools: [{ name: 'Bash', description: 'Runs', input: { json: schema } }],
      toolChoice: 'auto',
      effort: 'high',
    });
    expect(Object.keys(rest).sort()).toEqual([
      'context_management',
      'metadata',
      'output_config',
      'thinking',
      'tool_choice',
      'tools',
    ]);
    expect(rest['output_config']).toEqual({ task_budget: { type: 'tokens', total: 9000 } });
  });

  it.each<[object, Partial<GenerateRequest>, string[]]>([
    [{ thinking: { type: 'disabled' } }, { effort: 'none' }, []],
    [{ thinking: { type: 'enabled', budget_tokens: 2000 } }, { maxReasoningTokens: 2000 }, []],
    [{ thinking: { type: 'adaptive' } }, {}, ['thinking']],
    [{ thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }, { effort: 'low' }, []],
    [{ thinking: { type: 'between_tools' } }, {}, ['thinking']],
    [{ thinking: { type: 'disabled' }, output_config: { effort: 'low' } }, { effort: 'none' }, ['output_config']],
  ])('reads %j as %j', (fields, asked, kept) => {
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    const { request, rest } = readMessagesRequest({ model: 'm', max_tokens: 9, messages, ...fields });
    expect(request).toEqual({ messages, maxOutputTokens: 9, ...asked });
    expect(Object.keys(rest)).toEqual(kept);
  });

  it.each([
    [{ max_tokens: 9, messages: [{ role: 'user', content: 'x' }] }, /model/],
    [{ model: 'm', messages: [{ role: 'user', content: 'x' }] }, /max_tokens/],
    [{ model: 'm', max_tokens: 9, messages: [] }, /messages/],
    [{ model: 'm', max_tokens: 9, messages: [{ role: 'wizard', content: 'x' }] }, /messages\[0\]\.role/],
    [
      { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: [{ type: 'text' }] }] },
      /messages\[0\]\.content/,
    ],
    ['text', /object/],
  ])('refuses %j by naming the field', (body, message) => {
    expect(() => readMessagesRequest(body)).toThrow(InvalidOptionError);
    expect(() => readMessagesRequest(body)).toThrow(message);
  });
});

describe('a request that is written and read back', () => {
  const text = fc.string({ minLength: 1, unit: 'grapheme' }).filter((value) => value.trim() !== '');
  const cache = fc.constantFrom({}, { ttl: '5m' as const }, { ttl: '1h' as const });
  const textPart = fc.record({ type: fc.constant('text' as const), text, cache }, { requiredKeys: ['type', 'text'] });
  const base64 = fc.base64String({ minLength: 4, maxLength: 16 });
  const filePart = fc.oneof(
    fc.record({
      type: fc.constant('file' as const),
      mediaType: fc.constantFrom('image/png', 'application/pdf'),
      data: fc.record({ base64 }),
    }),
    fc.record({
      type: fc.constant('file' as const),
      mediaType: fc.constant('application/pdf'),
      data: fc.record({ url: fc.webUrl() }),
      filename: text,
    }),
    fc.record({
      type: fc.constant('file' as const),
      mediaType: fc.constant('text/plain'),
      data: text.map((value) => ({ base64: btoa(String.fromCharCode(...new TextEncoder().encode(value))) })),
    }),
    fc.record({
      type: fc.constant('file' as const),
      mediaType: fc.constant('image/*'),
      data: fc.record({ url: fc.webUrl() }),
    }),
  );
  const userContent = fc.oneof(
    text,
    fc.array(fc.oneof<fc.Arbitrary<UserPart>[]>(textPart, filePart), { minLength: 1, maxLength: 3 }),
  );
  const opaque = fc.record({ data: text }).map(
    (data): AssistantPart => ({
      type: 'reasoning',
      text: '',
      metadata: messagesMetadata({ block: { type: 'redacted_thinking', ...data } }),
    }),
  );
  const thought = fc.record({ said: fc.string(), signature: text }).map(
    ({ said, signature }): AssistantPart => ({
      type: 'reasoning',
      text: said,
      metadata: messagesMetadata({ signature }),
    }),
  );
  const toolCallPart = fc.record({
    type: fc.constant('tool-call' as const),
    toolCallId: fc.uuid(),
    toolName: fc.constant('find'),
    // A key of that name is not read: it would be the prototype of what is made.
    input: fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      fc.integer(),
    ),
  });
  const assistantParts = fc
    .record({
      thoughts: fc.array(fc.oneof(thought, opaque), { maxLength: 2 }),
      calls: fc.array(toolCallPart, { minLength: 1, maxLength: 3 }),
      said: fc.array(textPart, { maxLength: 2 }),
    })
    .map(({ thoughts, calls, said }): AssistantPart[] => [...thoughts, ...said, ...calls]);
  const turn = fc.oneof(
    userContent.map((content): Message[] => [{ role: 'user', content }]),
    fc.tuple(text, text).map(([content, reminder]): Message[] => [
      { role: 'user', content },
      { role: 'system', content: reminder },
    ]),
    text.map((content): Message[] => [{ role: 'assistant', content }]),
    fc.tuple(assistantParts, fc.boolean()).map(([content, isError]): Message[] => [
      { role: 'assistant', content },
      {
        role: 'tool',
        content: content
          .filter((part) => part.type === 'tool-call')
          .map(({ toolCallId, toolName }) => ({
            type: 'tool-result',
            toolCallId,
            toolName,
            output: 'found',
            ...(isError && { isError }),
          })),
      },
    ]),
  );
  const messages = fc
    .tuple(
      fc.option(fc.oneof(text, fc.array(textPart, { minLength: 1, maxLength: 2 }))),
      fc.array(turn, { minLength: 1, maxLength: 5 }),
    )
    .map(([system, turns]): Message[] => [
      ...(system === null ? [] : [{ role: 'system' as const, content: system }]),
      ...turns.flat(),
    ])
    .filter((all) => JSON.stringify(all).split('"cache":').length <= 5);
  const jsonSchema = fc.record({
    type: fc.constant('object'),
    additionalProperties: fc.constant(false),
    description: text,
  });
  const request: fc.Arbitrary<GenerateRequest> = fc.record(
    {
      messages,
      maxOutputTokens: fc.integer({ min: 1, max: 1e6 }),
      tools: fc.array(fc.record({ name: text, description: text, input: fc.record({ json: jsonSchema }) }), {
        minLength: 1,
        maxLength: 3,
      }),
      output: fc.record({ json: jsonSchema }),
      temperature: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
      topP: fc.double({ min: 0.01, max: 1, noNaN: true }),
      topK: fc.integer({ min: 1, max: 100 }),
      stop: fc.array(text, { minLength: 1, maxLength: 4 }),
      effort: fc.constantFrom<EffortLevel[]>('none', 'low', 'medium', 'high', 'xhigh', 'max'),
      serviceTier: text,
    },
    { requiredKeys: ['messages', 'maxOutputTokens'] },
  );
  const withChoice = fc
    .tuple(request, fc.constantFrom<ToolChoice>('auto', 'none', 'required', { tool: 'find' }))
    .map(([asked, toolChoice]): GenerateRequest => (asked.tools === undefined ? asked : { ...asked, toolChoice }));

  it('is the same request', () => {
    fc.assert(
      fc.property(withChoice, (asked) => {
        const { body, warnings } = writeMessagesRequest(asked, { origin, capabilities: able, traits });
        expect(warnings).toEqual([]);
        const read = readMessagesRequest(JSON.parse(JSON.stringify(body)));
        expect(read.request).toEqual(asked);
        expect(read).toMatchObject({ modelId: 'claude-x', stream: true });
        expect(read.rest).toEqual({});
      }),
    );
  });
});
