import { generateObject, generateText, jsonSchema, Output, stepCountIs, streamText, tool, wrapLanguageModel } from 'ai';
import { describe, expect, it } from 'vitest';
import { AbortedError } from '../../errors/aborted-error.ts';
import { BudgetExceededError } from '../../errors/budget-errors.ts';
import { ModelCallError } from '../../errors/model-call-error.ts';
import { TollgateError } from '../../errors/tollgate-error.ts';
import { rootContext } from '../../leaf/call-context.ts';
import { defineModel } from '../../leaf/define-model.ts';
import type { LeafCall, LeafOutcome } from '../../leaf/leaf-call.ts';
import { textCapabilities } from '../../leaf/text-capabilities.ts';
import type { Model } from '../../spec/model.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import type { GenerateResult } from '../../spec/result.ts';
import { scriptedModel } from '../../testing/scripted-model.ts';
import { toAiSdk } from './to-ai-sdk.ts';
import { readTollgateMetadata } from './tollgate-metadata.ts';

// The AI SDK prints warnings, unless it is told not to.
Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });

const prompt = 'Name a prime.';

async function collected<Part>(stream: AsyncIterable<Part>): Promise<readonly Part[]> {
  const parts: Part[] = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

const money = { usd: 0, nanoUsd: '0' };
const weather = tool({
  description: 'Says the weather.',
  inputSchema: jsonSchema<{ city: string }>({
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  }),
  execute: async ({ city }) => ({ city, celsius: 21 }),
});

/** A leaf of which each call is written by hand. */
function leaf(
  call: (call: LeafCall, number: number) => Promise<LeafOutcome>,
): Model & { readonly requests: GenerateRequest[] } {
  const requests: GenerateRequest[] = [];
  const model = defineModel({
    provider: 'lab',
    modelId: 'one',
    capabilities: textCapabilities({ tools: true, files: ['image/*'] }),
    call: async (each) => {
      requests.push(each.request);
      return call(each, requests.length);
    },
  });
  return Object.assign(model, { requests });
}

const said = (text: string): LeafOutcome => ({
  candidates: [{ content: [{ type: 'text', text }], finish: { unified: 'stop', by: 'eos', raw: 'end' } }],
  usage: { inputUncached: 7, cacheRead: 2, cacheWrite: { total: 1 }, outputText: 3, outputReasoning: 4, raw: { n: 1 } },
});

/** Streams of `ai` print the errors they meet, unless somebody takes them. */
function quietly(): { readonly errors: unknown[]; readonly onError: (event: { readonly error: unknown }) => void } {
  const errors: unknown[] = [];
  return { errors, onError: ({ error }) => void errors.push(error) };
}

describe('what goes in', () => {
  it('is every option there is a place for', async () => {
    const model = leaf(async () => said('97'));
    await generateText({
      model: toAiSdk(model),
      instructions: 'Be brief.',
      prompt,
      maxOutputTokens: 32,
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      seed: 7,
      stopSequences: ['\n'],
      reasoning: 'low',
      tools: { weather },
      toolChoice: { type: 'tool', toolName: 'weather' },
      providerOptions: { lab: { speed: 'fast' } },
    }).catch(() => undefined);
    const [request] = model.requests;
    expect(request).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: prompt }] },
      ],
      maxOutputTokens: 32,
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      seed: 7,
      stop: ['\n'],
      effort: 'low',
      tools: [{ name: 'weather', description: 'Says the weather.', input: { json: { type: 'object' } } }],
      toolChoice: { tool: 'weather' },
      providerOptions: { lab: { speed: 'fast' } },
    });
  });

  it('is what stands under tollgate: scopes, effort, caps, evidence', async () => {
    const contexts: unknown[] = [];
    const model = leaf(async ({ context }) => {
      contexts.push(context.scopes);
      return said('97');
    });
    const tollgate = {
      scopes: { user: 'ada' },
      effort: 'high',
      maxReasoningTokens: 100,
      sessionKey: 's',
      serviceTier: 'flex',
      evidence: { verify: { kind: 'number', answer: '97' } },
    };
    const options = { scopes: { app: 'notes', user: 'nobody' } };
    await generateText({ model: toAiSdk(model, options), prompt, reasoning: 'low', providerOptions: { tollgate } });
    const { scopes, ...rest } = tollgate;
    expect(model.requests[0]).toMatchObject(rest);
    expect(contexts).toEqual([{ app: 'notes', ...scopes }]);
    expect(model.requests[0]).not.toHaveProperty('providerOptions');
  });

  it.each([
    [{ scope: { user: 'ada' } }, /no providerOptions\.tollgate\.scope\. There are: scopes, effort, samples/],
    [{ scopes: { user: 7 } }, /tollgate\.scopes must be a flat object of texts, received \{"user":7\}/],
    [{ scopes: 'ada' }, /tollgate\.scopes must be a flat object/],
    [{ effort: 'huge' }, /tollgate\.effort must be one of none, minimal/],
    [{ samples: 'many' }, /tollgate\.samples must be a number/],
    [{ samples: 0 }, /samples must be a whole number/],
    [{ evidence: [] }, /tollgate\.evidence must be an object/],
  ])('is refused where it cannot be meant: %j', async (tollgate, message) => {
    const model = leaf(async () => said('97'));
    const asked = generateText({ model: toAiSdk(model), prompt, providerOptions: { tollgate } });
    await expect(asked).rejects.toThrow(message);
    await expect(asked).rejects.toMatchObject({ code: 'invalid-option', isRetryable: false });
    expect(model.requests).toEqual([]);
  });

  it('is files, as bytes, addresses and texts', async () => {
    const model = leaf(async () => said('A cat.'));
    await toAiSdk(model).doGenerate({
      prompt: [
        {
          role: 'user',
          content: [
            { type: 'file', mediaType: 'image/png', data: { type: 'data', data: new Uint8Array([1, 2, 250]) } },
            {
              type: 'file',
              mediaType: 'image/png',
              filename: 'a.png',
              data: { type: 'url', url: new URL('https://a.test/b') },
            },
            { type: 'file', mediaType: 'text/plain', data: { type: 'text', text: 'é' } },
            { type: 'file', mediaType: 'image/png', data: { type: 'reference', reference: { lab: 'file_1' } } },
          ],
        },
      ],
    });
    expect(model.requests[0]?.messages[0]?.content).toEqual([
      { type: 'file', mediaType: 'image/png', data: { base64: 'AQL6' } },
      { type: 'file', mediaType: 'image/png', filename: 'a.png', data: { url: 'https://a.test/b' } },
      { type: 'file', mediaType: 'text/plain', data: { base64: 'w6k=' } },
    ]);
  });

  it('says which addresses the model fetches itself', async () => {
    const urls = await toAiSdk(leaf(async () => said(''))).supportedUrls;
    expect(Object.keys(urls)).toEqual(['image/*']);
    expect(urls['image/*']?.[0]?.test('https://a.test/b')).toBe(true);
  });

  it('warns of what there is no place for', async () => {
    const { warnings } = await toAiSdk(leaf(async () => said('97'))).doGenerate({
      prompt: [
        { role: 'user', content: [{ type: 'text', text: prompt }] },
        { role: 'assistant', content: [{ type: 'custom', kind: 'lab.note' }] },
      ],
      presencePenalty: 1,
      headers: { 'user-agent': 'ai', 'x-team': 'a' },
      tools: [{ type: 'provider', id: 'lab.search', name: 'search', args: {} }],
      toolChoice: { type: 'auto' },
    });
    expect(warnings.map((warning) => (warning.type === 'unsupported' ? warning.feature : warning.type))).toEqual([
      'tools',
      'presencePenalty',
      'headers',
      'messages',
    ]);
  });

  it('is cache breakpoints: on a part, on a message, in words of ours', async () => {
    const model = leaf(async () => said('97'));
    const cacheControl = { type: 'ephemeral', ttl: '1h' };
    await toAiSdk(model).doGenerate({
      prompt: [
        { role: 'system', content: 'Long.', providerOptions: { anthropic: { cacheControl } } },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a', providerOptions: { tollgate: { cache: {} } } },
            { type: 'text', text: 'b' },
          ],
          providerOptions: { anthropic: { cacheControl: { type: 'ephemeral' } } },
        },
      ],
    });
    expect(model.requests[0]?.messages).toEqual([
      { role: 'system', content: [{ type: 'text', text: 'Long.', cache: { ttl: '1h' } }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a', cache: {} },
          { type: 'text', text: 'b', cache: {} },
        ],
      },
    ]);
  });

  it('keeps what a tool answered: text, JSON, errors, refusals, several parts', async () => {
    const model = leaf(async () => said('97'));
    const result = { type: 'tool-result' as const, toolName: 't' };
    await toAiSdk(model).doGenerate({
      prompt: [
        {
          role: 'tool',
          content: [
            { ...result, toolCallId: '1', output: { type: 'text', value: 'a' } },
            { ...result, toolCallId: '2', output: { type: 'json', value: { a: [1, null] } } },
            { ...result, toolCallId: '3', output: { type: 'error-text', value: 'no' } },
            { ...result, toolCallId: '4', output: { type: 'error-json', value: { no: 1 } } },
            { ...result, toolCallId: '5', output: { type: 'execution-denied' } },
            {
              ...result,
              toolCallId: '6',
              output: {
                type: 'content',
                value: [
                  { type: 'text', text: 'x' },
                  { type: 'text', text: 'y' },
                ],
              },
            },
            {
              ...result,
              toolCallId: '7',
              output: {
                type: 'content',
                value: [{ type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AQ==' } }],
              },
            },
          ],
        },
      ],
    });
    const content = model.requests[0]?.messages[0]?.content;
    expect(
      typeof content === 'object' && content.map((part) => part.type === 'tool-result' && [part.output, part.isError]),
    ).toEqual([
      ['a', undefined],
      [{ a: [1, null] }, undefined],
      ['no', true],
      [{ no: 1 }, true],
      ['The call was not allowed.', true],
      ['x\ny', undefined],
      [[{ type: 'file', mediaType: 'image/png', base64: 'AQ==' }], undefined],
    ]);
  });
});

