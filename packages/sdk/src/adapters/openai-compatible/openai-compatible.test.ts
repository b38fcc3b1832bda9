import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AbortedError } from '../../errors/aborted-error.ts';
import { StreamTruncatedError } from '../../errors/model-call-error.ts';
import { RecordingGuard } from '../../leaf/__fixtures__/recording-guard.ts';
import { rootContext } from '../../leaf/call-context.ts';
import {
  apiKey,
  ask,
  type Asked,
  failureOf,
  HostedServer,
  streamOf,
} from '../../transport/__fixtures__/hosted-server.ts';
import { openaiCompatible } from './openai-compatible.ts';
import type { OpenaiCompatibleOptions } from './options.ts';

const baseUrl = 'http://engine.test/v1';
const url = `${baseUrl}/chat/completions`;
const server = new HostedServer(url);

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

/** Answers every request with these events, and keeps what was asked. */
function answers(...replies: readonly (readonly (object | string)[])[]): Asked {
  return server.answers(...replies.map(sse));
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

    server.reset();
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

    const guard = new RecordingGuard();
    const context = rootContext({ guards: [guard] });
    const sneaky = model().generate({
      ...ask,
      context,
      providerOptions: { 'openai-compatible': { max_tokens: 1_000_000 } },
    });
    await expect(sneaky).rejects.toMatchObject({ code: 'invalid-option', option: 'providerOptions' });
    expect(guard.log).toEqual(['admit', 'release invalid-option']);
  });
});

describe('a refusal', () => {
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

describe('the raw reply', () => {
  it('is what there was of an answer that broke off or was aborted', async () => {
    server.responds(() => streamOf([sse(answer.slice(0, 2))], 'error'));
    const error = await failureOf(model().generate({ ...ask, includeRaw: true }));
    expect(error.partial?.raw).toEqual(answer.slice(0, 2));
    const controller = new AbortController();
    server.responds(() => streamOf([sse(answer.slice(0, 2)), sse(answer.slice(2))]));
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
    server.refuses(302, '', { location: 'https://user:pass-word@other.test/v2?key=sk-of-somebody' });
    const error = await failureOf(model().generate(ask));
    expect(error).toMatchObject({ failure: 'bad-request', dispatch: 'refused', status: 302, charges: [] });
    expect(error.message).toBe(
      'openai-compatible/m answered 302: it redirects to https://other.test, which is not followed. Is baseUrl right, version included?',
    );
  });
});
