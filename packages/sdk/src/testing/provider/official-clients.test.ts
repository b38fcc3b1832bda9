import { Anthropic } from '@anthropic-ai/sdk';
import { OpenAI } from 'openai';
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AssistantPart, Origin } from '../../spec/content.ts';
import type { Usage } from '../../spec/usage.ts';
import { type ProviderServer, startProviderServer } from './provider-server.ts';
import type { ProviderReplies, ProviderReply } from './reply.ts';

const origin: Origin = { provider: 'any', modelId: 'm' };
const usage: Usage = {
  inputUncached: 5,
  cacheRead: 3,
  cacheWrite: { total: 0 },
  outputText: 2,
  outputReasoning: 1,
};
const calls: readonly AssistantPart[] = [
  { type: 'tool-call', toolCallId: 'a', toolName: 'find', input: { what: 'a word that is long' }, origin },
  { type: 'tool-call', toolCallId: 'b', toolName: 'find', input: { what: 2 }, origin },
];
const thought: AssistantPart = {
  type: 'reasoning',
  text: 'Hm, well.',
  origin,
  metadata: { openai: { id: 'rs_1', encrypted_content: 'gAAA' }, anthropic: { signature: 'c2ln' } },
};
const said: AssistantPart = { type: 'text', text: 'It is 97 🦉' };

const everything: ProviderReply = { content: [thought, said, ...calls], usage };
const refusal: ProviderReply = { refusal: 'I would rather not.', usage };
const length: ProviderReply = { text: 'It is', finish: { unified: 'length', by: 'length' } };
const logprobs = [{ text: 'It', logprob: -0.5, top: [{ text: 'It', logprob: -0.5 }] }];

let server: ProviderServer;
afterEach(async () => server.close());

async function openaiFor(replies: ProviderReplies): Promise<OpenAI> {
  server = await startProviderServer({ replies });
  return new OpenAI({ baseURL: server.baseUrl, apiKey: 'sk-not-for-anybody', maxRetries: 0 });
}

async function anthropicFor(replies: ProviderReplies): Promise<Anthropic> {
  server = await startProviderServer({ replies });
  return new Anthropic({ baseURL: server.url, apiKey: 'sk-not-for-anybody', maxRetries: 0 });
}

