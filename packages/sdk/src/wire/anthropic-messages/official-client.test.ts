import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Anthropic, { APIError } from '@anthropic-ai/sdk';
import { afterEach, describe, expect, it } from 'vitest';
import type { CallFailure } from '../../errors/model-call-error.ts';
import type { LeafCandidate } from '../../leaf/leaf-call.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import type { StreamPart } from '../../spec/stream.ts';
import type { Usage } from '../../spec/usage.ts';
import { writeMessagesError, writeMessagesErrorEvent } from './error.ts';
import { createMessagesEventWriter } from './events.ts';
import { messagesMetadata } from './opaque.ts';
import { readMessagesRequest } from './read-request.ts';
import { writeMessagesResponse } from './response.ts';

const head = { id: 'msg_7', modelId: 'tollgate/frugal' };
const about = { candidateId: 'c0', attemptId: 'a' };
const signature = 'ErUBCkYIBRgC';
const redacted = { type: 'redacted_thinking', data: 'EmwKAhgB' };
const usage: Usage = {
  inputUncached: 12,
  cacheRead: 900,
  cacheWrite: { total: 70, byTtl: { '5m': 30, '1h': 40 } },
  outputText: 40,
  outputReasoning: 20,
  billed: { tier: 'standard' },
};
const candidate: LeafCandidate = {
  content: [
    { type: 'reasoning', text: 'Both cities.', metadata: messagesMetadata({ signature }) },
    { type: 'reasoning', text: '', metadata: messagesMetadata({ block: redacted }) },
    { type: 'text', text: 'Looking. 京 🦉' },
    { type: 'tool-call', toolCallId: 'toolu_1', toolName: 'weather', input: { in: 'Lyon' } },
    { type: 'tool-call', toolCallId: 'toolu_2', toolName: 'weather', input: { in: 'Brest' } },
  ],
  finish: { unified: 'tool-calls', by: 'eos' },
};
const parts: readonly StreamPart[] = [
  { type: 'start', warnings: [] },
  { type: 'ping' },
  { type: 'commit', ...about },
  { type: 'reasoning-delta', text: 'Both ', ...about },
  { type: 'reasoning-delta', text: 'cities.', ...about },
  { type: 'reasoning-delta', text: '', metadata: messagesMetadata({ signature }), ...about },
  { type: 'reasoning-delta', text: '', metadata: messagesMetadata({ block: redacted }), ...about },
  { type: 'text-delta', text: 'Looking. ', ...about },
  { type: 'text-delta', text: '京 🦉', ...about },
  { type: 'tool-input-delta', toolCallId: 'toolu_1', toolName: 'weather', text: '{"in":', ...about },
  { type: 'tool-input-delta', toolCallId: 'toolu_1', toolName: 'weather', text: '"Lyon"}', ...about },
  ...candidate.content.flatMap((part): StreamPart[] =>
    part.type === 'tool-call' ? [{ type: 'tool-call', call: part, ...about }] : [],
  ),
  { type: 'candidate-finish', finish: candidate.finish, ...about },
];
const content = [
  { type: 'thinking', thinking: 'Both cities.', signature },
  redacted,
  { type: 'text', text: 'Looking. 京 🦉' },
  { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { in: 'Lyon' } },
  { type: 'tool_use', id: 'toolu_2', name: 'weather', input: { in: 'Brest' } },
];
const counts = {
  input_tokens: 12,
  cache_read_input_tokens: 900,
  cache_creation_input_tokens: 70,
  output_tokens: 60,
};

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

interface Reply {
  readonly status?: number;
  readonly json?: unknown;
  readonly sse?: string;
}

/** A client of the official library, on a server that gives every request the same reply and keeps what was asked. */
async function clientOf({ status = 200, json, sse }: Reply): Promise<{ client: Anthropic; asked: GenerateRequest[] }> {
  const asked: GenerateRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push(readMessagesRequest(JSON.parse(Buffer.concat(chunks).toString())).request);
      response.writeHead(status, { 'content-type': sse === undefined ? 'application/json' : 'text/event-stream' });
      response.end(sse ?? JSON.stringify(json));
    });
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { client: new Anthropic({ apiKey: 'sk-none', baseURL, maxRetries: 0 }), asked };
}

