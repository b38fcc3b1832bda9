import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LeafCandidate, LeafPart } from '../../leaf/leaf-call.ts';
import { systemClock } from '../../leaf/system-clock.ts';
import type { StreamPart } from '../../spec/stream.ts';
import type { Usage } from '../../spec/usage.ts';
import { readEvents } from '../../transport/events.ts';
import { createChatChunkWriter } from './chunks.ts';
import { writeChatResponse } from './response.ts';
import { createChatReader, type ChatReader } from './stream.ts';

const origin = { provider: 'openai-compatible', modelId: 'm' };
const head = { id: 'chatcmpl-7', modelId: 'm', createdAtSeconds: 1_795_000_000 };

function readerOf(samples = 1, parts?: LeafPart[]): ChatReader {
  return createChatReader({
    samples,
    origin,
    prompt: () => 'Name a prime.',
    emit: parts === undefined ? undefined : (part) => parts.push(part),
  });
}

function readAll(reader: ChatReader, events: readonly unknown[]): void {
  for (const event of events)
    expect(reader.read(typeof event === 'string' ? event : JSON.stringify(event))).toBeUndefined();
}

const delta = (content: Record<string, unknown>, rest: Record<string, unknown> = {}): unknown => ({
  choices: [{ index: 0, delta: content, ...rest }],
});

