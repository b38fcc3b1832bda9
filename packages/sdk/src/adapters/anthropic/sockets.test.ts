import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AbortedError } from '../../errors/aborted-error.ts';
import { ModelCallError, StreamTruncatedError } from '../../errors/model-call-error.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import { anthropic } from './anthropic.ts';
import type { AnthropicOptions } from './options.ts';

const ask: GenerateRequest = { messages: [{ role: 'user', content: 'Name a prime.' }] };
const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;
const start = event({ type: 'message_start', message: { usage: { input_tokens: 12, output_tokens: 1 } } });
const text =
  event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }) +
  event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: '97' } });
const end =
  event({ type: 'content_block_stop', index: 0 }) +
  event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } });
const done = event({ type: 'message_stop' });

// The first import of the library takes longer than a test should; no test is about that.
beforeAll(async () => {
  await import('@anthropic-ai/sdk');
});

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
  answer: (response: ServerResponse, request: IncomingMessage) => void,
): Promise<{ readonly server: Server; readonly baseUrl: string }> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => answer(response, request));
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function stream(response: ServerResponse, ...events: readonly string[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const each of events) response.write(each);
}

const model = (baseUrl: string, options: AnthropicOptions = {}) =>
  anthropic('claude-opus-4-8', { baseUrl, apiKey: 'sk-none', retry: false, ...options });

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
      stream(response, start);
      response.write(text, () => response.socket?.destroy());
    });
    const error = await failureOf(model(baseUrl).generate(ask));
    expect(error).toBeInstanceOf(StreamTruncatedError);
    expect(error.message).toMatch(/was cut off \(\w+\) before its stop_reason/);
    expect(error.partial?.candidates).toMatchObject([
      { content: [{ type: 'text', text: '97' }], finish: { unified: 'error' } },
    ]);
    expect(error.charges).toMatchObject([{ usageKnown: 'estimated', usage: { inputUncached: 12, outputText: 1 } }]);
  });

  it('after the terminal event is a whole answer', async () => {
    const { baseUrl } = await serve((response) => {
      stream(response, start, text);
      response.write(end, () => response.socket?.destroy());
    });
    const result = await model(baseUrl).generate(ask);
    expect(result.candidates).toMatchObject([{ content: [{ text: '97' }], finish: { unified: 'stop' } }]);
    expect(result.charges[0]?.usageKnown).toBe('exact');
  });

  it('in the middle of a character is truncated and not misread', async () => {
    const owl = Buffer.from('data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"🦉');
    const { baseUrl } = await serve((response) => {
      stream(response, start, text);
      response.write(owl.subarray(0, owl.length - 2), () => response.socket?.destroy());
    });
    const error = await failureOf(model(baseUrl).generate(ask));
    expect(error.partial?.candidates[0]?.content).toEqual([{ type: 'text', text: '97' }]);
  });
});

describe('a refusal whose explanation is cut off', () => {
  it('is a refusal by its status', async () => {
    const { baseUrl } = await serve((response) => {
      response.writeHead(529, { 'content-length': '100' });
      response.write('{"type":"error",', () => response.socket?.destroy());
    });
    expect(await failureOf(model(baseUrl).generate(ask))).toMatchObject({ failure: 'overloaded', dispatch: 'refused' });
  });
});

describe('a server that is not there', () => {
  it('was not asked, and that costs nothing', async () => {
    const { server, baseUrl } = await serve(() => undefined);
    server.close();
    await once(server, 'close');
    const error = await failureOf(model(baseUrl).generate(ask));
    expect(error).toMatchObject({ failure: 'network', dispatch: 'not-sent', charges: [] });
    expect(error.message).toBe('anthropic/claude-opus-4-8 could not be reached (ECONNREFUSED).');
  });

  it('and takes too long to connect was not asked either', async () => {
    const timingOut: typeof fetch = async () => {
      const cause = Object.assign(new Error('Connect Timeout Error'), { code: 'UND_ERR_CONNECT_TIMEOUT' });
      throw new TypeError('fetch failed', { cause });
    };
    const error = await failureOf(model('http://127.0.0.1:9', { fetch: timingOut }).generate(ask));
    expect(error).toMatchObject({ failure: 'timeout', dispatch: 'not-sent' });
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
    expect(error.message).toBe('anthropic/claude-opus-4-8 was silent for idleTimeoutMs (300000).');
    await closed;
  });

  it.each([
    [{ idleTimeoutMs: 500 }, 'was silent for idleTimeoutMs (500)'],
    [{ timeoutMs: 700 }, 'took longer than timeoutMs (700)'],
  ])('in the middle is given up with what had arrived: %j', async (options, words) => {
    const { baseUrl } = await serve((response) => stream(response, start, text));
    const answer = model(baseUrl, options).stream(ask);
    const failure = failureOf(answer.result);
    const reading = (async () => {
      for await (const part of answer) if (part.type === 'text-delta') await vi.advanceTimersByTimeAsync(700);
    })();
    await expect(reading).rejects.toBeInstanceOf(ModelCallError);
    const error = await failure;
    expect(error).toMatchObject({ failure: 'timeout', dispatch: 'unknown', contentDelivered: true });
    expect(error.message).toBe(`anthropic/claude-opus-4-8 ${words}.`);
    expect(error.charges).toMatchObject([{ usageKnown: 'estimated', usage: { inputUncached: 12 } }]);
  });
});

describe('a server that stays on the line', () => {
  it('after message_stop is not waited for', async () => {
    const { baseUrl } = await serve((response) => stream(response, start, text, end, done));
    expect((await model(baseUrl).generate(ask)).charges[0]?.usageKnown).toBe('exact');
  });
});

describe('an abort', () => {
  it('closes the socket, before the headers and in the middle', async () => {
    for (const events of [undefined, [start, text]]) {
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

describe('a giant event', () => {
  it('arrives whole', async () => {
    const long = 'prime 🦉 '.repeat(400_000);
    const giant = event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: long } });
    const { baseUrl } = await serve((response) => {
      stream(response, start, text, giant, end, done);
      response.end();
    });
    const result = await model(baseUrl).generate(ask);
    expect(result.candidates[0]?.content).toEqual([{ type: 'text', text: `97${long}` }]);
  });
});

describe('a redirect', () => {
  it('to another place on the same server is followed with the request', async () => {
    const { baseUrl } = await serve((response, request) => {
      if (request.url === '/v1/messages') response.writeHead(307, { location: '/v2/messages' }).end();
      else {
        stream(response, start, text, end, done);
        response.end();
      }
    });
    expect((await model(baseUrl).generate(ask)).candidates[0]?.content).toEqual([{ type: 'text', text: '97' }]);
  });
});

describe('a connection', () => {
  it('is used again after an answer that was read to its end', async () => {
    const { server, baseUrl } = await serve((response) => {
      stream(response, start, text, end, done);
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
