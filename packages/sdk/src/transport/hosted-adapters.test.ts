import { inspect } from 'node:util';
import Anthropic from '@anthropic-ai/sdk';
import { OpenAI } from 'openai';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { requestBody as anthropicBody } from '../adapters/anthropic/body.ts';
import { anthropic } from '../adapters/anthropic/index.ts';
import { anthropicSettings } from '../adapters/anthropic/options.ts';
import { requestBody as openaiBody } from '../adapters/openai/body.ts';
import { openai } from '../adapters/openai/index.ts';
import { openaiSettings } from '../adapters/openai/options.ts';
import { openaiCompatible } from '../adapters/openai-compatible/index.ts';
import { AbortedError } from '../errors/aborted-error.ts';
import { RecordingGuard } from '../leaf/__fixtures__/recording-guard.ts';
import { rootContext } from '../leaf/call-context.ts';
import type { LeafCall } from '../leaf/leaf-call.ts';
import type { Model } from '../spec/model.ts';
import * as responses from '../wire/openai-responses/__fixtures__/replies.ts';
import {
  apiKey,
  ask,
  failureOf,
  HostedServer,
  partsOf,
  refusalOf,
  streamOf,
  unhurriedClock,
} from './__fixtures__/hosted-server.ts';
import type { HostedOptions } from './hosted-options.ts';
import type { ApiKey } from './key.ts';

type Options = HostedOptions & { readonly apiKey?: ApiKey };

/** What is the same of every hosted adapter, and where its API has other words for it. */
interface Hosted {
  readonly name: string;
  readonly path: string;
  readonly make: (options: Options) => Model;
  /** By a client of the user, where the adapter takes one. */
  readonly makeByClient?: (options: HostedOptions) => Model;
  /** Where the environment is asked for the key. */
  readonly keyVariable?: string;
  /** The data of the events of a whole answer, and how many of them come before it is certain what it says. */
  readonly events: readonly unknown[];
  readonly begun: number;
  readonly deltas: number;
  readonly whole: object;
  readonly candidate: object;
  readonly error: (message: string) => object;
  /** How it says that it is busy for the moment. */
  readonly busy: 'rate-limit' | 'overloaded';
  readonly refusals: readonly (readonly [status: number, body: string | object, failure: string])[];
}

const origin = 'http://hosted.test';
const compatibleChunk = (delta: object, finish: string | null = null): object => ({
  choices: [{ index: 0, delta, finish_reason: finish }],
});
const chatUsage = { prompt_tokens: 5, completion_tokens: 2 };
const chat = {
  path: '/v1/chat/completions',
  events: [
    compatibleChunk({ role: 'assistant', content: '' }),
    compatibleChunk({ content: '9' }),
    compatibleChunk({ content: '7' }),
    compatibleChunk({}, 'stop'),
    { choices: [], usage: chatUsage },
    '[DONE]',
  ],
  begun: 3,
  deltas: 2,
  whole: {
    choices: [{ index: 0, message: { role: 'assistant', content: '97' }, finish_reason: 'stop' }],
    usage: chatUsage,
  },
  candidate: { content: [{ type: 'text', text: '97' }], outputTokens: 2 },
};
const openaiError = (message: string, more: object = {}): object => ({ error: { message, ...more } });
const openaiRefusals = [
  [401, openaiError('Wrong key', { code: 'invalid_api_key' }), 'auth'],
  [429, openaiError('Slow down', { code: 'rate_limit_exceeded' }), 'rate-limit'],
  [429, openaiError('Pay first', { type: 'insufficient_quota', code: 'insufficient_quota' }), 'auth'],
  [400, openaiError('Too long', { code: 'context_length_exceeded' }), 'context-length'],
  [400, openaiError('Flagged', { code: 'invalid_prompt' }), 'content-filter'],
  [400, openaiError('No such field', { type: 'invalid_request_error', code: null }), 'bad-request'],
  [404, openaiError('No such model', { code: 'model_not_found' }), 'not-found'],
  [503, openaiError('Overloaded'), 'overloaded'],
  [500, 'oops', 'server'],
] as const;
const claudeDelta = (text: string): object => ({
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'text_delta', text },
});
const claudeError = (message: string, type = 'api_error'): object => ({ type: 'error', error: { type, message } });

