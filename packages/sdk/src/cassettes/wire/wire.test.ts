import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Anthropic } from '@anthropic-ai/sdk';
import fc from 'fast-check';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openai } from '../../adapters/openai/openai.ts';
import { openaiCompatible } from '../../adapters/openai-compatible/openai-compatible.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import type { StreamPart } from '../../spec/stream.ts';
import { textOf } from '../../strategy/whole-text.ts';
import { type ProviderServer, startProviderServer } from '../../testing/provider/provider-server.ts';
import type { ProviderReplies } from '../../testing/provider/reply.ts';
import { virtualClock } from '../../testing/virtual-clock.ts';
import { recordWire } from './record-wire.ts';
import { replayWire } from './replay-wire.ts';
import { scrubberFor } from './scrub.ts';
import { readChunk, type WireLine, writeChunk } from './wire-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'tollgate-wire-'));
const network = setupServer();
const providers: ProviderServer[] = [];
let file: string;
let files = 0;

beforeAll(() => network.listen({ onUnhandledFrame: 'bypass' }));
beforeEach(() => {
  files += 1;
  file = join(folder, `${files}.jsonl`);
});
afterEach(async () => {
  network.resetHandlers();
  for (const provider of providers.splice(0)) await provider.close();
});
afterAll(() => {
  network.close();
  rmSync(folder, { recursive: true });
});

async function provider(replies: ProviderReplies): Promise<ProviderServer> {
  const server = await startProviderServer({ replies });
  providers.push(server);
  return server;
}

/** Records what `work` does, then does it again from the recording alone. */
async function twice<Result>(
  replies: ProviderReplies,
  work: (server: Pick<ProviderServer, 'url' | 'baseUrl'>) => Promise<Result>,
): Promise<{ readonly live: Result; readonly replayed: Result; readonly lines: readonly WireLine[] }> {
  const server = await provider(replies);
  const recorder = recordWire({ file });
  network.use(...recorder.handlers);
  const live = await work(server);
  await recorder.close();
  await server.close();
  network.resetHandlers();
  using replay = replayWire({ file });
  network.use(...replay.handlers);
  return { live, replayed: await work(server), lines: linesOf() };
}

function linesOf(): readonly WireLine[] {
  const [header, ...lines] = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(header).toEqual({ kind: 'tollgate-wire', version: 1 });
  return lines as WireLine[];
}

const ask: GenerateRequest = { messages: [{ role: 'user', content: 'The capital of France?' }] };
const apiKey = 'sk-planted-key-0123456789';
const modelAt = ({ baseUrl }: Pick<ProviderServer, 'baseUrl'>, key = apiKey) =>
  openaiCompatible('m', { baseUrl, apiKey: key, retry: false });

async function partsOf(stream: AsyncIterable<StreamPart>): Promise<string> {
  const parts: StreamPart[] = [];
  for await (const part of stream) if (part.type !== 'finish') parts.push(part);
  return JSON.stringify(parts).replaceAll(/"(?:candidateId|attemptId)":"[^"]*"/g, '');
}

