import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OpenAI } from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { AbortedError } from '../../errors/aborted-error.ts';
import { ModelCallError, StreamTruncatedError } from '../../errors/model-call-error.ts';
import type { LeafCandidate } from '../../leaf/leaf-call.ts';
import { pushWhole } from '../../leaf/push-whole.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import { writeChatError } from '../../wire/openai-chat/error.ts';
import * as replies from '../../wire/openai-responses/__fixtures__/replies.ts';
import { createResponsesEventWriter } from '../../wire/openai-responses/events.ts';
import { readResponsesRequest } from '../../wire/openai-responses/read-request.ts';
import { writeResponsesResponse } from '../../wire/openai-responses/response.ts';
import { openai } from './openai.ts';
import type { OpenaiOptions } from './options.ts';

const ask: GenerateRequest = { messages: [{ role: 'user', content: 'Name a prime.' }], effort: 'none' };
const begun = replies.sse(replies.text.slice(0, 6));
const rest = replies.sse(replies.text.slice(6));

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    if (server.listening) await once(server, 'close');
  }
});

/** A server of its own for one test, answering every request the same way. */
async function serve(
  answer: (response: ServerResponse, request: IncomingMessage & { readonly text: string }) => void,
): Promise<{ readonly server: Server; readonly baseUrl: string }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(response, Object.assign(request, { text: Buffer.concat(chunks).toString() })));
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` };
}

function stream(response: ServerResponse, ...events: readonly (string | Buffer)[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events) response.write(event);
}

const model = (baseUrl: string, options: OpenaiOptions = {}) =>
  openai('gpt-6-luna', { baseUrl, apiKey: 'sk-not-for-anybody', retry: false, ...options });

async function failureOf(promise: Promise<unknown>): Promise<ModelCallError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ModelCallError);
  return error as ModelCallError;
}

describe('a socket that is cut', () => {
  it('before the headers leaves the outcome unknown', async () => {
    const { baseUrl } = await serve((response) => response.socket?.destroy());
    const error = await failureOf(model(baseUrl).generate(ask));
    expect(error).toMatchObject({ failure: 'network', dispatch: 'unknown', partial: undefined });
    expect(error.charges).toMatchObject([{ usage: {}, usageKnown: 'upper-bound' }]);
  });

  it('in the middle is a truncated answer, charged for what had arrived', async () => {
    const { baseUrl } = await serve((response) => {
      stream(response);
      response.write(begun, () => response.socket?.destroy());
    });
    const error = await failureOf(model(baseUrl).generate(ask));
    expect(error).toBeInstanceOf(StreamTruncatedError);
    expect(error.message).toMatch(/was cut off \(\w+\) before its response.completed/);
    expect(error.partial?.candidates).toMatchObject([
      { content: [{ text: 'It is 97' }], finish: { unified: 'error' } },
    ]);
    expect(error.charges).toMatchObject([{ usageKnown: 'estimated', usage: { outputText: 3 } }]);
  });

  it('after the terminal event is a whole answer', async () => {
    const { baseUrl } = await serve((response) => {
      stream(response, begun);
      response.write(rest, () => response.socket?.destroy());
    });
    const result = await model(baseUrl).generate(ask);
    expect(result.candidates).toMatchObject([{ content: [{ text: 'It is 97 🦉' }], finish: { unified: 'stop' } }]);
    expect(result.charges[0]?.usageKnown).toBe('exact');
  });
});

describe('a server that is not there', () => {
  it('was not asked, and that costs nothing', async () => {
    const { server, baseUrl } = await serve(() => undefined);
    server.close();
    await once(server, 'close');
    const error = await failureOf(model(baseUrl).generate(ask));
    expect(error).toMatchObject({ failure: 'network', dispatch: 'not-sent', charges: [] });
    expect(error.message).toBe('openai/gpt-6-luna could not be reached (ECONNREFUSED).');
  });

  it('because nobody knows its name was not asked either', async () => {
    const error = await failureOf(model('http://nowhere.invalid/v1').generate(ask));
    expect(error).toMatchObject({ failure: 'network', dispatch: 'not-sent', charges: [] });
    expect(error.message).toMatch(/could not be reached \((?:ENOTFOUND|EAI_AGAIN)\)/);
  });

  it('behind TLS, where there is none, is a network failure', async () => {
    const { baseUrl } = await serve(() => undefined);
    expect(await failureOf(model(baseUrl.replace('http:', 'https:')).generate(ask))).toMatchObject({
      failure: 'network',
    });
  });
});

describe('bytes on the wire', () => {
  it('that are no UTF-8 become replacement characters, also across reads', async () => {
    const [head = '', tail = ''] = begun.split('It is');
    const { baseUrl } = await serve((response) => {
      stream(response, Buffer.concat([Buffer.from(`${head}It is`), Buffer.from([0xf0, 0x9f])]));
      response.write(Buffer.concat([Buffer.from([0x22]), Buffer.from(tail.slice(1))]));
      response.end(rest.replaceAll('It is', 'It is\uFFFD'));
    });
    const result = await model(baseUrl).generate(ask);
    expect(result.candidates[0]?.content).toEqual([{ type: 'text', text: 'It is\uFFFD 97 🦉' }]);
  });

  it('of one event may be many', async () => {
    const long = 'prime '.repeat(500_000);
    const delta = { type: 'response.output_text.delta', output_index: 0, delta: long };
    const { baseUrl } = await serve((response) => {
      stream(response, replies.sse([...replies.text.slice(0, 4), delta]));
      response.end(
        replies.sse([{ type: 'response.completed', response: { status: 'completed', usage: replies.usage } }]),
      );
    });
    const [candidate] = (await model(baseUrl).generate(ask)).candidates;
    expect(candidate?.content).toEqual([{ type: 'text', text: long }]);
  });

  it('are asked for again where a server says that it has moved', async () => {
    const asked: string[] = [];
    const { baseUrl } = await serve((response, request) => {
      asked.push(`${request.method} ${request.url}`);
      if (request.url === '/v2/responses') stream(response, begun, rest);
      else response.writeHead(307, { location: '/v2/responses' });
      response.end();
    });
    expect((await model(baseUrl).generate(ask)).candidates).toHaveLength(1);
    expect(asked).toEqual(['POST /v1/responses', 'POST /v2/responses']);
  });
});

describe('a refusal whose explanation is cut off', () => {
  it('is a refusal by its status', async () => {
    const { baseUrl } = await serve((response) => {
      response.writeHead(429, { 'content-length': '100' });
      response.write('{"error":', () => response.socket?.destroy());
    });
    expect(await failureOf(model(baseUrl).generate(ask))).toMatchObject({ failure: 'rate-limit', dispatch: 'refused' });
  });
});

describe('a server that is silent', () => {
  // The sockets are real; only the waiting is not.
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('before the headers is given up, and sees the socket close', async () => {
    const asked = Promise.withResolvers<ServerResponse>();
    const { baseUrl } = await serve(asked.resolve);
    const failure = failureOf(model(baseUrl).generate(ask));
    const closed = once(await asked.promise, 'close');
    await vi.advanceTimersByTimeAsync(300_000);
    const error = await failure;
    expect(error).toMatchObject({ failure: 'timeout', dispatch: 'unknown', partial: undefined });
    expect(error.message).toBe('openai/gpt-6-luna was silent for idleTimeoutMs (300000).');
    await closed;
  });

  it.each([
    [{ idleTimeoutMs: 500 }, 'was silent for idleTimeoutMs (500)'],
    [{ timeoutMs: 700 }, 'took longer than timeoutMs (700)'],
  ])('in the middle is given up with what had arrived: %j', async (options, words) => {
    const { baseUrl } = await serve((response) => stream(response, begun));
    const answer = model(baseUrl, options).stream(ask);
    const failure = failureOf(answer.result);
    const reading = (async () => {
      for await (const part of answer) {
        if (part.type === 'text-delta' && part.text === ' 97') await vi.advanceTimersByTimeAsync(700);
      }
    })();
    await expect(reading).rejects.toBeInstanceOf(ModelCallError);
    const error = await failure;
    expect(error).toMatchObject({ failure: 'timeout', dispatch: 'unknown', contentDelivered: true });
    expect(error.message).toBe(`openai/gpt-6-luna ${words}.`);
    expect(error.partial?.candidates[0]?.content).toEqual([{ type: 'text', text: 'It is 97' }]);
  });
});

describe('a server that stays on the line', () => {
  it('after the terminal event is not waited for', async () => {
    const { baseUrl } = await serve((response) => stream(response, begun, rest));
    expect((await model(baseUrl).generate(ask)).charges[0]?.usageKnown).toBe('exact');
  });
});

describe('an abort', () => {
  it('closes the socket, before the headers and in the middle', async () => {
    for (const events of [undefined, [begun]]) {
      const controller = new AbortController();
      let closed: Promise<unknown> | undefined;
      const { baseUrl } = await serve((response) => {
        closed = once(response, 'close');
        if (events === undefined) controller.abort();
        else stream(response, ...events);
      });
      const answer = model(baseUrl).stream({ ...ask, signal: controller.signal });
      const reading = (async () => {
        for await (const part of answer) if (part.type === 'text-delta') controller.abort();
      })();
      await expect(reading).rejects.toBeInstanceOf(AbortedError);
      await closed;
    }
  });
});

describe('a connection', () => {
  it('is used again after an answer that was read to its end', async () => {
    const { server, baseUrl } = await serve((response) => {
      stream(response, begun, rest);
      response.end();
    });
    let connections = 0;
    server.on('connection', () => (connections += 1));
    const one = model(baseUrl);
    for (let i = 0; i < 8; i += 1) await one.generate(ask);
    // The pool opens a second one where the first is not quite free yet.
    expect(connections).toBeLessThanOrEqual(2);
  });
});

describe('the official SDK', () => {
  const head = { id: 'resp_7', modelId: 'tollgate/frugal', createdAtSeconds: 1_795_500_000 };
  const usage = { inputUncached: 5, cacheRead: 3, cacheWrite: { total: 0 }, outputText: 2, outputReasoning: 1 };
  const origin = { provider: 'openai', modelId: 'm' };
  const answer: LeafCandidate = {
    content: [
      { type: 'reasoning', text: 'Hm.', origin, metadata: { openai: { id: 'rs_1', encrypted_content: 'gAAA' } } },
      { type: 'text', text: '{"prime":97} 🦉' },
      { type: 'tool-call', toolCallId: 'a', toolName: 'find', input: { what: 1 }, origin },
      { type: 'tool-call', toolCallId: 'b', toolName: 'find', input: { what: 2 }, origin },
    ],
    finish: { unified: 'tool-calls', by: 'eos' },
  };

  /** Answers with what our writers make of an answer, streamed or whole as asked. */
  async function sdkFor(candidate: LeafCandidate): Promise<{ sdk: OpenAI; asked: unknown[] }> {
    const asked: unknown[] = [];
    const { baseUrl } = await serve((response, request) => {
      const body: unknown = JSON.parse(request.text);
      asked.push(body);
      if (!readResponsesRequest(body).stream) {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(writeResponsesResponse(head, candidate, usage)));
        return;
      }
      const writer = createResponsesEventWriter(head);
      stream(response);
      const whole = { ...candidate, id: 'a', attemptId: 'a', producedBy: origin };
      response.write(writer.write({ type: 'start', warnings: [] }));
      pushWhole((part) => response.write(writer.write(part)), whole);
      response.end(writer.end(usage));
    });
    return { sdk: new OpenAI({ baseURL: baseUrl, apiKey: 'sk-not-for-anybody', maxRetries: 0 }), asked };
  }

  const expected = {
    id: 'resp_7',
    model: 'tollgate/frugal',
    status: 'completed',
    output_text: '{"prime":97} 🦉',
    output: [
      { type: 'reasoning', id: 'rs_1', encrypted_content: 'gAAA', summary: [{ type: 'summary_text', text: 'Hm.' }] },
      { type: 'message', role: 'assistant', status: 'completed' },
      { type: 'function_call', call_id: 'a', name: 'find', arguments: '{"what":1}' },
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

  it('reads a whole response that we write', async () => {
    const { sdk } = await sdkFor(answer);
    expect(await sdk.responses.create({ model: 'm', input: 'Name a prime.' })).toMatchObject(expected);
  });

  it('reads a stream that we write, event by event and by its helper', async () => {
    const { sdk } = await sdkFor(answer);
    const text: string[] = [];
    for await (const event of await sdk.responses.create({ model: 'm', input: 'Name a prime.', stream: true })) {
      if (event.type === 'response.output_text.delta') text.push(event.delta);
      if (event.type === 'response.completed') expect(event.response.output).toMatchObject(expected.output);
    }
    expect(text.join('')).toBe('{"prime":97} 🦉');
    const helper = sdk.responses.stream({ model: 'm', input: 'Name a prime.' });
    expect(await helper.finalResponse()).toMatchObject(expected);
  });

  it('parses structured output that we write', async () => {
    const { sdk } = await sdkFor({
      content: [{ type: 'text', text: '{"prime":97}' }],
      finish: { unified: 'stop', by: 'eos' },
    });
    const format = zodTextFormat(z.object({ prime: z.number() }), 'prime');
    const response = await sdk.responses.parse({ model: 'm', input: 'Name a prime.', text: { format } });
    expect(response.output_parsed).toEqual({ prime: 97 });
  });

  it('reads that an answer is incomplete', async () => {
    const { sdk } = await sdkFor({
      content: [{ type: 'text', text: '9' }],
      finish: { unified: 'length', by: 'length' },
    });
    const final = await sdk.responses.stream({ model: 'm', input: 'Name a prime.' }).finalResponse();
    expect(final).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
  });

  it('reads errors that we write', async () => {
    const { status, body } = writeChatError('rate-limit', 'Slow down');
    const { baseUrl } = await serve((response) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
    const sdk = new OpenAI({ baseURL: baseUrl, apiKey: 'sk-not-for-anybody', maxRetries: 0 });
    await expect(sdk.responses.create({ model: 'm', input: 'x' })).rejects.toMatchObject({
      status: 429,
      code: 'rate_limit_exceeded',
    });
  });

  it('sends requests that we read', async () => {
    const { sdk, asked } = await sdkFor(answer);
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
    expect(readResponsesRequest(asked[0]).request).toMatchObject({
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
});