describe('the SDK of OpenAI, by Responses', () => {
  const ask = { model: 'm', input: 'Name a prime.' };
  const expected = {
    model: 'm',
    status: 'completed',
    output_text: 'It is 97 🦉',
    output: [
      { type: 'reasoning', id: 'rs_1', encrypted_content: 'gAAA', summary: [{ text: 'Hm, well.' }] },
      { type: 'message', role: 'assistant', status: 'completed' },
      { type: 'function_call', call_id: 'a', name: 'find', arguments: '{"what":"a word that is long"}' },
      { type: 'function_call', call_id: 'b', name: 'find', arguments: '{"what":2}' },
    ],
    usage: {
      input_tokens: 8,
      input_tokens_details: { cached_tokens: 3 },
      output_tokens: 3,
      output_tokens_details: { reasoning_tokens: 1 },
      total_tokens: 11,
    },
  };

  it('reads text, thoughts, calls and usage, whole and streamed', async () => {
    const sdk = await openaiFor([everything, everything, everything]);
    expect(await sdk.responses.create(ask)).toMatchObject(expected);
    expect(await sdk.responses.stream(ask).finalResponse()).toMatchObject(expected);
    const text: string[] = [];
    for await (const event of await sdk.responses.create({ ...ask, stream: true })) {
      if (event.type === 'response.output_text.delta') text.push(event.delta);
    }
    expect(text).toEqual(['It', ' is', ' 97', ' 🦉']);
    server.assertDone();
  });

  it('reads a refusal, whole and streamed', async () => {
    const sdk = await openaiFor([refusal, refusal, refusal]);
    const content = [{ type: 'refusal', refusal: 'I would rather not.' }];
    expect(await sdk.responses.create(ask)).toMatchObject({ output: [{ content }] });
    const stream = sdk.responses.stream(ask);
    const deltas: string[] = [];
    stream.on('response.refusal.delta', ({ delta }) => deltas.push(delta));
    expect(await stream.finalResponse()).toMatchObject({ output: [{ content }] });
    expect(deltas.join('')).toBe('I would rather not.');
  });

  it('reads log-probabilities, and that an answer is incomplete', async () => {
    const sdk = await openaiFor([{ text: 'It is', logprobs }, length]);
    const tokens: unknown[] = [];
    for await (const event of await sdk.responses.create({ ...ask, stream: true })) {
      if (event.type === 'response.output_text.delta') tokens.push(...(event.logprobs ?? []));
    }
    expect(tokens).toMatchObject([{ token: 'It', logprob: -0.5 }]);
    expect(await sdk.responses.stream(ask).finalResponse()).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    });
  });

  it('parses structured output', async () => {
    const sdk = await openaiFor(['{"prime":97}']);
    const format = zodTextFormat(z.object({ prime: z.number() }), 'prime');
    expect((await sdk.responses.parse({ ...ask, text: { format } })).output_parsed).toEqual({ prime: 97 });
  });

  it('sends requests that are read, tool loops included', async () => {
    const sdk = await openaiFor(['found']);
    await sdk.responses.create({
      model: 'm',
      instructions: 'Be terse.',
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'Name a prime.' }] },
        { type: 'function_call', call_id: 'a', name: 'find', arguments: '{"what":1}' },
        { type: 'function_call_output', call_id: 'a', output: 'found' },
      ],
      tools: [{ type: 'function', name: 'find', parameters: { type: 'object' }, strict: false }],
      reasoning: { effort: 'low' },
    });
    expect(server.calls[0]?.request).toMatchObject({
      messages: [
        { role: 'system', content: 'Be terse.' },
        { role: 'user', content: [{ type: 'text', text: 'Name a prime.' }] },
        { role: 'assistant', content: [{ type: 'tool-call', toolName: 'find', input: { what: 1 } }] },
        { role: 'tool', content: [{ type: 'tool-result', toolName: 'find', output: 'found' }] },
      ],
      tools: [{ name: 'find' }],
      effort: 'low',
    });
  });

  it('throws its own errors, also for one on the way', async () => {
    const sdk = await openaiFor([
      { error: 'rate-limit', retryAfterMs: 1500 },
      { text: 'It is 97', breaks: { after: { events: 5 }, by: 'error', message: 'Out of memory.' } },
    ]);
    const refused = await sdk.responses.create(ask).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(OpenAI.RateLimitError);
    expect((refused as InstanceType<typeof OpenAI.RateLimitError>).headers?.get('retry-after')).toBe('2');
    const streamed = async (): Promise<void> => {
      for await (const _ of await sdk.responses.create({ ...ask, stream: true }));
    };
    await expect(streamed()).rejects.toThrow('Out of memory.');
  });
});