const ask = { model: 'tollgate/frugal', max_tokens: 9, messages: [{ role: 'user' as const, content: 'Weather?' }] };

function streamed(written: readonly StreamPart[], used?: Usage): string {
  const writer = createMessagesEventWriter(head);
  return written.map((part) => writer.write(part)).join('') + writer.end(used);
}

describe('the official client', () => {
  it('puts the events of our writer together', async () => {
    const { client, asked } = await clientOf({ sse: streamed(parts, usage) });
    const message = await client.messages.stream(ask).finalMessage();
    expect(message).toMatchObject({
      id: 'msg_7',
      model: 'tollgate/frugal',
      role: 'assistant',
      stop_reason: 'tool_use',
    });
    expect(message.content).toEqual(content);
    expect(message.usage).toMatchObject(counts);
    expect(asked).toEqual([{ messages: [{ role: 'user', content: 'Weather?' }], maxOutputTokens: 9 }]);
  });

  it('reads them one by one', async () => {
    const { client } = await clientOf({ sse: streamed(parts, usage) });
    const types: string[] = [];
    for await (const event of await client.messages.create({ ...ask, stream: true })) types.push(event.type);
    expect(types[0]).toBe('message_start');
    expect(types.slice(-3)).toEqual(['content_block_stop', 'message_delta', 'message_stop']);
    expect(types.filter((type) => type === 'content_block_start')).toHaveLength(content.length);
  });

  it('reads a whole message of our writer', async () => {
    const { client } = await clientOf({ json: writeMessagesResponse(head, candidate, usage) });
    const message = await client.messages.create(ask);
    expect(message.content).toEqual(content);
    expect(message.usage).toMatchObject({
      ...counts,
      cache_creation: { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 40 },
      output_tokens_details: { thinking_tokens: 20 },
      service_tier: 'standard',
    });
  });

  it('reads a refusal and a stop string', async () => {
    const finish = { unified: 'refusal', by: 'eos' } as const;
    const refused = await clientOf({ sse: streamed([{ type: 'candidate-finish', finish, ...about }], usage) });
    expect(await refused.client.messages.stream(ask).finalMessage()).toMatchObject({
      content: [],
      stop_reason: 'refusal',
    });
    const stopped = await clientOf({
      json: writeMessagesResponse(head, {
        content: [{ type: 'text', text: 'a' }],
        finish: { unified: 'stop', by: 'stop', stopString: 'END' },
      }),
    });
    expect(await stopped.client.messages.create(ask)).toMatchObject({
      stop_reason: 'stop_sequence',
      stop_sequence: 'END',
    });
  });

  it.each<[CallFailure, { readonly name: string; readonly status: number; readonly type: string }]>([
    ['auth', { name: 'AuthenticationError', status: 401, type: 'authentication_error' }],
    ['rate-limit', { name: 'RateLimitError', status: 429, type: 'rate_limit_error' }],
    ['overloaded', { name: 'OverloadedError', status: 529, type: 'overloaded_error' }],
    ['context-length', { name: 'BadRequestError', status: 400, type: 'invalid_request_error' }],
    ['not-found', { name: 'NotFoundError', status: 404, type: 'not_found_error' }],
    ['server', { name: 'InternalServerError', status: 500, type: 'api_error' }],
  ])('takes our error for %s as %j', async (failure, expected) => {
    const { status: written, body } = writeMessagesError(failure, 'It did not work');
    const { client } = await clientOf({ status: written, json: body });
    const error = await client.messages.create(ask).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ ...expected, apiMessage: expect.stringContaining('It did not work') });
  });

  it('takes our error event in the middle of a stream as an error', async () => {
    const writer = createMessagesEventWriter(head);
    const sse = parts
      .slice(0, 5)
      .map((part) => writer.write(part))
      .join('');
    const { client } = await clientOf({ sse: sse + writeMessagesErrorEvent('overloaded', 'Overloaded') });
    await expect(client.messages.stream(ask).finalMessage()).rejects.toMatchObject({ type: 'overloaded_error' });
  });
});