describe('what comes out', () => {
  it('is the answer, its usage and the account of it', async () => {
    const result = await generateText({ model: toAiSdk(leaf(async () => said('97'))), prompt });
    expect(result.text).toBe('97');
    expect(result.finishReason).toBe('stop');
    expect(result.rawFinishReason).toBe('end');
    expect(result.usage).toMatchObject({
      inputTokens: 10,
      inputTokenDetails: { noCacheTokens: 7, cacheReadTokens: 2, cacheWriteTokens: 1 },
      outputTokens: 7,
      outputTokenDetails: { textTokens: 3, reasoningTokens: 4 },
      raw: { n: 1 },
    });
    expect(result.response.modelId).toBe('one');
    const account = readTollgateMetadata(result.providerMetadata);
    expect(account).toMatchObject({
      decision: { status: 'unverified' },
      producedBy: { provider: 'lab', modelId: 'one' },
      charges: [{ usageKnown: 'exact', usage: { inputUncached: 7 } }],
      warnings: [],
    });
    expect(account?.costUsd).toBeUndefined();
    expect(account?.traceId).toBe(result.response.id);
  });

  it('is undefined where usage is not known', async () => {
    const model = leaf(async () => ({ ...said('97'), usage: { cacheRead: 3 } }));
    const { usage } = await generateText({ model: toAiSdk(model), prompt });
    expect(usage.inputTokens).toBeUndefined();
    expect(usage.inputTokenDetails.cacheReadTokens).toBe(3);
    expect(usage.outputTokens).toBeUndefined();
  });

  it('is streamed with one id a block and the account at the end', async () => {
    const model = scriptedModel([
      {
        content: [
          { type: 'reasoning', text: 'Hm hm.' },
          { type: 'text', text: 'It is 97.' },
        ],
      },
    ]);
    const { stream } = await toAiSdk(model).doStream({
      prompt: [{ role: 'user', content: [{ type: 'text', text: prompt }] }],
    });
    const parts = await collected(stream);
    expect(
      parts.map((part) => ('id' in part && part.type !== 'response-metadata' ? `${part.type} ${part.id}` : part.type)),
    ).toEqual([
      'stream-start',
      'reasoning-start reasoning-0',
      'reasoning-delta reasoning-0',
      'reasoning-end reasoning-0',
      'text-start text-1',
      'text-delta text-1',
      'text-delta text-1',
      'text-delta text-1',
      'text-end text-1',
      'response-metadata',
      'finish',
    ]);
    expect(parts.findLast(({ type }) => type === 'text-end')).toMatchObject({
      providerMetadata: { tollgate: { origin: { provider: 'scripted', modelId: 'model' } } },
    });
    expect(parts.at(-1)).toMatchObject({
      finishReason: { unified: 'stop' },
      providerMetadata: { tollgate: { decision: { status: 'unverified' } } },
    });
  });

  it('is the same streamed and whole', async () => {
    const content = [
      { type: 'reasoning' as const, text: 'Hm.', metadata: { lab: { signature: 'abc' } } },
      { type: 'text' as const, text: 'Look.' },
      { type: 'file' as const, mediaType: 'image/png', data: { base64: 'AQ==' } },
      { type: 'tool-call' as const, toolCallId: 'c1', toolName: 'weather', input: { city: 'Oslo' } },
    ];
    const model = leaf(async () => ({
      ...said(''),
      candidates: [{ content, finish: { unified: 'tool-calls', by: 'eos' } }],
    }));
    const whole = await generateText({ model: toAiSdk(model), prompt, tools: { weather } });
    const streamed = streamText({ model: toAiSdk(model), prompt, tools: { weather } });
    // In another order: a stream has its files at the end.
    const shown = (parts: readonly { readonly type: string }[]): ReadonlySet<string> =>
      new Set(parts.map((part) => `${part.type} ${'text' in part ? String(part.text) : ''}`));
    expect(shown(await streamed.content)).toEqual(shown(whole.content));
    expect(whole.content.map(({ type }) => type)).toEqual(['reasoning', 'text', 'file', 'tool-call', 'tool-result']);
    expect(await streamed.usage).toEqual(whole.usage);
    expect(await streamed.finishReason).toBe('tool-calls');
    const files = await streamed.files;
    expect(files.map(({ base64, mediaType }) => [base64, mediaType])).toEqual([['AQ==', 'image/png']]);
  });

  it('shows of several samples the one that is chosen, whole', async () => {
    const model = scriptedModel([{ texts: ['41', '42', '43'] }]);
    const streamed = streamText({ model: toAiSdk(model), prompt, providerOptions: { tollgate: { samples: 3 } } });
    expect(await streamed.text).toBe('41');
    expect(readTollgateMetadata(await streamed.providerMetadata)?.charges[0]?.candidateIds).toHaveLength(3);
    expect(model.calls[0]?.samples).toBe(3);
  });

  it('is raw frames where they were asked for', async () => {
    const model = leaf(async ({ request }) => ({
      ...said('97'),
      ...(request.includeRaw === true && { raw: [{ a: 1 }] }),
    }));
    const ask = async (includeRawChunks: boolean) =>
      collected((await toAiSdk(model).doStream({ prompt: [{ role: 'user', content: [] }], includeRawChunks })).stream);
    expect((await ask(true)).filter(({ type }) => type === 'raw')).toEqual([{ type: 'raw', rawValue: [{ a: 1 }] }]);
    expect((await ask(false)).filter(({ type }) => type === 'raw')).toEqual([]);
  });

  it('is an object held to a schema', async () => {
    const schema = jsonSchema<{ prime: number }>({
      type: 'object',
      properties: { prime: { type: 'number' } },
      required: ['prime'],
    });
    const model = scriptedModel([{ text: '{"prime":97}' }, { text: '{"prime":89}' }, { text: '{"prime":83}' }]);
    const asked = { model: toAiSdk(model), prompt };
    const { output } = await generateText({ ...asked, output: Output.object({ schema, name: 'answer' }) });
    expect(output).toEqual({ prime: 97 });
    expect(model.calls[0]?.output).toMatchObject({ name: 'answer', json: { required: ['prime'] } });
    expect((await generateObject({ ...asked, schema })).object).toEqual({ prime: 89 });
    const streamed = streamText({ ...asked, output: Output.object({ schema }) });
    expect(await streamed.output).toEqual({ prime: 83 });
  });

  it('is the checked object where the model put words around it', async () => {
    const outcome = said('Here: {"a":1}');
    const candidates = [
      {
        id: 'x',
        attemptId: 'y',
        producedBy: { provider: 'lab', modelId: 'one' },
        object: { a: 1 },
        ...outcome.candidates[0],
      },
    ];
    const result = {
      candidates,
      charges: [],
      decision: { status: 'accepted', chosen: 'x', reason: '' },
      warnings: [],
      trace: { id: 't' },
    };
    const model: Model = { ...base, generate: async () => result as unknown as GenerateResult };
    const schema = jsonSchema<{ a: number }>({ type: 'object' });
    expect((await generateText({ model: toAiSdk(model), prompt, output: Output.object({ schema }) })).output).toEqual({
      a: 1,
    });
  });
});