const adapters: readonly Hosted[] = [
  {
    ...chat,
    name: 'openai-compatible/m',
    make: (options) => openaiCompatible('m', { baseUrl: `${origin}/v1`, ...options }),
    error: (message) => openaiError(message),
    busy: 'rate-limit',
    refusals: [
      [401, openaiError('Wrong key'), 'auth'],
      [429, openaiError('Slow down'), 'rate-limit'],
      [400, openaiError('Too long', { code: 'context_length_exceeded' }), 'context-length'],
      [400, openaiError('Flagged', { code: 'content_filter' }), 'content-filter'],
      [404, openaiError('No such model'), 'not-found'],
      [503, openaiError('Loading model'), 'overloaded'],
      [500, 'oops', 'server'],
    ],
  },
  {
    name: 'openai/gpt-6-luna',
    path: '/v1/responses',
    make: (options) => openai('gpt-6-luna', { baseUrl: `${origin}/v1`, ...options }),
    makeByClient: (options) =>
      openai('gpt-6-luna', { client: new OpenAI({ apiKey, baseURL: `${origin}/v1`, maxRetries: 5 }), ...options }),
    keyVariable: 'OPENAI_API_KEY',
    events: responses.text,
    begun: 6,
    deltas: 3,
    whole: responses.text.at(-1)?.['response'] as object,
    candidate: { content: [{ type: 'text', text: 'It is 97 🦉' }], outputTokens: 90 },
    error: (message) => ({ type: 'error', ...openaiError(message) }),
    busy: 'rate-limit',
    refusals: openaiRefusals,
  },
  {
    ...chat,
    name: 'openai/gpt-4.1-nano',
    make: (options) => openai('gpt-4.1-nano', { baseUrl: `${origin}/v1`, api: 'chat', ...options }),
    keyVariable: 'OPENAI_API_KEY',
    error: (message) => openaiError(message),
    busy: 'rate-limit',
    refusals: openaiRefusals,
  },
  {
    name: 'anthropic/claude-opus-4-8',
    path: '/v1/messages',
    make: (options) => anthropic('claude-opus-4-8', { baseUrl: origin, ...options }),
    makeByClient: (options) =>
      anthropic('claude-opus-4-8', { client: new Anthropic({ apiKey, baseURL: origin, maxRetries: 5 }), ...options }),
    keyVariable: 'ANTHROPIC_API_KEY',
    events: [
      { type: 'message_start', message: { content: [], usage: { input_tokens: 12, output_tokens: 1 } } },
      { type: 'ping' },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      claudeDelta('9'),
      claudeDelta('7'),
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } },
      { type: 'message_stop' },
    ],
    begun: 5,
    deltas: 2,
    whole: {
      type: 'message',
      content: [{ type: 'text', text: '97' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 5, output_tokens: 2 },
    },
    candidate: { content: [{ type: 'text', text: '97' }], outputTokens: 2 },
    error: (message) => claudeError(message),
    busy: 'overloaded',
    refusals: [
      [401, claudeError('invalid bearer token', 'authentication_error'), 'auth'],
      [403, claudeError('No access', 'permission_error'), 'auth'],
      [429, claudeError('Slow down', 'rate_limit_error'), 'rate-limit'],
      [529, claudeError('Overloaded', 'overloaded_error'), 'overloaded'],
      [400, claudeError('prompt is too long: 9 tokens > 8 maximum', 'invalid_request_error'), 'context-length'],
      [400, claudeError('temperature: Extra inputs are not permitted', 'invalid_request_error'), 'bad-request'],
      [404, claudeError('model: claude-0', 'not_found_error'), 'not-found'],
      [500, 'oops', 'server'],
      [503, '', 'overloaded'],
    ],
  },
];

const server = new HostedServer(...new Set(adapters.map(({ path }) => origin + path)));
beforeEach(() => {
  for (const name of ['ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL', 'OPENAI_API_KEY']) vi.stubEnv(name, undefined);
});

