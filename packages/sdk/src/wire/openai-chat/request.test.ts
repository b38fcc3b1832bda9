import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import type { Capabilities } from '../../spec/capabilities.ts';
import type { AssistantPart, Message, UserPart } from '../../spec/content.ts';
import type { GenerateRequest, ToolChoice } from '../../spec/request.ts';
import { readChatRequest } from './read-request.ts';
import { writeChatRequest } from './request.ts';

const origin = { provider: 'openai-compatible', modelId: 'm' };
const able: Capabilities = {
  samples: { nativeMax: 100, promptBilledOnce: true, cancelOne: false },
  logprobs: 'top-k',
  maxTopLogprobs: 20,
  continuation: 'none',
  tools: true,
  schema: true,
  sampling: { temperature: true, topP: true, topK: true, seed: true },
  stop: true,
  efforts: ['none', 'low', 'medium', 'high'],
  limits: {},
  files: ['image/*', 'audio/*', 'application/pdf'],
  tokenLevel: false,
  rewardScores: false,
  hiddenStates: false,
};
const unable: Capabilities = {
  ...able,
  logprobs: 'none',
  tools: false,
  schema: false,
  sampling: { temperature: false, topP: false, topK: false, seed: false },
  stop: false,
  efforts: [],
  files: [],
};
const ask: Message = { role: 'user', content: 'Name a prime.' };

describe('writeChatRequest', () => {
  it('streams with usage and sends nothing that was not asked', () => {
    expect(writeChatRequest({ messages: [ask] }, { origin, capabilities: able })).toEqual({
      body: { model: 'm', messages: [ask], stream: true, stream_options: { include_usage: true } },
      warnings: [],
    });
  });

  it('writes everything it can honour', () => {
    const request: GenerateRequest = {
      messages: [{ role: 'system', content: 'Be terse.' }, ask],
      tools: [{ name: 'find', description: 'Finds.', input: { standard: z.object({ what: z.string() }) } }],
      toolChoice: { tool: 'find' },
      output: { json: { type: 'object' }, name: 'prime' },
      samples: 3,
      maxOutputTokens: 64,
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      stop: ['\n'],
      seed: 7,
      effort: 'low',
      logprobs: { top: 5 },
      serviceTier: 'flex',
    };
    expect(writeChatRequest(request, { origin, capabilities: able, firstSample: 3 })).toMatchObject({
      body: {
        messages: [{ role: 'system', content: 'Be terse.' }, ask],
        tools: [
          { type: 'function', function: { name: 'find', description: 'Finds.', parameters: { required: ['what'] } } },
        ],
        tool_choice: { type: 'function', function: { name: 'find' } },
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'prime', schema: { type: 'object' }, strict: true },
        },
        n: 3,
        max_tokens: 64,
        temperature: 0.5,
        top_p: 0.9,
        top_k: 40,
        stop: ['\n'],
        seed: 10,
        reasoning_effort: 'low',
        logprobs: true,
        top_logprobs: 5,
        service_tier: 'flex',
      },
      warnings: [],
    });
  });

  it('leaves out what the model cannot honour and says so', () => {
    const request: GenerateRequest = {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?', cache: {} },
            { type: 'file', mediaType: 'image/png', data: { base64: 'AAAA' } },
          ],
        },
        { role: 'assistant', content: [{ type: 'file', mediaType: 'image/png', data: { base64: 'AAAA' } }] },
      ],
      tools: [{ name: 'find', input: { json: {} } }],
      output: { json: {} },
      maxReasoningTokens: 10,
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      stop: ['\n'],
      seed: 7,
      effort: 'max',
      logprobs: { top: 5 },
      sessionKey: 's',
    };
    const { body, warnings } = writeChatRequest(request, { origin, capabilities: unable });
    expect(Object.keys(body).sort()).toEqual(['messages', 'model', 'stream', 'stream_options']);
    expect(warnings.map(({ option = '' }) => option).sort((a, b) => (a < b ? -1 : 1))).toEqual([
      'cache',
      'effort',
      'logprobs',
      'maxReasoningTokens',
      'messages',
      'messages',
      'output',
      'seed',
      'sessionKey',
      'stop',
      'temperature',
      'tools',
      'topK',
      'topP',
    ]);
    expect(new Set(warnings.map((warning) => warning.code))).toEqual(new Set(['unsupported']));
  });

  it('asks for as many alternatives as the model gives', () => {
    const options = { origin, capabilities: { ...able, maxTopLogprobs: 2 } };
    const { body, warnings } = writeChatRequest({ messages: [ask], logprobs: { top: 5 } }, options);
    expect(body).toMatchObject({ logprobs: true, top_logprobs: 2 });
    expect(warnings).toHaveLength(1);
    const chosen = writeChatRequest(
      { messages: [ask], logprobs: { top: 0 } },
      { origin, capabilities: { ...able, logprobs: 'chosen' } },
    );
    expect(chosen.body).not.toHaveProperty('top_logprobs');
    expect(chosen.warnings).toEqual([]);
  });

  it('sends the reasoning of the model that is asked, and of no other', () => {
    const thought = (modelId: string): Message => ({
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'hm', origin: { provider: 'openai-compatible', modelId } },
        { type: 'text', text: '97' },
      ],
    });
    const { body } = writeChatRequest(
      { messages: [ask, thought('m'), thought('other')] },
      { origin, capabilities: able },
    );
    expect(body['messages']).toEqual([
      ask,
      { role: 'assistant', content: '97', reasoning_content: 'hm' },
      { role: 'assistant', content: '97' },
    ]);
  });

  it('writes each tool result as a message of its own, data as JSON', () => {
    const result = (toolCallId: string, output: string | { readonly found: boolean }): Message => ({
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId, toolName: 'find', output }],
    });
    const { body } = writeChatRequest(
      { messages: [ask, result('a', 'yes'), result('b', { found: true })] },
      { origin, capabilities: able },
    );
    expect(body['messages']).toEqual([
      ask,
      { role: 'tool', tool_call_id: 'a', content: 'yes' },
      { role: 'tool', tool_call_id: 'b', content: '{"found":true}' },
    ]);
  });

  it('refuses a tool whose schema cannot be written', () => {
    const standard = { '~standard': { version: 1, vendor: 'own', validate: (value: unknown) => ({ value }) } } as const;
    const request: GenerateRequest = { messages: [ask], tools: [{ name: 'find', input: { standard } }] };
    expect(() => writeChatRequest(request, { origin, capabilities: able })).toThrow(InvalidOptionError);
  });
});