const base: Model = {
  specVersion: 1,
  provider: 'hand',
  modelId: 'made',
  capabilitiesFor: () => textCapabilities(),
  generate: async () => {
    throw new Error('no');
  },
  stream: () => {
    throw new Error('no');
  },
};

describe('a tool loop', () => {
  const steps = [
    {
      content: [
        { type: 'reasoning' as const, text: 'I must look.', metadata: { lab: { signature: 'sig' } } },
        {
          type: 'tool-call' as const,
          toolCallId: 'a',
          toolName: 'weather',
          input: { city: 'Oslo' },
          metadata: { lab: { item: 'i1' } },
        },
        { type: 'tool-call' as const, toolCallId: 'b', toolName: 'weather', input: { city: 'Rome' } },
      ],
    },
    { content: [{ type: 'text' as const, text: 'Both 21.' }] },
  ];
  const loop = () =>
    leaf(async (_, number) => {
      const { content = [] } = steps[number - 1] ?? {};
      const isLast = number === steps.length;
      return { ...said(''), candidates: [{ content, finish: { unified: isLast ? 'stop' : 'tool-calls', by: 'eos' } }] };
    });
  const origin = { provider: 'lab', modelId: 'one' };
  const secondTurn = [
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'I must look.', metadata: { lab: { signature: 'sig' } }, origin },
        {
          type: 'tool-call',
          toolCallId: 'a',
          toolName: 'weather',
          input: { city: 'Oslo' },
          metadata: { lab: { item: 'i1' } },
          origin,
        },
        { type: 'tool-call', toolCallId: 'b', toolName: 'weather', input: { city: 'Rome' }, origin },
      ],
    },
    {
      role: 'tool',
      content: [
        {
          type: 'tool-result',
          toolCallId: 'a',
          toolName: 'weather',
          output: { city: 'Oslo', celsius: 21 },
          // The AI SDK copies what a call carries to its result.
          metadata: { lab: { item: 'i1' } },
        },
        { type: 'tool-result', toolCallId: 'b', toolName: 'weather', output: { city: 'Rome', celsius: 21 } },
      ],
    },
  ];

  it('brings signatures and origins back, whole', async () => {
    const model = loop();
    const { text, steps: taken } = await generateText({
      model: toAiSdk(model),
      prompt,
      tools: { weather },
      stopWhen: stepCountIs(5),
    });
    expect(text).toBe('Both 21.');
    expect(taken).toHaveLength(2);
    expect(model.requests[1]?.messages.slice(1)).toEqual(secondTurn);
  });

  it('brings signatures back, streamed', async () => {
    const model = loop();
    const streamed = streamText({ model: toAiSdk(model), prompt, tools: { weather }, stopWhen: stepCountIs(5) });
    expect(await streamed.text).toBe('Both 21.');
    // Who made it is not known before the end of a stream; no part of this one comes that late.
    const turn = JSON.parse(
      JSON.stringify(secondTurn, (key, value: unknown) => (key === 'origin' ? undefined : value)),
    );
    expect(model.requests[1]?.messages.slice(1)).toEqual(turn);
  });

  it('leaves a call with invalid input to the AI SDK, and shows the model what came of it', async () => {
    const model = leaf(async (_, number) => ({
      ...said('Sorry.'),
      ...(number === 1 && {
        candidates: [
          {
            content: [
              { type: 'tool-call', toolCallId: 'a', toolName: 'weather', input: '{"city": Oslo', invalid: 'no JSON' },
            ],
            finish: { unified: 'tool-calls', by: 'eos' },
          },
        ],
      }),
    }));
    const { text, steps: taken } = await generateText({
      model: toAiSdk(model),
      prompt,
      tools: { weather },
      stopWhen: stepCountIs(5),
    });
    expect(text).toBe('Sorry.');
    expect(taken[0]?.toolCalls[0]).toMatchObject({ invalid: true, input: '{"city": Oslo' });
    const [, assistant, answer] = model.requests[1]?.messages ?? [];
    // The AI SDK sends an object in its place, and the reason with the result.
    expect(assistant?.content[0]).toMatchObject({ type: 'tool-call', toolCallId: 'a', input: {} });
    expect(answer?.content[0]).toMatchObject({ type: 'tool-result', isError: true });
  });
});