function sse(events: readonly unknown[]): string {
  const nameOf = (event: unknown): string => {
    const { type } = event as { readonly type?: string };
    return type === undefined ? '' : `event: ${type}\n`;
  };
  return events
    .map((event) => `${nameOf(event)}data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
    .join('');
}

describe.each(adapters)('$name', (adapter) => {
  const { name, path, make, makeByClient, events, begun, error: errorBody } = adapter;
  const model = (options: Options = {}): Model => make({ apiKey, retry: false, ...options });
  const answer = sse(events);
  const cut = events.slice(0, begun);
  const busy = (headers: Record<string, string> = {}): Response => {
    const [status, body] = adapter.refusals.find(([, , failure]) => failure === adapter.busy) ?? [0, ''];
    return refusalOf(status, body, headers);
  };

  it('streams an answer part by part: start, commit, deltas, end', async () => {
    server.answers(answer);
    const parts = await partsOf(model().stream(ask));
    expect(parts.map((part) => part.type)).toEqual([
      'start',
      'commit',
      ...Array.from({ length: adapter.deltas }, () => 'text-delta'),
      'candidate-finish',
      'finish',
    ]);
  });

  it('reads an answer whole where something in between does not stream', async () => {
    server.responds(() => Response.json(adapter.whole));
    const { candidates, charges, raw } = await model().generate({ ...ask, includeRaw: true });
    expect(candidates[0]).toMatchObject(adapter.candidate);
    expect(charges[0]?.usageKnown).toBe('exact');
    expect(raw).toMatchObject([{ reply: adapter.whole }]);
  });

  it('sends by any other fetch', async () => {
    const asked: unknown[] = [];
    const other: typeof fetch = async (input) => {
      asked.push(input);
      return new Response(answer, { headers: { 'content-type': 'text/event-stream' } });
    };
    expect((await model({ fetch: other }).generate(ask)).candidates[0]).toMatchObject({ finish: { unified: 'stop' } });
    expect(asked).toEqual([origin + path]);
  });

  it('gives the reply as it was sent, event by event, where the request asks for it, and nowhere else', async () => {
    server.answers(answer);
    expect((await model().generate({ ...ask, includeRaw: true })).raw).toMatchObject([{ reply: events }]);
    expect((await model().generate(ask)).raw).toBeUndefined();
  });

  it.each(adapter.refusals)('is refused with status %i and %j: %s, and free', async (status, body, failure) => {
    server.refuses(status, body);
    const guard = new RecordingGuard();
    const error = await failureOf(model().generate({ ...ask, context: rootContext({ guards: [guard] }) }));
    expect(error).toMatchObject({ failure, dispatch: 'refused', status, requestId: 'req_1', charges: [] });
    const { error: told } = body as { readonly error?: { readonly message: string } };
    expect(error.message).toContain(typeof body === 'string' ? body : told?.message);
    expect(guard.log).toEqual(['admit', `release ${failure}`]);
  });

  it('sends nothing and costs nothing where the call is aborted while its key is being fetched', async () => {
    const controller = new AbortController();
    const guard = new RecordingGuard();
    const slowKey = async (): Promise<string> => {
      controller.abort();
      return apiKey;
    };
    const request = { ...ask, signal: controller.signal, context: rootContext({ guards: [guard] }) };
    await expect(model({ apiKey: slowKey }).generate(request)).rejects.toBeInstanceOf(AbortedError);
    expect(guard.log).toEqual(['admit', 'release network']);
  });

  it('reads its key anew before every attempt, and not before the first', async () => {
    const { headers } = server.answers(answer);
    let asked = 0;
    const keyed = model({ apiKey: () => `sk-${(asked += 1)}` });
    expect(asked).toBe(0);
    await keyed.generate(ask);
    await keyed.generate(ask);
    expect(headers.map((each) => each.get('authorization'))).toEqual(['Bearer sk-1', 'Bearer sk-2']);
  });

  it('costs nothing and sends nothing where its key is missing', async () => {
    const guard = new RecordingGuard();
    const call = model({ apiKey: () => '' }).generate({ ...ask, context: rootContext({ guards: [guard] }) });
    await expect(call).rejects.toMatchObject({ code: 'missing-key' });
    expect(guard.log).toEqual(['admit', 'release missing-key']);
  });

  const { keyVariable } = adapter;
  if (keyVariable !== undefined)
    it('has the key of the environment at the time of the call', async () => {
      const { headers } = server.answers(answer);
      const lazy = make({ retry: false });
      const guard = new RecordingGuard();
      const refused = async (): Promise<void> => {
        const call = lazy.generate({ ...ask, context: rootContext({ guards: [guard] }) });
        await expect(call).rejects.toMatchObject({ code: 'missing-key' });
      };
      await refused();
      vi.stubEnv(keyVariable, 'sk-late');
      await lazy.generate(ask);
      vi.stubEnv(keyVariable, undefined);
      await refused();
      expect(headers.map((each) => each.get('authorization'))).toEqual(['Bearer sk-late']);
      expect(guard.log).toEqual(['admit', 'release missing-key', 'admit', 'release missing-key']);
    });

  it('never repeats a secret in an error, also where the server or fetch does', async () => {
    const secretHeader = 'gateway-secret-1';
    const secretive = { headers: { 'x-gateway': secretHeader } };
    const leaky: typeof fetch = async () => {
      const cause = Object.assign(new Error(`denied ${apiKey}`), { request: { headers: { authorization: apiKey } } });
      throw new TypeError(`failed with ${secretHeader}`, { cause });
    };
    server.refuses(401, errorBody(`Incorrect API key provided: ${apiKey} (${secretHeader})`));
    const errors = [await failureOf(model(secretive).generate(ask))];
    if (makeByClient !== undefined)
      errors.push(await failureOf(makeByClient({ ...secretive, retry: false }).generate(ask)));
    server.reset();
    server.answers(sse([...cut, errorBody(`bad ${apiKey}`)]));
    errors.push(await failureOf(model(secretive).generate(ask)));
    errors.push(await failureOf(model({ ...secretive, fetch: leaky }).generate(ask)));
    for (const error of errors) {
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(apiKey);
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secretHeader);
      expect(error.message).toContain(name);
    }
  });

  if (makeByClient !== undefined)
    it('does not let a client of the user try again by itself', async () => {
      let asked = 0;
      server.responds(() => {
        asked += 1;
        return busy();
      });
      await failureOf(makeByClient({ retry: false }).generate(ask));
      expect(asked).toBe(1);
    });

  it('tries again by default, waits as long as the server asks, and makes each try an attempt of its own', async () => {
    let asked = 0;
    server.responds(() => {
      asked += 1;
      return asked < 3 ? busy({ 'retry-after-ms': '700' }) : streamOf([answer]);
    });
    const clock = unhurriedClock();
    const guard = new RecordingGuard();
    const context = rootContext({ clock, seed: 1, guards: [guard] });
    const result = await make({ apiKey, retry: { baseDelayMs: 100 } }).generate({ ...ask, context });
    expect(result.candidates).toHaveLength(1);
    expect(asked).toBe(3);
    expect(clock.slept).toEqual([700, 700]);
    const released = ['admit', `release ${adapter.busy}`];
    expect(guard.log).toEqual([...released, ...released, 'admit', 'settle exact']);
    expect(result.trace.children).toHaveLength(3);
  });

  it('does not repeat a request whose outcome nobody knows', async () => {
    const { bodies } = server.answers(sse(cut));
    const clock = unhurriedClock();
    await failureOf(make({ apiKey }).generate({ ...ask, context: rootContext({ clock }) }));
    expect(bodies).toHaveLength(1);
    expect(clock.slept).toEqual([]);
  });
});

describe.each([
  {
    name: 'openai',
    known: 'gpt-6-luna',
    misspelt: 'gpt-6-lunna',
    bodyFor: (modelId: string, call: LeafCall) => openaiBody(openaiSettings(modelId, {}), call),
  },
  {
    name: 'anthropic',
    known: 'claude-haiku-5-5',
    misspelt: 'claude-haku-5-5',
    bodyFor: (modelId: string, call: LeafCall) => anthropicBody(anthropicSettings(modelId, {}), call),
  },
])('the table of models of $name', ({ known, misspelt, bodyFor }) => {
  it('says which model was probably meant by one that is not in it', () => {
    const messagesAbout = (modelId: string): readonly string[] => {
      const context = rootContext();
      const call = { request: ask, original: ask, attemptId: 'a', firstSample: 0, context };
      return bodyFor(modelId, { ...call, signal: undefined, emit: undefined }).warnings.map(({ message }) => message);
    };
    expect(messagesAbout(known)).toEqual([]);
    expect(messagesAbout(misspelt)).toEqual([
      expect.stringMatching(new RegExp(`"${misspelt}" is not in the table.*Did you mean "${known}"\\?$`)),
    ]);
    expect(messagesAbout('my-own-model')).toEqual([expect.not.stringContaining('Did you mean')]);
  });
});