describe('createChatReader', () => {
  it('puts an answer together and takes usage from the last chunk that has some', () => {
    const parts: LeafPart[] = [];
    const reader = readerOf(1, parts);
    readAll(reader, [
      delta({ role: 'assistant', content: '' }),
      delta({ content: '9' }, { finish_reason: null }),
      { choices: [], usage: { prompt_tokens: 5, completion_tokens: 1 }, unknown: { field: 1 } },
      delta({ content: '7' }),
      delta({}, { finish_reason: 'stop' }),
      { choices: [], usage: { prompt_tokens: 5, completion_tokens: 2 }, service_tier: 'default' },
      '[DONE]',
    ]);
    expect(reader.complete).toBe(true);
    expect(reader.outcome('whole')).toEqual({
      candidates: [
        {
          content: [{ type: 'text', text: '97' }],
          finish: { unified: 'stop', raw: 'stop', by: 'eos' },
          outputTokens: 2,
        },
      ],
      usage: {
        inputUncached: 5,
        outputText: 2,
        billed: { tier: 'default' },
        raw: { prompt_tokens: 5, completion_tokens: 2 },
      },
      usageKnown: 'exact',
    });
    expect(parts).toEqual([
      { type: 'text-delta', sample: 0, text: '9' },
      { type: 'text-delta', sample: 0, text: '7' },
    ]);
  });

  it('estimates usage where a whole answer came without, and says so', () => {
    const reader = readerOf();
    readAll(reader, [
      delta({ reasoning_content: 'hm, well' }),
      delta({ content: '97 is one' }, { finish_reason: 'stop' }),
      '[DONE]',
    ]);
    expect(reader.outcome('whole')).toMatchObject({
      usage: { inputUncached: 5, outputText: 3, outputReasoning: 3 },
      usageKnown: 'estimated',
      warnings: [{ code: 'assumed' }],
    });
  });

  it('takes an explicit zero as usage, not as missing', () => {
    const reader = readerOf();
    readAll(reader, [
      delta({}, { finish_reason: 'stop' }),
      { choices: [], usage: { prompt_tokens: 0, completion_tokens: 0 } },
    ]);
    expect(reader.outcome('whole')).toMatchObject({ usage: { inputUncached: 0, outputText: 0 }, usageKnown: 'exact' });
  });

  it('keeps samples apart and is complete when the last of them is', () => {
    const parts: LeafPart[] = [];
    const reader = readerOf(2, parts);
    const chunk = (index: number, content: string, finish: string | null): unknown => ({
      choices: [{ index, delta: { content }, finish_reason: finish }],
    });
    readAll(reader, [chunk(1, 'b', null), chunk(0, 'a', 'stop')]);
    expect(reader.complete).toBe(false);
    readAll(reader, [chunk(1, 'B', 'length')]);
    expect(reader.complete).toBe(true);
    expect(reader.outcome('whole').candidates.map(({ content, finish }) => [content, finish.unified])).toEqual([
      [[{ type: 'text', text: 'a' }], 'stop'],
      [[{ type: 'text', text: 'bB' }], 'length'],
    ]);
    expect(parts.map((part) => part.sample)).toEqual([1, 0, 1]);
  });

  it('takes fewer samples than asked only when the server says that is all', () => {
    const reader = readerOf(3);
    readAll(reader, [delta({ content: 'a' }, { finish_reason: 'stop' })]);
    expect(reader.complete).toBe(false);
    readAll(reader, ['[DONE]']);
    expect(reader.complete).toBe(true);
    expect(reader.outcome('whole')).toMatchObject({
      candidates: [{}],
      warnings: [{ code: 'assumed' }, { code: 'short', option: 'samples' }],
    });
  });

  it('keeps an aborted sample as a candidate that says so, finished ones as they are', () => {
    const reader = readerOf(3);
    readAll(reader, [
      { choices: [{ index: 0, delta: { content: 'whole' }, finish_reason: 'stop' }] },
      { choices: [{ index: 1, delta: { content: 'hal' } }] },
    ]);
    const { candidates, usage, usageKnown } = reader.outcome('aborted');
    expect(candidates.map(({ content, finish }) => [content.length, finish.by])).toEqual([
      [1, 'eos'],
      [1, 'aborted'],
      [0, 'aborted'],
    ]);
    expect({ usage, usageKnown }).toEqual({ usage: { inputUncached: 5, outputText: 3 }, usageKnown: 'estimated' });
  });

  it('claims no usage where nothing had arrived: the hold is all that bounds it', () => {
    expect(readerOf().outcome('aborted')).toMatchObject({
      usage: {},
      usageKnown: 'upper-bound',
      candidates: [{ content: [] }],
    });
  });

  it('never estimates less than the server had counted before it was cut off', () => {
    const reader = readerOf();
    readAll(reader, [delta({ content: 'ab' }), { choices: [], usage: { prompt_tokens: 40, completion_tokens: 9 } }]);
    expect(reader.outcome('cut')).toMatchObject({
      usage: { inputUncached: 40, outputText: 9 },
      usageKnown: 'estimated',
    });
  });

  it('reads tool calls that come in pieces, whole at the end', () => {
    const parts: LeafPart[] = [];
    const reader = readerOf(1, parts);
    const call = (fields: Record<string, unknown>): unknown => delta({ tool_calls: [fields] });
    readAll(reader, [
      call({ index: 0, id: 'a', type: 'function', function: { name: 'find', arguments: '' } }),
      call({ index: 0, function: { arguments: '{"x":' } }),
      call({ index: 1, id: 'b', type: 'function', function: { name: 'stop', arguments: '' } }),
      call({ index: 0, id: null, function: { arguments: '1}' } }),
      delta({}, { finish_reason: 'tool_calls' }),
    ]);
    const calls = [
      { type: 'tool-call', toolCallId: 'a', toolName: 'find', input: { x: 1 }, origin },
      { type: 'tool-call', toolCallId: 'b', toolName: 'stop', input: {}, origin },
    ];
    expect(reader.outcome('whole').candidates[0]).toMatchObject({ content: calls, finish: { unified: 'tool-calls' } });
    expect(parts.slice(-2)).toEqual(calls.map((each) => ({ type: 'tool-call', sample: 0, call: each })));
    expect(parts[1]).toEqual({ type: 'tool-input-delta', sample: 0, toolCallId: 'a', toolName: 'find', text: '{"x":' });
  });

  it('ends a sample once, also where the server repeats its finish_reason', () => {
    const parts: LeafPart[] = [];
    const reader = readerOf(1, parts);
    readAll(reader, [
      delta({ tool_calls: [{ index: 0, id: 'a', function: { name: 'find', arguments: '{}' } }] }),
      delta({}, { finish_reason: 'tool_calls' }),
      delta({}, { finish_reason: 'stop' }),
    ]);
    expect(reader.outcome('whole').candidates[0]?.finish.raw).toBe('tool_calls');
    expect(parts.filter((part) => part.type === 'tool-call')).toHaveLength(1);
  });

  it('tells calls apart by id where a server gives all of them the index 0', () => {
    const reader = readerOf();
    const call = (id: string): unknown =>
      delta({ tool_calls: [{ index: 0, id, function: { name: 'find', arguments: '{}' } }] });
    readAll(reader, [call('a'), call('b'), delta({}, { finish_reason: 'tool_calls' })]);
    expect(reader.outcome('whole').candidates[0]?.content).toHaveLength(2);
  });

  it('keeps arguments that are no JSON as the model wrote them, and makes up an id where there is none', () => {
    const reader = readerOf();
    readAll(reader, [
      delta({ tool_calls: [{ function: { name: 'find', arguments: '{oops' } }] }, { finish_reason: 'tool_calls' }),
    ]);
    expect(reader.outcome('whole').candidates[0]?.content).toEqual([
      {
        type: 'tool-call',
        toolCallId: 'call-0-0',
        toolName: 'find',
        input: '{oops',
        invalid: expect.any(String),
        origin,
      },
    ]);
  });

  it('reads log-probabilities token by token', () => {
    const reader = readerOf();
    const token = {
      token: '9',
      logprob: -0.1,
      bytes: [57],
      top_logprobs: [
        { token: '9', logprob: -0.1 },
        { token: '8', logprob: -2.4 },
      ],
    };
    readAll(reader, [
      delta({ content: '9' }, { logprobs: { content: [token] } }),
      delta(
        { content: '7' },
        {
          logprobs: { content: [{ token: '7', logprob: 0, top_logprobs: [] }, { nonsense: true }] },
          finish_reason: 'stop',
        },
      ),
    ]);
    expect(reader.outcome('whole').candidates[0]?.logprobs).toEqual([
      {
        text: '9',
        logprob: -0.1,
        top: [
          { text: '9', logprob: -0.1 },
          { text: '8', logprob: -2.4 },
        ],
      },
      { text: '7', logprob: 0 },
    ]);
  });

  it('reads a refusal as its text, and the stop string that vLLM names', () => {
    const refusing = readerOf();
    readAll(refusing, [delta({ refusal: 'I will not.' }), delta({}, { finish_reason: 'stop' })]);
    expect(refusing.outcome('whole').candidates[0]).toMatchObject({
      content: [{ text: 'I will not.' }],
      finish: { unified: 'refusal' },
    });
    const stopped = readerOf();
    readAll(stopped, [delta({ content: [{ type: 'text', text: 'a' }] }, { finish_reason: 'stop', stop_reason: '\n' })]);
    expect(stopped.outcome('whole').candidates[0]).toMatchObject({
      content: [{ text: 'a' }],
      finish: { by: 'stop', stopString: '\n' },
    });
  });

  it.each([['{"choices":'], ['[1]'], ['null'], ['']])('says that %j is no chat completion', (data) => {
    expect(readerOf().read(data)).toMatchObject({ failure: 'protocol', dispatch: 'unknown' });
  });

  it('says that a choice came which nobody asked for', () => {
    expect(readerOf(1).read('{"choices":[{"index":4000000000,"delta":{}}]}')?.failure).toBe('protocol');
  });

  it('takes an error before the first token for a refusal, after it for work that was done', () => {
    const error = JSON.stringify({ error: { message: 'Busy', code: 503 } });
    expect(readerOf().read(error)).toEqual({ failure: 'overloaded', dispatch: 'refused', message: 'Busy' });
    const begun = readerOf();
    readAll(begun, [delta({ content: 'a' })]);
    expect(begun.read(error)).toMatchObject({ failure: 'overloaded', dispatch: 'unknown' });
  });
});