describe('errors', () => {
  const refused = new BudgetExceededError('The cap is reached.', {
    scope: { kind: 'user', id: 'ada' },
    dimension: 'usd',
    cap: money,
    settled: money,
    held: money,
    asked: money,
  });
  const overloaded = new ModelCallError('lab/one answered 529.', {
    failure: 'overloaded',
    dispatch: 'refused',
    status: 529,
  });
  const foreign = Object.assign(new Error('overloaded'), {
    name: 'AI_APICallError',
    isRetryable: true,
    statusCode: 503,
    [Symbol.for('vercel.ai.error')]: true,
    [Symbol.for('vercel.ai.error.AI_APICallError')]: true,
  });

  it.each([refused, overloaded])('leave as they are and are not tried again: $message', async (error) => {
    const model = leaf(async () => {
      throw error;
    });
    await expect(generateText({ model: toAiSdk(model), prompt, maxRetries: 2 })).rejects.toBe(error);
    expect(model.requests).toHaveLength(1);
    const { errors, onError } = quietly();
    const streamed = streamText({ model: toAiSdk(model), prompt, maxRetries: 2, onError });
    await expect(streamed.text).rejects.toThrow();
    expect(model.requests).toHaveLength(2);
    expect(errors).toEqual([error]);
  });

  it('of others are not tried again either, whatever they say of themselves', async () => {
    let calls = 0;
    const model: Model = {
      ...base,
      generate: async () => {
        calls += 1;
        throw foreign;
      },
    };
    const asked = generateText({ model: toAiSdk(model), prompt, maxRetries: 2 });
    await expect(asked).rejects.toMatchObject({ code: 'internal', isRetryable: false, cause: foreign });
    expect(calls).toBe(1);
    // The AI SDK itself would have tried again: so the count above says something.
    const bare = { ...toAiSdk(model), doGenerate: async () => model.generate({ messages: [] }) as never };
    await expect(generateText({ model: bare, prompt, maxRetries: 1 })).rejects.toThrow();
    expect(calls).toBe(3);
  });

  it('in the middle of an answer end the stream, with what it cost', async () => {
    const model = leaf(async ({ emit }) => {
      emit?.({ type: 'text-delta', sample: 0, text: 'It is ' });
      const partial = said('It is ');
      throw new ModelCallError('lab/one broke off.', {
        failure: 'network',
        dispatch: 'unknown',
        partial,
        contentDelivered: true,
      });
    });
    const { errors, onError } = quietly();
    const streamed = streamText({ model: toAiSdk(model), prompt, maxRetries: 2, onError });
    expect(await streamed.text).toBe('It is ');
    expect(await streamed.finishReason).toBe('error');
    expect(errors).toMatchObject([{ message: 'lab/one broke off.', isRetryable: false }]);
    expect(readTollgateMetadata(await streamed.providerMetadata)?.charges).toMatchObject([
      { usage: { inputUncached: 7 } },
    ]);
    expect(model.requests).toHaveLength(1);
  });
});

