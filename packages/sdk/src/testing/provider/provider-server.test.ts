import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { virtualClock } from '../virtual-clock.ts';
import { type ProviderServer, type ProviderServerOptions, startProviderServer } from './provider-server.ts';
import type { ProviderReplies } from './reply.ts';

const servers: ProviderServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(replies: ProviderReplies, options: Partial<ProviderServerOptions> = {}): Promise<ProviderServer> {
  const server = await startProviderServer({ replies, ...options });
  servers.push(server);
  return server;
}

const ask = { model: 'm', messages: [{ role: 'user', content: 'Name a prime.' }] };
const post = (server: ProviderServer, body: object = ask, init: RequestInit = {}): Promise<Response> =>
  fetch(`${server.baseUrl}/chat/completions`, { method: 'POST', body: JSON.stringify(body), ...init });

describe('a script', () => {
  it('answers in JSON or in events, as the request asks', async () => {
    const server = await serve(['97', '89']);
    const whole = await post(server);
    expect(whole.headers.get('content-type')).toBe('application/json');
    expect(await whole.json()).toMatchObject({ choices: [{ message: { content: '97' } }] });
    const events = await post(server, { ...ask, stream: true });
    expect(events.headers.get('content-type')).toBe('text/event-stream');
    expect(await events.text()).toMatch(/"content":"89".*\[DONE\]\n\n$/s);
    server.assertDone();
  });

  it('that is over fails the request with the prompt, and everything at the end', async () => {
    const server = await serve([]);
    const response = await post(server);
    expect(response.status).toBe(400);
    const message = 'The fake provider was asked for reply 1 of a script of 0. The prompt: "Name a prime.".';
    expect(await response.json()).toMatchObject({ error: { message } });
    expect(() => server.assertDone()).toThrow(message);
  });

  it('with replies left over fails at the end', async () => {
    const server = await serve(['a', 'b']);
    await (await post(server)).text();
    expect(() => server.assertDone()).toThrow('has 2 replies, and the last 1 were never asked for');
  });

  it('can be a function of the request', async () => {
    const server = await serve(({ request, wire }) => `${wire}: ${JSON.stringify(request.messages[0])}`);
    expect(await (await post(server)).text()).toContain('openai-chat: ');
  });

  it('keeps what was asked, without the keys', async () => {
    const server = await serve(['97']);
    const headers = { Authorization: 'Bearer sk-secret', Cookie: 'session=1', 'X-Own': 'kept' };
    await (await post(server, { ...ask, temperature: 0.5 }, { headers })).text();
    expect(server.calls).toMatchObject([
      {
        wire: 'openai-chat',
        path: '/v1/chat/completions',
        modelId: 'm',
        stream: false,
        request: { messages: [{ role: 'user', content: 'Name a prime.' }], temperature: 0.5 },
        body: { temperature: 0.5 },
        headers: { 'x-own': 'kept', authorization: '[secret]', cookie: '[secret]' },
      },
    ]);
    expect(JSON.stringify(server.calls)).not.toContain('sk-secret');
  });

  it('needs as many answers as the request has samples', async () => {
    const server = await serve([{ texts: ['a', 'b'] }]);
    expect((await post(server, { ...ask, n: 3 })).status).toBe(400);
    expect(() => server.assertDone()).toThrow('3 answers in one call, and the reply has 2');
  });

  it('says what is wrong with a request, and where nothing is', async () => {
    const server = await serve(['a']);
    expect(await (await post(server, { model: 'm' })).text()).toContain('messages');
    expect((await fetch(`${server.url}/v2/everything`)).status).toBe(404);
  });
});

describe('delivery', () => {
  async function chunksOf(response: Response): Promise<string[]> {
    const chunks: string[] = [];
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) chunks.push(decoder.decode(chunk, { stream: true }));
    return chunks;
  }

  it('splits the bytes where it is told, also inside a character', async () => {
    const body = 'data: {"a":"🦉"}\n\n';
    const server = await serve([{ body, splitAt: [13, 14], everyMs: 20 }]);
    const response = await post(server, { ...ask, stream: true });
    expect(await chunksOf(response)).toEqual(['data: {"a":"', '', '🦉"}\n\n']);
  });

  it('waits on the clock it is given', async () => {
    const clock = virtualClock(0, { autoAdvance: true });
    const server = await serve([{ text: 'one two', headersAfterMs: 60_000, everyMs: 1000 }], { clock });
    await (await post(server, { ...ask, stream: true })).text();
    expect(clock.now()).toBeGreaterThanOrEqual(62_000);
  });

  it('cuts before the headers, in the middle, and after everything', async () => {
    const server = await serve([
      { text: 'a', breaks: { after: 'nothing', by: 'cut' } },
      { text: 'a b', breaks: { after: 'content', by: 'cut' } },
      { text: 'a b', breaks: { after: { bytes: 30 }, by: 'cut' } },
      { text: 'a b', breaks: { after: 'everything', by: 'cut' } },
    ]);
    const stream = { ...ask, stream: true };
    await expect(post(server, stream)).rejects.toThrow('fetch failed');
    for (const [expected, unexpected] of [
      ['"content":" b"', '"finish_reason":"stop"'],
      ['data: ', '"content"'],
      ['[DONE]', 'nothing'],
    ] as const) {
      const response = await post(server, stream);
      const seen: string[] = [];
      const reading = (async () => {
        for await (const chunk of response.body ?? []) seen.push(new TextDecoder().decode(chunk));
      })();
      await expect(reading).rejects.toThrow('terminated');
      expect(seen.join('')).toContain(expected);
      expect(seen.join('')).not.toContain(unexpected);
    }
  });

  it('stalls until the client leaves', async () => {
    const server = await serve([{ text: 'a b', breaks: { after: { events: 1 }, by: 'stall' } }]);
    const controller = new AbortController();
    const response = await post(server, { ...ask, stream: true }, { signal: controller.signal });
    const reader = response.body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    controller.abort();
    await expect(reader?.read()).rejects.toThrow('aborted');
  });
});

describe('closing', () => {
  it('cuts every connection, those of keep-alive and those in the middle of an answer', async () => {
    const server = await startProviderServer({ replies: [{ text: 'a', breaks: { after: 'headers', by: 'stall' } }] });
    const idle = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(idle, 'connect');
    const response = await post(server, { ...ask, stream: true });
    expect(server.openSockets).toBeGreaterThanOrEqual(2);
    const ended = once(idle, 'close');
    await server[Symbol.asyncDispose]();
    await ended;
    await expect(response.text()).rejects.toThrow('terminated');
    await expect(post(server)).rejects.toThrow('fetch failed');
    await server.close();
  });
});