const text = fc.string({ minLength: 1, unit: 'grapheme' });
const call = fc.record({
  toolCallId: fc.uuid(),
  toolName: fc.constantFrom('find', 'stop'),
  input: fc.dictionary(text, fc.string()),
});
const answer = fc.record({
  reasoning: fc.array(text, { maxLength: 3 }),
  texts: fc.array(text, { maxLength: 4 }),
  calls: fc.array(call, { maxLength: 2 }),
  unified: fc.constantFrom('stop' as const, 'length' as const),
});
const usage: fc.Arbitrary<Usage> = fc.record({
  inputUncached: fc.nat(9999),
  cacheRead: fc.nat(9999),
  outputText: fc.nat(9999),
  outputReasoning: fc.nat(9999),
});
type Answer = typeof answer extends fc.Arbitrary<infer T> ? T : never;

function candidateOf({ reasoning, texts, calls, unified }: Answer): LeafCandidate {
  return {
    content: [
      ...(reasoning.length === 0 ? [] : [{ type: 'reasoning' as const, text: reasoning.join(''), origin }]),
      ...(texts.length === 0 ? [] : [{ type: 'text' as const, text: texts.join('') }]),
      ...calls.map((each) => ({ type: 'tool-call' as const, ...each, origin })),
    ],
    finish: { unified, raw: unified, by: unified === 'stop' ? 'eos' : 'length' },
  };
}