describe('an abort', () => {
  const endless = (settled: string[]) =>
    leaf(async ({ emit, signal }) => {
      emit?.({ type: 'text-delta', sample: 0, text: 'on' });
      await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
      // A ledger on a disk takes longer than a microtask.
      await new Promise((resolve) => setImmediate(resolve));
      settled.push('settled');
      return {
        candidates: [{ content: [{ type: 'text', text: 'on' }], finish: { unified: 'aborted', by: 'aborted' } }],
        usage: { inputUncached: 1, outputText: 1 },
      };
    });

  it('by the signal rejects a call under the name that the AI SDK knows, with what there was', async () => {
    const controller = new AbortController();
    const settled: string[] = [];
    const asked = generateText({ model: toAiSdk(endless(settled)), prompt, abortSignal: controller.signal });
    queueMicrotask(() => controller.abort());
    const error: unknown = await asked.catch((caught: unknown) => caught);
    expect(AbortedError.isInstance(error) && [error.name, error.partial?.charges.length ?? 0]).toEqual([
      'AbortError',
      expect.any(Number),
    ]);
  });

  it('by the signal ends a stream of the AI SDK as an abort', async () => {
    const controller = new AbortController();
    const settled: string[] = [];
    const { errors, onError } = quietly();
    const streamed = streamText({ model: toAiSdk(endless(settled)), prompt, abortSignal: controller.signal, onError });
    const types: string[] = [];
    for await (const part of streamed.fullStream) {
      types.push(part.type);
      if (part.type === 'text-delta') controller.abort();
    }
    expect(types.at(-1)).toBe('abort');
    await expect.poll(() => settled).toEqual(['settled']);
    expect(errors).toEqual([]);
  });

  it('by cancelling the stream ends the call, and waits until it is settled', async () => {
    const settled: string[] = [];
    const { stream } = await toAiSdk(endless(settled)).doStream({ prompt: [{ role: 'user', content: [] }] });
    const reader = stream.getReader();
    while ((await reader.read()).value?.type !== 'text-delta');
    const pending = reader.read();
    expect(settled).toEqual([]);
    await reader.cancel();
    expect(settled).toEqual(['settled']);
    expect((await pending).done).toBe(true);
  });
});

