import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LeafCandidate, LeafPart } from '../../leaf/leaf-call.ts';
import { systemClock } from '../../leaf/system-clock.ts';
import type { AssistantPart } from '../../spec/content.ts';
import type { Finish } from '../../spec/result.ts';
import type { StreamPart } from '../../spec/stream.ts';
import type { Usage } from '../../spec/usage.ts';
import { readEvents } from '../../transport/events.ts';
import { createMessagesEventWriter } from './events.ts';
import { messagesMetadata } from './opaque.ts';
import { writeMessagesResponse } from './response.ts';
import { createMessagesReader, type MessagesReader } from './stream.ts';

const origin = { provider: 'anthropic', modelId: 'claude-x' };
const head = { id: 'msg_7', modelId: 'claude-x' };

function readerOf(parts?: LeafPart[]): MessagesReader {
  return createMessagesReader({
    origin,
    prompt: () => 'Name a prime.',
    emit: parts === undefined ? undefined : (part) => parts.push(part),
  });
}

function readAll(reader: MessagesReader, events: readonly object[]): void {
  for (const event of events) expect(reader.read(JSON.stringify(event))).toBeUndefined();
}

const start = (usage: object = { input_tokens: 12, output_tokens: 1 }): object => ({
  type: 'message_start',
  message: { id: 'msg_1', type: 'message', role: 'assistant', content: [], model: 'claude-x', usage },
});
const block = (index: number, contentBlock: object): object => ({
  type: 'content_block_start',
  index,
  content_block: contentBlock,
});
const delta = (index: number, fields: object): object => ({ type: 'content_block_delta', index, delta: fields });
const stop = (index: number): object => ({ type: 'content_block_stop', index });
const end = (reason: string, usage: object = { output_tokens: 9 }, more: object = {}): object => ({
  type: 'message_delta',
  delta: { stop_reason: reason, stop_sequence: null, ...more },
  usage,
});
const text = (index: number, ...texts: readonly string[]): object[] => [
  block(index, { type: 'text', text: '' }),
  ...texts.map((each) => delta(index, { type: 'text_delta', text: each })),
  stop(index),
];
const over = { type: 'message_stop' };