function uncounted(candidate: LeafCandidate): LeafCandidate {
  const { outputTokens: _, ...rest } = candidate;
  return rest;
}

/** The parts of an answer, each call in two deltas. */
function partsOf({ reasoning, texts, calls, unified }: Answer, candidateId: string): StreamPart[] {
  const about = { candidateId, attemptId: 'attempt' };
  return [
    { type: 'commit', ...about },
    ...reasoning.map((each) => ({ type: 'reasoning-delta' as const, text: each, ...about })),
    ...texts.map((each) => ({ type: 'text-delta' as const, text: each, ...about })),
    ...calls.flatMap(({ toolCallId, toolName, input }) => {
      const json = JSON.stringify(input);
      const half = { type: 'tool-input-delta' as const, toolCallId, toolName, ...about };
      return [
        { ...half, text: json.slice(0, 1) },
        { ...half, text: json.slice(1) },
      ];
    }),
    ...calls.map((each) => ({
      type: 'tool-call' as const,
      call: { type: 'tool-call' as const, ...each, origin },
      ...about,
    })),
    { type: 'candidate-finish', finish: candidateOf({ reasoning, texts, calls, unified }).finish, ...about },
  ];
}

describe('answers that are written and read back', () => {
  it('are the same parts and candidates, however the network splits the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(answer, { minLength: 1, maxLength: 3 }),
        usage,
        fc.array(fc.nat()),
        async (answers, used, cuts) => {
          const writer = createChatChunkWriter(head);
          const parts = answers.flatMap((each, i) => partsOf(each, `c${i}`));
          const bytes = new TextEncoder().encode(parts.map((part) => writer.write(part)).join('') + writer.end(used));
          const places = [...new Set(cuts.map((cut) => cut % bytes.length))].sort((a, b) => a - b);
          const body = new ReadableStream<Uint8Array>({
            start: (source) => {
              [0, ...places].forEach((from, i) => source.enqueue(bytes.slice(from, places[i])));
              source.close();
            },
          });
          const read: LeafPart[] = [];
          const reader = readerOf(answers.length, read);
          await readEvents(body, ({ data }) => reader.read(data) === undefined, {
            signal: new AbortController().signal,
            clock: systemClock,
          });

          expect(reader.complete).toBe(true);
          expect(reader.ended).toBe(true);
          const outcome = reader.outcome('whole');
          const { raw: _, ...buckets } = outcome.usage;
          expect(buckets).toEqual(used);
          expect(outcome.candidates.map(uncounted)).toEqual(answers.map(candidateOf));
          const expected = parts.flatMap((part) => {
            if (!('candidateId' in part) || part.type === 'commit' || part.type === 'candidate-finish') return [];
            const { candidateId, attemptId: ___, ...rest } = part;
            return [{ ...rest, sample: Number(candidateId.slice(1)) }];
          });
          expect(read).toEqual(expected);
        },
      ),
    );
  });

  it('are the same candidates when written whole', () => {
    const logprobs = fc.array(
      fc.record({
        text,
        logprob: fc.integer({ min: -9, max: 0 }),
        top: fc.array(fc.record({ text, logprob: fc.integer({ min: -9, max: 0 }) }), { minLength: 1, maxLength: 2 }),
      }),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(answer, logprobs), { minLength: 1, maxLength: 3 }), usage, (answers, used) => {
        const candidates = answers.map(([each, tokens]) => ({ ...candidateOf(each), logprobs: tokens }));
        const reader = readerOf(answers.length);
        readAll(reader, [writeChatResponse(head, candidates, used)]);
        const outcome = reader.outcome('whole');
        expect(outcome.candidates.map(uncounted)).toEqual(candidates);
        expect(outcome.usage).toMatchObject(used);
      }),
    );
  });

  it('leave unknown usage out instead of writing zeros', () => {
    expect(createChatChunkWriter(head).end({ outputText: 3 })).toBe('data: [DONE]\n\n');
    expect(writeChatResponse(head, [], {})).not.toHaveProperty('usage');
  });
});