describe('abstaining', () => {
  const abstained: GenerateResult = {
    candidates: [],
    charges: [
      {
        attemptId: 'a',
        model: { provider: 'lab', modelId: 'one' },
        usage: {},
        usageKnown: 'exact',
        cost: { usd: 0.5, nanoUsd: '500000000' },
        candidateIds: [],
      },
    ],
    decision: { status: 'abstained', reason: 'no two samples agree', confidence: 0.2 },
    warnings: [{ code: 'short', message: 'one sample is missing' }],
    trace: { id: 't', kind: 'root', name: 'n', startedAtMs: 0, children: [] },
  };
  const model: Model = {
    ...base,
    generate: async () => abstained,
    stream: () => ({
      result: Promise.resolve(abstained),
      async *[Symbol.asyncIterator]() {
        yield { type: 'ping' };
        yield { type: 'finish', result: abstained };
      },
    }),
  };

  it('is a normal end that says so', async () => {
    const result = await generateText({ model: toAiSdk(model), prompt });
    const { text, finishReason, rawFinishReason, warnings } = result;
    expect([text, finishReason, rawFinishReason]).toEqual(['', 'other', 'abstained']);
    expect(readTollgateMetadata(result.providerMetadata)).toMatchObject({
      costUsd: 0.5,
      decision: { confidence: 0.2 },
    });
    expect(warnings).toEqual([{ type: 'other', message: 'one sample is missing' }]);
    const streamed = streamText({ model: toAiSdk(model), prompt });
    expect(await streamed.finishReason).toBe('other');
    expect(readTollgateMetadata(await streamed.providerMetadata)?.warnings).toEqual(abstained.warnings);
  });

  it('is an error where the caller wants one, with what it cost', async () => {
    const strict = toAiSdk(model, { onAbstain: 'throw' });
    const error: unknown = await generateText({ model: strict, prompt, maxRetries: 2 }).catch(
      (caught: unknown) => caught,
    );
    expect(TollgateError.isInstance(error) && [error.code, error.charges.length, error.message]).toEqual([
      'abstained',
      1,
      'No answer is given: no two samples agree.',
    ]);
    const { errors, onError } = quietly();
    await expect(streamText({ model: strict, prompt, onError }).text).rejects.toThrow();
    expect(errors).toMatchObject([{ code: 'abstained' }]);
  });

  it('is nothing else', () => {
    expect(() => toAiSdk(model, { onAbstain: 'ignore' as never })).toThrow(
      /onAbstain must be "finish" or "throw", received "ignore"/,
    );
  });
});

describe('a model of the AI SDK', () => {
  it('can be wrapped by its middleware', async () => {
    const model = scriptedModel([{ text: '97' }, { text: '89' }]);
    const wrapped = wrapLanguageModel({
      model: toAiSdk(model),
      middleware: {
        specificationVersion: 'v4',
        transformParams: async ({ params }) => ({ ...params, temperature: 0.1 }),
      },
    });
    expect((await generateText({ model: wrapped, prompt })).text).toBe('97');
    expect(await streamText({ model: wrapped, prompt }).text).toBe('89');
    expect(model.calls.map(({ temperature }) => temperature)).toEqual([0.1, 0.1]);
  });

  it('is called in the context that it is given', async () => {
    const context = rootContext({ name: 'agent', scopes: { run: 'r1' } });
    const seen: unknown[] = [];
    const model = leaf(async (call) => {
      seen.push(call.context.scopes);
      return said('97');
    });
    await generateText({ model: toAiSdk(model, { context: () => context, scopes: { app: 'a' } }), prompt });
    expect(seen).toEqual([{ run: 'r1', app: 'a' }]);
    expect(context.span.toNode().children.map(({ name, kind }) => [name, kind])).toEqual([['ai-sdk', 'wrapper']]);
  });
});