describe('createMessagesReader', () => {
  it('takes the [DONE] of other formats, which some gateways add, for nothing', () => {
    const reader = readerOf();
    expect(reader.read('[DONE]')).toBeUndefined();
    expect([reader.ended, reader.complete, reader.begun]).toEqual([false, false, false]);
  });

  it('puts an answer together, the prompt’s usage from its start and the answer’s from its end', () => {
    const parts: LeafPart[] = [];
    const reader = readerOf(parts);
    readAll(reader, [
      start({ input_tokens: 12, cache_read_input_tokens: 900, output_tokens: 1, service_tier: 'standard' }),
      { type: 'ping' },
      ...text(0, '9', '7'),
      end('end_turn', { input_tokens: null, output_tokens: 9, output_tokens_details: { thinking_tokens: 4 } }),
      { type: 'something_new', data: 1 },
      over,
    ]);
    expect([reader.complete, reader.ended]).toEqual([true, true]);
    expect(reader.outcome('whole')).toEqual({
      candidates: [
        {
          content: [{ type: 'text', text: '97' }],
          finish: { unified: 'stop', raw: 'end_turn', by: 'eos' },
          outputTokens: 9,
        },
      ],
      usage: {
        inputUncached: 12,
        cacheRead: 900,
        outputText: 5,
        outputReasoning: 4,
        billed: { tier: 'standard' },
        raw: {
          input_tokens: 12,
          cache_read_input_tokens: 900,
          output_tokens: 9,
          output_tokens_details: { thinking_tokens: 4 },
          service_tier: 'standard',
        },
      },
      usageKnown: 'exact',
    });
    expect(parts).toEqual([
      { type: 'text-delta', sample: 0, text: '9' },
      { type: 'text-delta', sample: 0, text: '7' },
    ]);
  });

  it('keeps thinking with its signature, shown, withheld and redacted', () => {
    const parts: LeafPart[] = [];
    const reader = readerOf(parts);
    const redacted = { type: 'redacted_thinking', data: 'EmwKAhgB' };
    readAll(reader, [
      start(),
      block(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'hm' }),
      delta(0, { type: 'signature_delta', signature: 'ErUB' }),
      stop(0),
      block(1, redacted),
      stop(1),
      block(2, { type: 'thinking', thinking: '', signature: '' }),
      delta(2, { type: 'signature_delta', signature: 'EqQB' }),
      stop(2),
      ...text(3, '97'),
      end('end_turn'),
    ]);
    const signed = (signature: string) => messagesMetadata({ signature });
    expect(reader.outcome('whole').candidates[0]?.content).toEqual([
      { type: 'reasoning', text: 'hm', origin, metadata: signed('ErUB') },
      { type: 'reasoning', text: '', origin, metadata: messagesMetadata({ block: redacted }) },
      { type: 'reasoning', text: '', origin, metadata: signed('EqQB') },
      { type: 'text', text: '97' },
    ]);
    expect(parts).toEqual([
      { type: 'reasoning-delta', sample: 0, text: 'hm' },
      { type: 'reasoning-delta', sample: 0, text: '', metadata: signed('ErUB') },
      { type: 'reasoning-delta', sample: 0, text: '', metadata: messagesMetadata({ block: redacted }) },
      { type: 'reasoning-delta', sample: 0, text: '', metadata: signed('EqQB') },
      { type: 'text-delta', sample: 0, text: '97' },
    ]);
  });

  it('reads parallel calls: in pieces, without arguments, and with arguments that are no JSON', () => {
    const parts: LeafPart[] = [];
    const reader = readerOf(parts);
    const use = (id: string, input: object = {}): object => ({ type: 'tool_use', id, name: 'find', input });
    readAll(reader, [
      start(),
      block(0, use('a')),
      delta(0, { type: 'input_json_delta', partial_json: '' }),
      delta(0, { type: 'input_json_delta', partial_json: '{"x":' }),
      delta(0, { type: 'input_json_delta', partial_json: '1}' }),
      stop(0),
      block(1, use('b')),
      stop(1),
      block(2, use('c', { y: 2 })),
      stop(2),
      block(3, use('d')),
      delta(3, { type: 'input_json_delta', partial_json: '{oops' }),
      stop(3),
      end('tool_use'),
    ]);
    const call = { type: 'tool-call', toolName: 'find', origin };
    const calls = [
      { ...call, toolCallId: 'a', input: { x: 1 } },
      { ...call, toolCallId: 'b', input: {} },
      { ...call, toolCallId: 'c', input: { y: 2 } },
      { ...call, toolCallId: 'd', input: '{oops', invalid: expect.any(String) },
    ];
    expect(reader.outcome('whole').candidates[0]).toMatchObject({ content: calls, finish: { unified: 'tool-calls' } });
    expect(parts.filter((part) => part.type === 'tool-call').map((part) => part.call)).toEqual(calls);
    expect(parts[0]).toEqual({ type: 'tool-input-delta', sample: 0, toolCallId: 'a', toolName: 'find', text: '{"x":' });
  });

  it('carries what the provider’s own tools did, and where text came from', () => {
    const parts: LeafPart[] = [];
    const reader = readerOf(parts);
    const found = { type: 'web_search_tool_result', tool_use_id: 'srv_1', content: [{ title: 'Primes' }] };
    const citation = { type: 'web_search_result_location', cited_text: '97' };
    readAll(reader, [
      start(),
      block(0, { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: {} }),
      delta(0, { type: 'input_json_delta', partial_json: '{"query":"prime"}' }),
      stop(0),
      block(1, found),
      stop(1),
      block(2, { type: 'text', text: '' }),
      delta(2, { type: 'text_delta', text: '97' }),
      delta(2, { type: 'citations_delta', citation }),
      stop(2),
      end('pause_turn', { output_tokens: 9, server_tool_use: { web_search_requests: 1 } }),
    ]);
    const search = { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: { query: 'prime' } };
    expect(reader.outcome('whole')).toMatchObject({
      candidates: [
        {
          content: [
            { type: 'text', text: '', metadata: messagesMetadata({ block: search }) },
            { type: 'text', text: '', metadata: messagesMetadata({ block: found }) },
            { type: 'text', text: '97', metadata: messagesMetadata({ citations: [citation] }) },
          ],
          finish: { unified: 'other', raw: 'pause_turn' },
        },
      ],
      usage: { units: { web_search_requests: 1 } },
    });
    expect(parts.map((part) => ('metadata' in part ? part.metadata : undefined))).toEqual([
      messagesMetadata({ block: search }),
      messagesMetadata({ block: found }),
      undefined,
      messagesMetadata({ citations: [citation] }),
    ]);
  });

  it('says why the model refused, and which stop string it met', () => {
    const refused = readerOf();
    const details = { type: 'refusal', category: 'bio', explanation: 'It may harm.' };
    readAll(refused, [start(), end('refusal', { output_tokens: 1 }, { stop_details: details })]);
    expect(refused.outcome('whole')).toMatchObject({
      candidates: [{ content: [], finish: { unified: 'refusal' } }],
      usageKnown: 'exact',
      warnings: [{ code: 'other', message: 'The model ended with refusal (bio). It may harm.' }],
    });
    const stopped = readerOf();
    readAll(stopped, [start(), ...text(0, 'a'), end('stop_sequence', { output_tokens: 1 }, { stop_sequence: 'END' })]);
    expect(stopped.outcome('whole').candidates[0]?.finish).toEqual({
      unified: 'stop',
      raw: 'stop_sequence',
      by: 'stop',
      stopString: 'END',
    });
  });

  it('is refused late by an error before the first block, and broken by one after it', () => {
    const error = JSON.stringify({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
    const early = readerOf();
    readAll(early, [start()]);
    expect(early.read(error)).toEqual({ failure: 'overloaded', dispatch: 'refused', message: 'Overloaded' });
    const late = readerOf();
    readAll(late, [start(), block(0, { type: 'text', text: '' })]);
    expect(late.read(error)).toEqual({ failure: 'overloaded', dispatch: 'unknown', message: 'Overloaded' });
    expect(readerOf().read('{"error":{"message":"odd"}}')).toMatchObject({ failure: 'server', message: 'odd' });
  });

  it.each([
    ['{"type":', /expected a JSON object/],
    ['[]', /expected a JSON object/],
    ['', /received nothing/],
    [JSON.stringify(delta(3, { type: 'text_delta', text: 'x' })), /not started/],
  ])('cannot read %j', (data, message) => {
    expect(readerOf().read(data)).toMatchObject({
      failure: 'protocol',
      dispatch: 'unknown',
      message: expect.stringMatching(message),
    });
  });
});

describe('usage of an answer that is not whole', () => {
  it('has the prompt exact and the answer estimated', () => {
    const reader = readerOf();
    readAll(reader, [
      start({ input_tokens: 12, cache_read_input_tokens: 900, output_tokens: 1 }),
      block(0, { type: 'text', text: '' }),
      delta(0, { type: 'text_delta', text: '97 is one' }),
    ]);
    expect(reader.complete).toBe(false);
    const { usage, usageKnown, candidates } = reader.outcome('aborted');
    expect(usage).toEqual({ inputUncached: 12, cacheRead: 900, outputText: 3, raw: expect.anything() });
    expect(usageKnown).toBe('estimated');
    expect(candidates[0]?.finish).toEqual({ unified: 'aborted', by: 'aborted' });
    expect(reader.outcome('cut').candidates[0]?.finish.unified).toBe('error');
  });

  it('takes what was thought from the signature, where the text is a summary', () => {
    const reader = readerOf();
    readAll(reader, [
      start(),
      block(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'hm' }),
      delta(0, { type: 'signature_delta', signature: 'E'.repeat(300) }),
      stop(0),
      block(1, { type: 'text', text: '97' }),
    ]);
    expect(reader.outcome('cut')).toMatchObject({
      usage: { inputUncached: 12, outputText: 1, outputReasoning: 100 },
      usageKnown: 'estimated',
    });
  });

  it('is bounded by the hold alone while nothing is shown of what is thought', () => {
    const reader = readerOf();
    expect(reader.outcome('aborted')).toMatchObject({ usage: {}, usageKnown: 'upper-bound' });
    readAll(reader, [start()]);
    const bounded = { usage: { inputUncached: 12 }, usageKnown: 'upper-bound' };
    expect(reader.outcome('aborted')).toMatchObject(bounded);
    readAll(reader, [block(0, { type: 'thinking', thinking: '', signature: '' })]);
    expect(reader.outcome('aborted')).toMatchObject(bounded);
    expect(reader.outcome('aborted').usage).not.toHaveProperty('outputText');
  });

  it('is estimated, with a warning, where a whole answer came without or with zeros that count nothing', () => {
    for (const events of [
      [...text(0, '97 is one'), { type: 'message_delta', delta: { stop_reason: 'end_turn' } }],
      [start({ input_tokens: 0, output_tokens: 0 }), ...text(0, '97 is one'), end('end_turn', { output_tokens: 0 })],
    ]) {
      const reader = readerOf();
      readAll(reader, events);
      expect(reader.outcome('whole')).toMatchObject({
        usage: { inputUncached: 5, outputText: 3 },
        usageKnown: 'estimated',
        warnings: [{ code: 'assumed' }],
      });
    }
  });
});