describe('a recording', () => {
  it('answers an adapter as its provider did: whole, part by part, with an error', async () => {
    const { live, replayed, lines } = await twice(
      [{ text: 'Paris 🗼', everyMs: 5 }, 'Paris it is', { error: 'overloaded' }],
      async (server) => {
        const model = modelAt(server);
        const whole = (await model.generate(ask)).candidates.map(textOf);
        const parts = await partsOf(model.stream(ask));
        const failure = await model.generate(ask).catch((error: Error) => error.message);
        return { whole, parts, failure };
      },
    );
    expect(replayed).toEqual(live);
    expect(live.failure).toContain('answered 503');
    expect(lines.map(({ response }) => response?.status)).toEqual([200, 200, 503]);
    expect(lines[0]?.request.body).toMatchObject({ messages: [{ content: 'The capital of France?' }] });
    expect(lines[0]?.response?.chunks.length).toBeGreaterThan(1);
  });

  it('answers an official SDK, whole', async () => {
    const { live, replayed } = await twice(['Oslo'], async ({ url }) => {
      const sdk = new Anthropic({ apiKey, baseURL: url, maxRetries: 0 });
      return sdk.messages.create({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] });
    });
    expect(replayed).toEqual(live);
  });

  it('answers node:http', async () => {
    const { live, replayed } = await twice(['Paris'], async ({ baseUrl }) => {
      const sent = http.request(`${baseUrl}/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
      });
      sent.end(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x' }] }));
      const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream & { statusCode: number }];
      let text = '';
      for await (const chunk of response) text += String(chunk);
      return { status: response.statusCode, text };
    });
    expect(live.text).toContain('Paris');
    expect(replayed).toEqual(live);
  });

  it('is cut where the connection was, and fails where it could not be made', async () => {
    const { live, replayed, lines } = await twice(
      [{ text: 'Paris it is', breaks: { after: 'content', by: 'cut' } }],
      async (server) => {
        const cut = await modelAt(server)
          .generate(ask)
          .catch((error: unknown) => error);
        const gone = await modelAt({ baseUrl: 'http://127.0.0.1:1/v1' })
          .generate(ask)
          .catch((error: unknown) => error);
        return [cut, gone];
      },
    );
    for (const [cut, gone] of [live, replayed]) {
      expect(cut).toMatchObject({
        code: 'stream-truncated',
        partial: { candidates: [{ content: [{ text: 'Paris it is' }] }] },
      });
      expect(gone).toMatchObject({ code: 'call-failed', failure: 'network' });
    }
    expect(lines.map(({ response, failure }) => response?.ending ?? failure)).toEqual(['cut', expect.any(String)]);
  });

  it('keeps the reads and their times, and replays them at any pace', async () => {
    const server = await provider([{ text: 'one two three', headersAfterMs: 30, everyMs: 15 }]);
    await using recorder = recordWire({ file });
    network.use(...recorder.handlers);
    await modelAt(server).generate(ask);
    await recorder.close();
    const [line] = linesOf();
    const { afterMs = 0, chunks = [] } = line?.response ?? {};
    expect(afterMs).toBeGreaterThanOrEqual(25);
    expect(chunks.length).toBeGreaterThan(3);
    const total = chunks.reduce((sum, [ms]) => sum + ms, afterMs);
    network.resetHandlers();
    const clock = virtualClock(0, { autoAdvance: true });
    using replay = replayWire({ file, pace: 2, clock });
    network.use(...replay.handlers);
    await modelAt(server).generate(ask);
    expect(clock.now()).toBe(2 * total);
  });

  it('goes on in a file that a killed process left behind', async () => {
    const server = await provider(['one', 'two']);
    const once = async (): Promise<void> => {
      await using recorder = recordWire({ file });
      network.use(...recorder.handlers);
      await modelAt(server).generate(ask);
      network.resetHandlers();
    };
    await once();
    appendFileSync(file, '{"kind":"exch');
    await once();
    expect(linesOf()).toHaveLength(2);
  });

  it('says that whoever asked did not wait for the end', async () => {
    const server = await provider([{ text: 'one two', breaks: { after: { events: 2 }, by: 'stall' } }]);
    await using recorder = recordWire({ file });
    network.use(...recorder.handlers);
    for await (const part of modelAt(server).stream(ask)) if (part.type === 'text-delta') break;
    await recorder.close();
    expect(linesOf()[0]?.response?.ending).toBe('left');
  });
});

describe('a replay', () => {
  async function record(...texts: readonly string[]): Promise<ProviderServer> {
    const server = await provider(texts);
    await using recorder = recordWire({ file });
    network.use(...recorder.handlers);
    for (const _ of texts) await modelAt(server).generate({ ...ask, temperature: 0.5 });
    network.resetHandlers();
    return server;
  }

  it('refuses what was not recorded, with the nearest that was, and no retry', async () => {
    const server = await record('Paris');
    const replay = replayWire({ file });
    network.use(...replay.handlers);
    const model = openaiCompatible('m', { baseUrl: server.baseUrl, apiKey });
    await expect(model.generate({ ...ask, temperature: 0.7 })).rejects.toThrow(
      /holds no answer to POST .*which differs in temperature \(recorded: 0.5, asked: 0.7\)/,
    );
    expect(server.calls).toHaveLength(1);
    expect(() => replay.assertDone()).toThrow('differs in temperature');
  });

  it('answers the same request as often as it was recorded, in that order', async () => {
    const server = await record('first', 'second');
    const replay = replayWire({ file });
    network.use(...replay.handlers);
    const said = async (): Promise<string[]> =>
      (await modelAt(server).generate({ ...ask, temperature: 0.5 })).candidates.map(textOf);
    expect(replay.left).toBe(2);
    expect([await said(), await said()]).toEqual([['first'], ['second']]);
    expect(replay.left).toBe(0);
    await expect(said()).rejects.toThrow('holds 2 answers to this request');
    expect(() => replay.assertDone()).toThrow('asked once more');
    network.resetHandlers();
    expect(() => {
      using _left = replayWire({ file });
    }).toThrow('2 exchanges');
  });

  it('needs a recording', () => {
    expect(() => replayWire({ file })).toThrow('is not there');
    appendFileSync(file, '{"kind":"tollgate-cassette","version":1}\n{}\n');
    expect(() => replayWire({ file })).toThrow(`${file}:1: not a line of a wire cassette`);
    expect(() => replayWire({ file, pace: -1 })).toThrow('pace must be 0 or more, received -1');
  });
});

describe('secrets', () => {
  it('never reach the file: planted in headers, address, body and answer, also across reads', async () => {
    const planted = ['tg-header-key-8f3a', 'tg-query-key-77', 'tg-cookie-5512', 'organisation-9911', 'given-secret-1'];
    const server = await provider([
      {
        body: JSON.stringify({ echo: planted, more: apiKey }),
        headers: { 'set-cookie': 'tg-cookie-5512', 'x-kept': 'yes' },
        splitAt: [12, 20, 30, 60, 90],
      },
    ]);
    const recorder = recordWire({ file, secrets: ['given-secret-1'] });
    network.use(...recorder.handlers);
    const response = await fetch(`${server.baseUrl}/chat/completions?api-key=tg-query-key-77&mode=fast`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer tg-header-key-8f3a',
        cookie: 'session=tg-cookie-5512',
        'openai-organization': 'organisation-9911',
      },
      body: JSON.stringify({
        model: 'm',
        messages: [{ role: 'user', content: `My keys: ${planted.join(' ')}, ${apiKey}` }],
      }),
    });
    expect(await response.text()).toContain('tg-header-key-8f3a');
    await recorder.close();
    const text = readFileSync(file, 'utf8');
    for (const secret of [...planted, apiKey]) {
      expect(text).not.toContain(secret);
      // A tail of it that begins a read would give it away just as well.
      expect(text).not.toContain(secret.slice(-8));
    }
    expect(text).toContain('mode=fast');
    expect(linesOf()[0]?.response?.headers).toMatchObject({ 'x-kept': 'yes' });
  });

  it('leave words alone that only look like parts of them', () => {
    const headers = new Headers({
      authorization: 'Bearer tg-header-key-8f3a',
      cookie: 'session=tg-cookie-5512; theme=dark',
    });
    const scrub = scrubberFor({ headers, url: 'https://a.test/?key=1' }, []);
    expect(scrub.text('Bearer session, dark themes; tg-cookie-5512')).toBe('Bearer session, dark themes; ***');
    expect(scrub.url('https://b.test/?key=1&mode=1')).toBe('https://b.test/?key=***&mode=1');
  });

  it('change nothing of what is found again: another key gets the same answer', async () => {
    const server = await provider(['Paris']);
    const recorder = recordWire({ file });
    network.use(...recorder.handlers);
    const model = (key: string) =>
      openai('gpt-4.1', { api: 'chat', baseUrl: server.baseUrl, apiKey: key, retry: false });
    await model(apiKey).generate(ask);
    await recorder.close();
    network.resetHandlers();
    using replay = replayWire({ file });
    network.use(...replay.handlers);
    expect((await model('any').generate(ask)).candidates.map(textOf)).toEqual(['Paris']);
  });

  it('keep their length, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.stringMatching(/^[\w-]{8,30}$/), (before, after, key) => {
        const headers = new Headers({ authorization: `Bearer ${key}` });
        const scrub = scrubberFor({ headers, url: 'https://a.test/' }, []);
        const bytes = Buffer.from(before + key + after);
        const clean = scrub.bytes(bytes);
        expect(clean).toHaveLength(bytes.length);
        expect(clean.toString()).not.toContain(key);
        expect(scrub.text(before + key + after)).not.toContain(key);
      }),
    );
  });
});

it('writes bytes that come back as they were, readable where they are text', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect([...readChunk(writeChunk(bytes))]).toEqual([...bytes]);
    }),
  );
  expect(writeChunk(new TextEncoder().encode('data: 🦉\n\n'))).toBe('data: 🦉\n\n');
});