describe('readChatRequest', () => {
  it('reads what other clients write', () => {
    const body = {
      model: 'tollgate/frugal',
      messages: [
        { role: 'developer', content: [{ type: 'text', text: 'Be terse.' }] },
        {
          role: 'user',
          content: [{ type: 'image_url', image_url: { url: 'https://pictures.test/a.png', detail: 'low' } }],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'find', arguments: '{bad' } }],
        },
        { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'no' }] },
      ],
      max_completion_tokens: 9,
      max_tokens: null,
      stop: 'END',
      stream: true,
      stream_options: { include_usage: true },
      response_format: { type: 'json_object' },
      user: 'ada',
    };
    expect(readChatRequest(body)).toEqual({
      request: {
        messages: [
          { role: 'system', content: [{ type: 'text', text: 'Be terse.' }] },
          {
            role: 'user',
            content: [{ type: 'file', mediaType: 'image/*', data: { url: 'https://pictures.test/a.png' } }],
          },
          {
            role: 'assistant',
            content: [
              { type: 'tool-call', toolCallId: 'a', toolName: 'find', input: '{bad', invalid: expect.any(String) },
            ],
          },
          { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'a', toolName: 'find', output: 'no' }] },
        ],
        maxOutputTokens: 9,
        stop: ['END'],
      },
      modelId: 'tollgate/frugal',
      stream: true,
      includeUsage: true,
      rest: { user: 'ada', response_format: { type: 'json_object' } },
    });
  });

  it.each([
    [{ messages: [{ role: 'user', content: 'x' }] }, /model/],
    [{ model: 'm', messages: [] }, /messages/],
    [{ model: 'm', messages: [{ role: 'wizard', content: 'x' }] }, /messages\[0\]\.role/],
    [{ model: 'm', messages: [{ role: 'user', content: [{ type: 'video', url: 'x' }] }] }, /messages\[0\]\.content/],
    ['text', /object/],
  ])('refuses %j by naming the field', (body, message) => {
    expect(() => readChatRequest(body)).toThrow(InvalidOptionError);
    expect(() => readChatRequest(body)).toThrow(message);
  });
});