describe('createMessagesEventWriter', () => {
  const about = { candidateId: 'c0', attemptId: 'a' };
  const typesOf = (sse: string): string[] => [...sse.matchAll(/^event: (.*)$/gm)].map(([, type = '']) => type);

  it('writes the first candidate only, and pings', () => {
    const writer = createMessagesEventWriter(head);
    const written = [
      writer.write({ type: 'start', warnings: [] }),
      writer.write({ type: 'ping' }),
      writer.write({ type: 'commit', ...about }),
      writer.write({ type: 'text-delta', text: '97', ...about }),
      writer.write({ type: 'text-delta', text: '89', ...about, candidateId: 'c1' }),
      writer.write({ type: 'candidate-finish', finish: { unified: 'stop', by: 'eos' }, ...about }),
      writer.end({ inputUncached: 5, outputText: 2 }),
    ].join('');
    expect(typesOf(written)).toEqual([
      'ping',
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(written).not.toContain('89');
    expect(written).toContain('"usage":{"input_tokens":5');
  });

  it('writes calls that come side by side one after the other', () => {
    const writer = createMessagesEventWriter(head);
    const half = (toolCallId: string, json: string): StreamPart => ({
      type: 'tool-input-delta',
      toolCallId,
      toolName: 'find',
      text: json,
      ...about,
    });
    const whole = (toolCallId: string, x: number): StreamPart => ({
      type: 'tool-call',
      call: { type: 'tool-call', toolCallId, toolName: 'find', input: { x } },
      ...about,
    });
    const parts = [
      half('a', '{"x"'),
      half('b', '{"x":'),
      half('a', ':1}'),
      half('b', '2}'),
      whole('a', 1),
      whole('b', 2),
    ];
    const reader = readerOf();
    const written = parts.map((part) => writer.write(part)).join('') + writer.end();
    for (const [, data = ''] of written.matchAll(/^data: (.*)$/gm)) expect(reader.read(data)).toBeUndefined();
    expect(reader.outcome('whole').candidates[0]?.content).toMatchObject([
      { toolCallId: 'a', input: { x: 1 } },
      { toolCallId: 'b', input: { x: 2 } },
    ]);
  });

  it('writes a whole message where nothing was answered', () => {
    expect(typesOf(createMessagesEventWriter(head).end())).toEqual(['message_start', 'message_delta', 'message_stop']);
  });
});

const word = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' });
const thought = fc.oneof(
  fc
    .record({ texts: fc.array(word, { maxLength: 2 }), signature: fc.base64String({ minLength: 4 }) })
    .map(({ texts, signature }) => ({ texts, metadata: messagesMetadata({ signature }) })),
  fc.base64String({ minLength: 4 }).map((data) => ({
    texts: [] as string[],
    metadata: messagesMetadata({ block: { type: 'redacted_thinking', data } }),
  })),
);
const call = fc.record({ toolCallId: fc.uuid(), toolName: word, input: fc.dictionary(word, fc.string()) });
const answer = fc.record({
  thoughts: fc.array(thought, { maxLength: 2 }),
  texts: fc.array(word, { maxLength: 4 }),
  calls: fc.array(call, { maxLength: 3 }),
  finish: fc.constantFrom<Finish[]>(
    { unified: 'stop', raw: 'end_turn', by: 'eos' },
    { unified: 'length', raw: 'max_tokens', by: 'length' },
    { unified: 'stop', raw: 'stop_sequence', by: 'stop', stopString: 'END' },
    { unified: 'tool-calls', raw: 'tool_use', by: 'eos' },
  ),
});
const usage: fc.Arbitrary<Usage> = fc.record({
  inputUncached: fc.integer({ min: 1, max: 9999 }),
  cacheRead: fc.nat(9999),
  cacheWrite: fc.nat(9999).map((total) => ({ total, byTtl: { '5m': total, '1h': 0 } })),
  outputText: fc.integer({ min: 1, max: 9999 }),
  outputReasoning: fc.nat(9999),
});
type Answer = typeof answer extends fc.Arbitrary<infer T> ? T : never;

function contentOf({ thoughts, texts, calls }: Answer): AssistantPart[] {
  return [
    ...thoughts.map((each) => ({
      type: 'reasoning' as const,
      text: each.texts.join(''),
      origin,
      metadata: each.metadata,
    })),
    ...(texts.length === 0 ? [] : [{ type: 'text' as const, text: texts.join('') }]),
    ...calls.map((each) => ({ type: 'tool-call' as const, ...each, origin })),
  ];
}

function uncounted(candidate: LeafCandidate): LeafCandidate {
  const { outputTokens: _, ...rest } = candidate;
  return rest;
}

/** The parts of an answer, each call in two deltas. */
function deltasOf({ thoughts, texts, calls }: Answer): LeafPart[] {
  return [
    ...thoughts.flatMap((each): LeafPart[] => [
      ...each.texts.map((said) => ({ type: 'reasoning-delta' as const, sample: 0, text: said })),
      { type: 'reasoning-delta', sample: 0, text: '', metadata: each.metadata },
    ]),
    ...texts.map((said): LeafPart => ({ type: 'text-delta', sample: 0, text: said })),
    ...calls.flatMap(({ toolCallId, toolName, input }): LeafPart[] => {
      const json = JSON.stringify(input);
      const half = { type: 'tool-input-delta' as const, sample: 0, toolCallId, toolName };
      return [
        { ...half, text: json.slice(0, 1) },
        { ...half, text: json.slice(1) },
        { type: 'tool-call', sample: 0, call: { type: 'tool-call', toolCallId, toolName, input, origin } },
      ];
    }),
  ];
}

describe('answers that are written and read back', () => {
  it('are the same parts and candidates, however the network splits the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(answer, usage, fc.array(fc.nat()), async (said, used, cuts) => {
        const writer = createMessagesEventWriter(head);
        const about = { candidateId: 'c0', attemptId: 'a' };
        const deltas = deltasOf(said);
        const parts: StreamPart[] = [
          { type: 'commit', ...about },
          ...deltas.map((part): StreamPart => {
            const { sample: _, ...rest } = part;
            return { ...rest, ...about };
          }),
          { type: 'candidate-finish', finish: said.finish, ...about },
        ];
        const bytes = new TextEncoder().encode(parts.map((part) => writer.write(part)).join('') + writer.end(used));
        const places = [...new Set(cuts.map((cut) => cut % bytes.length))].sort((a, b) => a - b);
        const body = new ReadableStream<Uint8Array>({
          start: (source) => {
            [0, ...places].forEach((from, i) => source.enqueue(bytes.slice(from, places[i])));
            source.close();
          },
        });
        const read: LeafPart[] = [];
        const reader = readerOf(read);
        await readEvents(body, ({ data }) => reader.read(data) === undefined, {
          signal: new AbortController().signal,
          clock: systemClock,
        });
        expect([reader.complete, reader.ended]).toEqual([true, true]);
        const outcome = reader.outcome('whole');
        const { raw: _, ...buckets } = outcome.usage;
        expect(buckets).toEqual(used);
        expect(outcome.usageKnown).toBe('exact');
        expect(outcome.candidates.map(uncounted)).toEqual([{ content: contentOf(said), finish: said.finish }]);
        expect(read).toEqual(deltas);
      }),
    );
  });

  it('are the same candidate when written whole', () => {
    fc.assert(
      fc.property(answer, usage, (said, used) => {
        const candidate = { content: contentOf(said), finish: said.finish };
        const reader = readerOf();
        readAll(reader, [writeMessagesResponse(head, candidate, used)]);
        expect([reader.complete, reader.ended]).toEqual([true, true]);
        const outcome = reader.outcome('whole');
        expect(outcome.candidates.map(uncounted)).toEqual([candidate]);
        expect(outcome.usage).toMatchObject(used);
      }),
    );
  });
});