describe('the SDK of OpenAI, by Chat Completions', () => {
  const ask = { model: 'm', messages: [{ role: 'user' as const, content: 'Name a prime.' }] };
  const expected = {
    model: 'm',
    choices: [
      {
        finish_reason: 'tool_calls',
        message: {
          content: 'It is 97 🦉',
          tool_calls: [
            { id: 'a', function: { name: 'find', arguments: '{"what":"a word that is long"}' } },
            { id: 'b', function: { name: 'find', arguments: '{"what":2}' } },
          ],
        },
      },
    ],
    usage: {
      prompt_tokens: 8,
      prompt_tokens_details: { cached_tokens: 3 },
      completion_tokens: 3,
      completion_tokens_details: { reasoning_tokens: 1 },
      total_tokens: 11,
    },
  };

  it('reads text, calls and usage, whole and streamed', async () => {
    const sdk = await openaiFor([everything, everything]);
    expect(await sdk.chat.completions.create(ask)).toMatchObject(expected);
    const stream = sdk.chat.completions.stream({ ...ask, stream_options: { include_usage: true } });
    expect(await stream.finalChatCompletion()).toMatchObject(expected);
  });

  it('gets no usage in a stream that did not ask for it', async () => {
    const sdk = await openaiFor(['It is 97']);
    for await (const chunk of await sdk.chat.completions.create({ ...ask, stream: true })) {
      expect(chunk.usage ?? undefined).toBeUndefined();
    }
  });

  it('reads several samples, whole and streamed', async () => {
    const sdk = await openaiFor([{ texts: ['a b', 'c'] }, { texts: ['a b', 'c'] }]);
    const whole = await sdk.chat.completions.create({ ...ask, n: 2 });
    const streamed = await sdk.chat.completions.stream({ ...ask, n: 2 }).finalChatCompletion();
    for (const { choices } of [whole, streamed]) {
      expect(choices.map(({ message }) => message.content)).toEqual(['a b', 'c']);
    }
  });

  it('reads a refusal and log-probabilities, whole and streamed', async () => {
    const sdk = await openaiFor([refusal, refusal, { text: 'It is', logprobs }, { text: 'It is', logprobs }]);
    const choices = [{ message: { refusal: 'I would rather not.' } }];
    expect(await sdk.chat.completions.create(ask)).toMatchObject({ choices });
    expect(await sdk.chat.completions.stream(ask).finalChatCompletion()).toMatchObject({ choices });
    const logged = [{ message: { content: 'It is' }, logprobs: { content: [{ token: 'It', logprob: -0.5 }] } }];
    expect(await sdk.chat.completions.create(ask)).toMatchObject({ choices: logged });
    expect(await sdk.chat.completions.stream(ask).finalChatCompletion()).toMatchObject({ choices: logged });
  });

  it('parses structured output, and throws its own errors', async () => {
    const sdk = await openaiFor(['{"prime":97}', { error: 'context-length' }, { error: 'server', status: 500 }]);
    const format = zodResponseFormat(z.object({ prime: z.number() }), 'prime');
    const parsed = await sdk.chat.completions.parse({ ...ask, response_format: format });
    expect(parsed.choices[0]?.message.parsed).toEqual({ prime: 97 });
    await expect(sdk.chat.completions.create(ask)).rejects.toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
    });
    await expect(sdk.chat.completions.create(ask)).rejects.toBeInstanceOf(OpenAI.InternalServerError);
  });
});

describe('the SDK of Anthropic', () => {
  const ask = { model: 'm', max_tokens: 64, messages: [{ role: 'user' as const, content: 'Name a prime.' }] };
  const expected = {
    model: 'm',
    stop_reason: 'tool_use',
    content: [
      { type: 'thinking', thinking: 'Hm, well.', signature: 'c2ln' },
      { type: 'text', text: 'It is 97 🦉' },
      { type: 'tool_use', id: 'a', name: 'find', input: { what: 'a word that is long' } },
      { type: 'tool_use', id: 'b', name: 'find', input: { what: 2 } },
    ],
    usage: { input_tokens: 5, cache_read_input_tokens: 3, output_tokens: 3 },
  };

  it('reads text, thoughts, calls and usage, whole and streamed', async () => {
    const sdk = await anthropicFor([everything, everything]);
    expect(await sdk.messages.create(ask)).toMatchObject(expected);
    expect(await sdk.messages.stream(ask).finalMessage()).toMatchObject(expected);
  });

  it('reads a refusal, an answer that was cut, and a stop string', async () => {
    const stop: ProviderReply = { text: 'It is', finish: { unified: 'stop', by: 'stop', stopString: 'END' } };
    const sdk = await anthropicFor([refusal, length, stop]);
    expect(await sdk.messages.stream(ask).finalMessage()).toMatchObject({ stop_reason: 'refusal' });
    expect(await sdk.messages.create(ask)).toMatchObject({ stop_reason: 'max_tokens' });
    expect(await sdk.messages.stream(ask).finalMessage()).toMatchObject({
      stop_reason: 'stop_sequence',
      stop_sequence: 'END',
    });
  });

  it('throws its own errors, also for one on the way', async () => {
    const sdk = await anthropicFor([
      { error: 'overloaded' },
      { text: 'It is 97', breaks: { after: { events: 3 }, by: 'error', failure: 'overloaded', message: 'Busy.' } },
    ]);
    await expect(sdk.messages.create(ask)).rejects.toMatchObject({ status: 529, type: 'overloaded_error' });
    await expect(sdk.messages.stream(ask).finalMessage()).rejects.toThrow('Busy.');
  });

  it('counts tokens and lists models', async () => {
    const sdk = await anthropicFor([]);
    const counted = await sdk.messages.countTokens({ model: 'm', messages: ask.messages });
    expect(counted.input_tokens).toBeGreaterThan(5);
    expect((await sdk.models.list()).data).toEqual([]);
  });
});