describe('a request that is written and read back', () => {
  const text = fc.string({ minLength: 1, unit: 'grapheme' });
  const textPart = text.map((value) => ({ type: 'text' as const, text: value }));
  const base64 = fc.base64String({ minLength: 4, maxLength: 16 });
  const filePart = fc.oneof(
    fc.record({
      type: fc.constant('file' as const),
      mediaType: fc.constantFrom('image/png', 'audio/wav', 'application/pdf'),
      data: fc.record({ base64 }),
    }),
    fc.record({
      type: fc.constant('file' as const),
      mediaType: fc.constant('application/pdf'),
      data: fc.record({ base64 }),
      filename: text,
    }),
  );
  // One text is written as a string, so lists here have two parts or more.
  const userContent = fc.oneof(
    text,
    fc.array(fc.oneof<fc.Arbitrary<UserPart>[]>(textPart, filePart), { minLength: 2 }),
  );
  const toolCallPart = fc.record({
    type: fc.constant('tool-call' as const),
    toolCallId: fc.uuid(),
    toolName: fc.constant('find'),
    input: fc.dictionary(text, fc.integer()),
  });
  const assistantParts = fc
    .record({
      reasoning: fc.option(text),
      calls: fc.array(toolCallPart, { minLength: 1, maxLength: 3 }),
      said: fc.option(text),
    })
    .map(({ reasoning, calls, said }): AssistantPart[] => [
      ...(reasoning === null ? [] : [{ type: 'reasoning' as const, text: reasoning }]),
      ...(said === null ? [] : [{ type: 'text' as const, text: said }]),
      ...calls,
    ]);
  const turn = fc.oneof(
    text.map((content): Message[] => [{ role: 'system', content }]),
    userContent.map((content): Message[] => [{ role: 'user', content }]),
    text.map((content): Message[] => [{ role: 'assistant', content }]),
    assistantParts.map((content): Message[] => [
      { role: 'assistant', content },
      {
        role: 'tool',
        content: content
          .filter((part) => part.type === 'tool-call')
          .map((call) => ({
            type: 'tool-result',
            toolCallId: call.toolCallId,
            toolName: call.toolName,
            output: 'found',
          })),
      },
    ]),
  );
  const jsonSchema = fc.record({ type: fc.constant('object'), description: text });
  const request: fc.Arbitrary<GenerateRequest> = fc.record(
    {
      messages: fc.array(turn, { minLength: 1, maxLength: 6 }).map((turns) => turns.flat()),
      tools: fc.array(fc.record({ name: text, description: text, input: fc.record({ json: jsonSchema }) }), {
        minLength: 1,
        maxLength: 3,
      }),
      output: fc.record({ json: jsonSchema, name: text }),
      samples: fc.integer({ min: 2, max: 10 }),
      maxOutputTokens: fc.integer({ min: 1, max: 1e6 }),
      temperature: fc.double({ min: 0, max: 2, noNaN: true }).map((value) => value + 0),
      topP: fc.double({ min: 0.01, max: 1, noNaN: true }),
      topK: fc.integer({ min: 1, max: 100 }),
      stop: fc.array(text, { minLength: 1, maxLength: 4 }),
      seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      effort: fc.constantFrom('none', 'low', 'medium', 'high'),
      logprobs: fc.record({ top: fc.integer({ min: 0, max: 20 }) }),
      serviceTier: text,
    },
    { requiredKeys: ['messages'] },
  );
  const withChoice = fc
    .tuple(request, fc.constantFrom<ToolChoice>('auto', 'none', 'required', { tool: 'find' }))
    .map(([asked, toolChoice]): GenerateRequest => (asked.tools === undefined ? asked : { ...asked, toolChoice }));

  it('is the same request', () => {
    fc.assert(
      fc.property(withChoice, (asked) => {
        const { body, warnings } = writeChatRequest(asked, { origin, capabilities: able });
        expect(warnings).toEqual([]);
        const read = readChatRequest(JSON.parse(JSON.stringify(body)));
        expect(read.request).toEqual(asked);
        expect(read).toMatchObject({ modelId: 'm', stream: true, includeUsage: true, rest: {} });
      }),
    );
  });
});
