import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import type { Capabilities } from '../../spec/capabilities.ts';
import type { AssistantPart, Message, ToolCallPart, UserPart } from '../../spec/content.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import { readResponsesRequest } from './read-request.ts';
import { writeResponsesRequest } from './request.ts';

const origin = { provider: 'openai', modelId: 'gpt-6-luna' };
const able: Capabilities = {
  samples: { nativeMax: 1, promptBilledOnce: false, cancelOne: false },
  logprobs: 'top-k',
  maxTopLogprobs: 20,
  continuation: 'none',
  tools: true,
  schema: true,
  sampling: { temperature: true, topP: true, topK: false, seed: false },
  stop: false,
  efforts: ['none', 'low', 'high'],
  limits: {},
  files: ['image/*', 'application/pdf'],
  tokenLevel: false,
  rewardScores: false,
  hiddenStates: false,
};
const unable: Capabilities = {
  ...able,
  logprobs: 'none',
  tools: false,
  schema: false,
  sampling: { ...able.sampling, temperature: false, topP: false },
  efforts: [],
  files: [],
};
const ask: Message = { role: 'user', content: 'Name a prime.' };
const prime = z.strictObject({ prime: z.number() });

const write = (request: GenerateRequest, capabilities = able, breakpoints = true) =>
  writeResponsesRequest(request, { origin, capabilities, breakpoints });
const inputOf = (messages: readonly Message[]) => write({ messages }).body['input'];

describe('writeResponsesRequest', () => {
  it('streams, keeps nothing at the provider, and asks for reasoning that can be handed back', () => {
    expect(write({ messages: [ask] })).toEqual({
      body: {
        model: 'gpt-6-luna',
        input: [{ type: 'message', role: 'user', content: 'Name a prime.' }],
        include: ['reasoning.encrypted_content'],
        store: false,
        stream: true,
      },
      warnings: [],
    });
    expect(write({ messages: [ask] }, unable).body).not.toHaveProperty('include');
  });

  it('writes everything it can honour', () => {
    const { body, warnings } = write({
      messages: [{ role: 'system', content: 'Be terse.' }, ask],
      tools: [{ name: 'find', description: 'Finds.', input: { standard: z.object({ what: z.string() }) } }],
      toolChoice: { tool: 'find' },
      output: { standard: prime, name: 'prime' },
      maxOutputTokens: 64,
      temperature: 0.5,
      topP: 0.9,
      effort: 'low',
      logprobs: { top: 5 },
      sessionKey: 'conversation-7',
      serviceTier: 'flex',
    });
    expect(warnings).toEqual([]);
    expect(body).toMatchObject({
      instructions: 'Be terse.',
      tools: [
        { type: 'function', name: 'find', description: 'Finds.', parameters: { required: ['what'] }, strict: false },
      ],
      tool_choice: { type: 'function', name: 'find' },
      text: { format: { type: 'json_schema', name: 'prime', schema: { required: ['prime'] }, strict: true } },
      max_output_tokens: 64,
      temperature: 0.5,
      top_p: 0.9,
      reasoning: { effort: 'low' },
      include: ['reasoning.encrypted_content', 'message.output_text.logprobs'],
      top_logprobs: 5,
      prompt_cache_key: 'conversation-7',
      service_tier: 'flex',
    });
  });

  it('warns once for each thing it cannot honour, and does not send it', () => {
    const { body, warnings } = write(
      {
        messages: [
          ask,
          { role: 'user', content: [{ type: 'file', mediaType: 'image/png', data: { base64: 'AA==' } }] },
        ],
        tools: [{ name: 'find', input: { json: {} } }],
        output: { json: {} },
        samples: 2,
        maxReasoningTokens: 9,
        temperature: 0.5,
        topP: 0.9,
        topK: 4,
        stop: ['\n'],
        seed: 7,
        effort: 'high',
        logprobs: { top: 2 },
      },
      unable,
    );
    const options = warnings.map(({ option }) => option);
    expect(new Set(options)).toEqual(
      new Set([
        'samples',
        'maxReasoningTokens',
        'logprobs',
        'messages',
        'tools',
        'output',
        'temperature',
        'topP',
        'topK',
        'stop',
        'seed',
        'effort',
      ]),
    );
    expect(options).toHaveLength(12);
    expect(Object.keys(body)).toEqual(['model', 'input', 'store', 'stream']);
  });

  it('sends a schema that cannot be held to exactly as a wish, and says so', () => {
    const { body, warnings } = write({ messages: [ask], output: { json: { type: 'object' } } });
    expect(body['text']).toMatchObject({ format: { strict: false } });
    expect(warnings).toMatchObject([{ option: 'output', message: expect.stringContaining('additionalProperties') }]);
  });

  it('asks for fewer alternatives where the model gives fewer, and for none where it gives only the chosen', () => {
    const fewer = write({ messages: [ask], logprobs: { top: 30 } });
    expect(fewer).toMatchObject({ body: { top_logprobs: 20 }, warnings: [{ option: 'logprobs' }] });
    const chosen = write({ messages: [ask], logprobs: { top: 0 } }, { ...able, logprobs: 'chosen' });
    expect(chosen.warnings).toEqual([]);
    expect(chosen.body).not.toHaveProperty('top_logprobs');
  });

  it('refuses a schema that cannot be written', () => {
    const opaque = { '~standard': { version: 1 as const, vendor: 'x', validate: (value: unknown) => ({ value }) } };
    expect(() => write({ messages: [ask], output: { standard: opaque } })).toThrow(InvalidOptionError);
  });
});

describe('messages on the wire', () => {
  const metadata = { openai: { id: 'rs_1', encrypted_content: 'gAAA' } };
  const call: ToolCallPart = { type: 'tool-call', toolCallId: 'c1', toolName: 'find', input: { what: 1 } };
  const callItem = { type: 'function_call', call_id: 'c1', name: 'find', arguments: '{"what":1}' };

  it('are items, in the order in which the model made them', () => {
    const content: AssistantPart[] = [
      { type: 'reasoning', text: 'Hm.', metadata, origin },
      { type: 'text', text: 'Looking.', metadata: { openai: { phase: 'commentary' } } },
      call,
    ];
    const results: Message = {
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: 'c1', toolName: 'find', output: { found: true } }],
    };
    expect(inputOf([ask, { role: 'assistant', content }, results])).toEqual([
      { type: 'message', role: 'user', content: 'Name a prime.' },
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'Hm.' }],
        encrypted_content: 'gAAA',
      },
      {
        type: 'message',
        role: 'assistant',
        phase: 'commentary',
        content: [{ type: 'output_text', text: 'Looking.', annotations: [] }],
      },
      callItem,
      { type: 'function_call_output', call_id: 'c1', output: '{"found":true}' },
    ]);
  });

  it('leave out reasoning of another provider, without encrypted content, or that led to nothing', () => {
    const foreign = { provider: 'anthropic', modelId: 'claude-opus-5-5' };
    const of = (...content: AssistantPart[]) => inputOf([{ role: 'assistant', content }]);
    expect(of({ type: 'reasoning', text: 'Hm.', metadata, origin: foreign }, call)).toEqual([callItem]);
    expect(of({ type: 'reasoning', text: 'Hm.', origin }, call)).toEqual([callItem]);
    expect(of({ type: 'reasoning', text: 'Hm.', metadata: { anthropic: { signature: 's' } }, origin }, call)).toEqual([
      callItem,
    ]);
    expect(of(call, { type: 'reasoning', text: '', metadata, origin })).toEqual([callItem]);
  });

  it('keep reasoning of another model of the same provider', () => {
    const content: AssistantPart[] = [
      { type: 'reasoning', text: '', metadata, origin: { provider: 'openai', modelId: 'gpt-6-sol' } },
      call,
    ];
    expect(inputOf([{ role: 'assistant', content }])).toMatchObject([{ type: 'reasoning', summary: [] }, callItem]);
  });

  it('send invalid arguments as the model wrote them', () => {
    const invalid: ToolCallPart = { ...call, input: '{"what":', invalid: 'Unexpected end' };
    expect(inputOf([{ role: 'assistant', content: [invalid] }])).toMatchObject([{ arguments: '{"what":' }]);
  });

  it('hold images and documents, by data and by address', () => {
    const content: UserPart[] = [
      { type: 'text', text: 'What is this?' },
      { type: 'file', mediaType: 'image/png', data: { base64: 'AA==' } },
      { type: 'file', mediaType: 'image/*', data: { url: 'https://example.test/a.png' } },
      { type: 'file', mediaType: 'application/pdf', data: { base64: 'AA==' } },
      { type: 'file', mediaType: 'application/pdf', data: { url: 'https://example.test/a.pdf' } },
    ];
    expect(inputOf([{ role: 'user', content }])).toEqual([
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'What is this?' },
          { type: 'input_image', image_url: 'data:image/png;base64,AA==', detail: 'auto' },
          { type: 'input_image', image_url: 'https://example.test/a.png', detail: 'auto' },
          { type: 'input_file', filename: 'file.pdf', file_data: 'data:application/pdf;base64,AA==' },
          { type: 'input_file', file_url: 'https://example.test/a.pdf' },
        ],
      },
    ]);
  });

  it('mark the end of a cacheable prefix where the model takes marks', () => {
    const messages: Message[] = [
      { role: 'system', content: [{ type: 'text', text: 'Long.', cache: {} }] },
      { role: 'user', content: [{ type: 'text', text: 'Short.', cache: { ttl: '1h' } }] },
    ];
    const mark = { prompt_cache_breakpoint: { mode: 'explicit' } };
    const marked = write({ messages });
    expect(marked.body).toMatchObject({
      input: [
        { role: 'developer', content: [{ type: 'input_text', text: 'Long.', ...mark }] },
        { role: 'user', content: [{ type: 'input_text', text: 'Short.', ...mark }] },
      ],
    });
    expect(marked.body).not.toHaveProperty('instructions');
    expect(marked.warnings).toMatchObject([{ option: 'cache', message: expect.stringContaining('1h') }]);

    const unmarked = write({ messages }, able, false);
    expect(JSON.stringify(unmarked.body)).not.toContain('prompt_cache_breakpoint');
    expect(unmarked.warnings).toMatchObject([{ option: 'cache' }]);
  });

  it('survive the way there and back', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
    const id = fc.stringMatching(/^[a-z]{4,8}$/);
    const user = fc.oneof(
      word.map((content): Message => ({ role: 'user', content })),
      fc
        .array(
          fc.oneof(
            word.map((text): UserPart => ({ type: 'text', text })),
            word.map((text): UserPart => ({ type: 'text', text, cache: {} })),
            fc.constant<UserPart>({ type: 'file', mediaType: 'image/png', data: { base64: 'AAEC' } }),
            word.map(
              (filename): UserPart => ({
                type: 'file',
                mediaType: 'application/pdf',
                data: { base64: 'AAEC' },
                filename,
              }),
            ),
          ),
          { minLength: 1, maxLength: 4 },
        )
        .map((content): Message => ({ role: 'user', content })),
    );
    const said = fc.oneof(
      word.map((text): AssistantPart => ({ type: 'text', text })),
      word.map((text): AssistantPart => ({ type: 'text', text, metadata: { openai: { phase: 'commentary' } } })),
    );
    const thought = fc.tuple(word, id).map(
      ([text, encrypted]): AssistantPart => ({
        type: 'reasoning',
        text,
        metadata: { openai: { id: `rs_${encrypted}`, encrypted_content: encrypted } },
      }),
    );
    const thoughtful = fc.tuple(fc.array(thought, { maxLength: 2 }), said).map(([before, last]) => [...before, last]);
    // Every call is answered, as it has to be.
    const turn = fc
      .tuple(fc.array(thoughtful, { maxLength: 3 }), fc.uniqueArray(id, { maxLength: 3 }), fc.jsonValue(), word)
      .map(([parts, ids, input, output]): Message[] => {
        const calls = ids.map(
          (each): AssistantPart => ({
            type: 'tool-call',
            toolCallId: each,
            toolName: `tool_${each}`,
            // JSON has no negative zero.
            input: JSON.parse(JSON.stringify(input)) as null,
          }),
        );
        const content = [...parts.flat(), ...calls];
        const results = ids.map((each) => ({
          type: 'tool-result' as const,
          toolCallId: each,
          toolName: `tool_${each}`,
          output,
        }));
        if (content.length === 0) return [{ role: 'assistant', content: output }];
        return ids.length === 0
          ? [{ role: 'assistant', content }]
          : [
              { role: 'assistant', content },
              { role: 'tool', content: results },
            ];
      });
    const system = fc.array(
      word.map((content): Message => ({ role: 'system', content })),
      { maxLength: 2 },
    );
    const conversation = fc
      .tuple(system, fc.array(fc.tuple(user, turn), { minLength: 1, maxLength: 3 }))
      .map(([head, turns]): Message[] => [...head, ...turns.flatMap(([question, answer]) => [question, ...answer])]);
    fc.assert(
      fc.property(conversation, (messages) => {
        const { body, warnings } = write({ messages });
        expect(warnings).toEqual([]);
        const read = readResponsesRequest(JSON.parse(JSON.stringify(body)));
        expect(read.request.messages).toEqual(messages);
        expect(read.unread).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('readResponsesRequest', () => {
  it('reads everything that was written', () => {
    const request: GenerateRequest = {
      messages: [ask],
      tools: [{ name: 'find', description: 'Finds.', input: { json: { type: 'object' } } }],
      toolChoice: { tool: 'find' },
      output: { json: { type: 'object', properties: {}, required: [], additionalProperties: false }, name: 'prime' },
      maxOutputTokens: 64,
      temperature: 0.5,
      topP: 0.9,
      effort: 'low',
      logprobs: { top: 5 },
      sessionKey: 'conversation-7',
      serviceTier: 'flex',
    };
    const { body } = write(request);
    expect(readResponsesRequest(body)).toEqual({
      request,
      modelId: 'gpt-6-luna',
      stream: true,
      rest: { store: false, include: ['reasoning.encrypted_content'] },
      unread: [],
    });
  });

  it('reads what clients send: plain input, items without a type, nulls, and what only they know', () => {
    expect(readResponsesRequest({ model: 'm', input: 'Name a prime.', instructions: 'Be terse.' }).request).toEqual({
      messages: [{ role: 'system', content: 'Be terse.' }, ask],
    });
    const read = readResponsesRequest({
      model: 'm',
      input: [
        { role: 'developer', content: [{ type: 'input_text', text: 'Be terse.' }] },
        { role: 'user', content: 'Name a prime.' },
        { type: 'web_search_call', id: 'ws_1', status: 'completed' },
        {
          type: 'function_call_output',
          call_id: 'x',
          output: [
            { type: 'input_text', text: 'a' },
            { type: 'input_text', text: 'b' },
          ],
        },
      ],
      tools: [{ type: 'web_search' }, { type: 'function', name: 'find', parameters: null, strict: true }],
      tool_choice: 'auto',
      reasoning: { effort: null, summary: 'auto' },
      text: { verbosity: 'low', format: { type: 'text' } },
      temperature: null,
      store: true,
    });
    expect(read).toMatchObject({
      request: {
        messages: [
          { role: 'system', content: [{ type: 'text', text: 'Be terse.' }] },
          ask,
          { role: 'tool', content: [{ toolCallId: 'x', toolName: '', output: 'ab' }] },
        ],
        tools: [{ name: 'find', input: { json: { type: 'object' } } }],
        toolChoice: 'auto',
      },
      stream: false,
      rest: { store: true, reasoning: { summary: 'auto' }, text: { verbosity: 'low' } },
      unread: ['web_search_call', 'web_search'],
    });
    expect(read.request).not.toHaveProperty('temperature');
  });

  it.each([
    [{ input: 'x' }, /model/],
    [{ model: 'm' }, /input/],
    [{ model: 'm', input: [{ role: 'user' }] }, /input/],
    [{ model: 'm', input: 'x', temperature: 'hot' }, /temperature/],
    [{ model: 'm', input: 'x', reasoning: { effort: 'extreme' } }, /effort/],
    ['text', /object/],
  ])('refuses %j and says which field', (body, field) => {
    expect(() => readResponsesRequest(body)).toThrow(InvalidOptionError);
    expect(() => readResponsesRequest(body)).toThrow(field);
  });
});
