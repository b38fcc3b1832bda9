import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LeafPart } from '../../leaf/leaf-call.ts';
import * as replies from './__fixtures__/replies.ts';
import { createResponsesReader, type ResponsesReader } from './stream.ts';

const origin = { provider: 'openai', modelId: 'gpt-6-luna' };
const { usage } = replies;

/** Reads events and gives what was emitted on the way; problems are not expected. */
function read(events: readonly replies.WireEvent[], named = true): { reader: ResponsesReader; parts: LeafPart[] } {
  const parts: LeafPart[] = [];
  const reader = createResponsesReader({ origin, prompt: () => 'Name a prime.', emit: (part) => parts.push(part) });
  for (const event of events) {
    expect(reader.read(JSON.stringify(event), named ? event.type : undefined)).toBeUndefined();
  }
  return { reader, parts };
}

const buckets = {
  inputUncached: 76,
  cacheRead: 1024,
  cacheWrite: { total: 100, byTtl: { '12h': 0, '30m': 100 } },
  outputText: 26,
  outputReasoning: 64,
  billed: { tier: 'default' },
  raw: usage,
};

describe('a response', () => {
  it('is text with its usage in disjoint buckets and the tier it was billed by', () => {
    const { reader, parts } = read(replies.text);
    expect(reader).toMatchObject({ ended: true, complete: true, begun: true });
    expect(reader.outcome('whole')).toEqual({
      candidates: [
        {
          content: [{ type: 'text', text: 'It is 97 🦉' }],
          finish: { unified: 'stop', raw: 'completed', by: 'eos' },
          outputTokens: 90,
        },
      ],
      usage: buckets,
      usageKnown: 'exact',
    });
    expect(parts).toEqual(['It is', ' 97', ' 🦉'].map((text) => ({ type: 'text-delta', sample: 0, text })));
  });

  it('is parallel tool calls after reasoning that keeps its id and its encrypted content', () => {
    const { reader, parts } = read(replies.toolCalls);
    const metadata = { openai: { id: 'rs_0', encrypted_content: 'gAAA-one' } };
    const [candidate] = reader.outcome('whole').candidates;
    expect(candidate).toMatchObject({ finish: { unified: 'tool-calls', by: 'eos' } });
    expect(candidate?.content).toEqual([
      { type: 'reasoning', text: 'Two cities\n\ntwo calls', origin, metadata },
      { type: 'tool-call', toolCallId: 'call_a', toolName: 'weather', input: { city: 'Rome' }, origin },
      { type: 'tool-call', toolCallId: 'call_b', toolName: 'weather', input: { city: 'Oslo' }, origin },
    ]);
    expect(parts.flatMap((part) => (part.type === 'reasoning-delta' ? part.text : [])).join('')).toBe(
      'Two cities\n\ntwo calls',
    );
    expect(parts).toContainEqual({ type: 'reasoning-delta', sample: 0, text: '', metadata });
    expect(parts.flatMap((part) => (part.type === 'tool-call' ? part.call.toolCallId : []))).toEqual([
      'call_a',
      'call_b',
    ]);
    const inputs = parts.flatMap((part) => (part.type === 'tool-input-delta' ? `${part.toolCallId} ${part.text}` : []));
    expect(inputs).toEqual(['call_a {"city"', 'call_a :"Rome"}', 'call_b {"city":', 'call_b "Oslo"}']);
  });

  it('is a refusal, which is text that ends as one', () => {
    const [candidate] = read(replies.refusal).reader.outcome('whole').candidates;
    expect(candidate).toMatchObject({
      content: [{ type: 'text', text: 'I cannot help with that.' }],
      finish: { unified: 'refusal', by: 'eos' },
    });
  });

  it('has log-probabilities once, though events repeat them', () => {
    const [candidate] = read(replies.withLogprobs).reader.outcome('whole').candidates;
    expect(candidate?.logprobs).toEqual([
      { text: '9', logprob: -0.25, top: [{ text: '9', logprob: -0.25 }] },
      { text: '7', logprob: -0.5, top: [{ text: '7', logprob: -0.5 }] },
    ]);
  });

  it.each([
    [replies.cutByLength, { unified: 'length', raw: 'max_output_tokens', by: 'length' }],
    [replies.filtered, { unified: 'content-filter', raw: 'content_filter', by: 'eos' }],
  ])('that is incomplete is an answer that says why', (events, finish) => {
    const { reader } = read(events);
    expect(reader.complete).toBe(true);
    expect(reader.outcome('whole').candidates[0]?.finish).toEqual(finish);
  });

  it('says why its prompt was not in the cache', () => {
    const { reader } = read(replies.missedCache);
    expect(reader.cacheMiss).toEqual({ reason: 'model_changed', tokens: 900 });
    expect(read(replies.text).reader.cacheMiss).toBeUndefined();
  });

  it('keeps the phase of a message', () => {
    const item = {
      id: 'm',
      type: 'message',
      phase: 'commentary',
      content: [{ type: 'output_text', text: 'Looking.' }],
    };
    const reader = createResponsesReader({ origin, prompt: () => '' });
    reader.read(JSON.stringify({ type: 'response.output_item.done', output_index: 0, item }));
    expect(reader.outcome('cut').candidates[0]?.content).toEqual([
      { type: 'text', text: 'Looking.', metadata: { openai: { phase: 'commentary' } } },
    ]);
  });

  it('is the same without deltas: whole in its last event, or as a body that was not streamed', () => {
    for (const events of [replies.text, replies.toolCalls, replies.refusal, replies.withLogprobs]) {
      const streamed = read(events);
      const last = events.at(-1)!;
      const body = last['response'] as replies.WireEvent;
      expect(read([last]).reader.outcome('whole')).toEqual(streamed.reader.outcome('whole'));
      const whole = read([body], false);
      expect(whole.reader.outcome('whole')).toEqual(streamed.reader.outcome('whole'));
      const calls = (parts: LeafPart[]) => parts.filter((part) => part.type === 'tool-call');
      expect(calls(whole.parts)).toEqual(calls(streamed.parts));
    }
  });

  it('is the same with and without names on the events', () => {
    expect(read(replies.toolCalls, false)).toMatchObject({ parts: read(replies.toolCalls).parts });
  });

  it('is the same under events and items that nobody knows yet', () => {
    const strange = [
      { type: 'response.web_search_call.searching', output_index: 9, item_id: 'ws_1', sequence_number: 1 },
      { type: 'response.telepathy.delta', sequence_number: 2 },
    ];
    const { reader } = read([...replies.text.slice(0, 3), ...strange, ...replies.text.slice(3)]);
    expect(reader.outcome('whole')).toEqual(read(replies.text).reader.outcome('whole'));
  });
});

describe('a response by a server that says little', () => {
  it('has ended with its last event, whose name says how', () => {
    const { reader } = read([
      { type: 'response.output_item.done', output_index: 0, item: { type: 'message', content: [{ text: '97' }] } },
      { type: 'response.completed', response: { id: 'resp_1', usage: { input_tokens: 5, output_tokens: 2 } } },
    ]);
    expect(reader.outcome('whole')).toMatchObject({
      candidates: [{ content: [{ type: 'text', text: '97' }], finish: { unified: 'stop', raw: 'completed' } }],
      usage: { inputUncached: 5, outputText: 2 },
    });
  });
});

describe('reasoning', () => {
  it('that led to a hosted tool cannot be handed back: the call has no place in an answer', () => {
    const search = { id: 'ws_1', type: 'web_search_call', status: 'completed' };
    const done = (output_index: number, item: object) => ({ type: 'response.output_item.done', output_index, item });
    const thought = (id: string) => ({ id, type: 'reasoning', summary: [], encrypted_content: `gAAA-${id}` });
    const reader = createResponsesReader({ origin, prompt: () => '' });
    for (const event of [done(0, thought('rs_0')), done(1, search), done(2, thought('rs_2'))]) {
      reader.read(JSON.stringify(event));
    }
    expect(reader.outcome('cut').candidates[0]?.content).toEqual([
      { type: 'reasoning', text: '', origin, metadata: { openai: { id: 'rs_2', encrypted_content: 'gAAA-rs_2' } } },
    ]);
  });
});

describe('a response that fails', () => {
  const problemOf = (events: readonly replies.WireEvent[]) => {
    const reader = createResponsesReader({ origin, prompt: () => 'Name a prime.' });
    const problems = events.flatMap((event) => reader.read(JSON.stringify(event), event.type) ?? []);
    return { reader, problem: problems[0] };
  };

  it('before anything was made is a refusal', () => {
    const { reader, problem } = problemOf(replies.failedAtOnce);
    expect(problem).toEqual({
      failure: 'rate-limit',
      dispatch: 'refused',
      message: 'Rate limit reached for gpt-6-luna',
    });
    expect(reader.complete).toBe(false);
  });

  it('later has an unknown outcome, with the usage it reports', () => {
    const { reader, problem } = problemOf(replies.failedLate);
    expect(problem).toMatchObject({ failure: 'server', dispatch: 'unknown' });
    expect(reader.outcome('cut')).toMatchObject({
      candidates: [{ content: [{ type: 'text', text: 'It is' }], finish: { unified: 'error' } }],
      usage: { outputText: 26 },
      usageKnown: 'exact',
    });
  });

  it('by an event of type error, flat or wrapped', () => {
    expect(problemOf(replies.errorEvent).problem).toEqual({
      failure: 'server',
      dispatch: 'unknown',
      message: 'The server had an error',
    });
    for (const event of [
      { type: 'error', error: { code: 'context_length_exceeded', message: 'Too long' } },
      { type: undefined, error: { code: 'context_length_exceeded', message: 'Too long' } },
    ]) {
      const reader = createResponsesReader({ origin, prompt: () => '' });
      expect(reader.read(JSON.stringify(event))).toMatchObject({ failure: 'context-length', dispatch: 'refused' });
    }
  });

  it('by saying something else says what came', () => {
    const reader = () => createResponsesReader({ origin, prompt: () => '' });
    expect(reader().read('{"type":')).toMatchObject({ failure: 'protocol', dispatch: 'unknown' });
    expect(reader().read('[1]')?.message).toContain('[1]');
    expect(reader().read('{"id":"resp_1","object":"response","status":"queued"}')?.message).toContain('queued');
    expect(reader().read('{"hello":1}')?.failure).toBe('protocol');
  });
});

describe('the usage of a reply that was cut', () => {
  it('is estimated from text that was not thought about', () => {
    const { reader } = read(replies.text.slice(0, 6));
    expect(reader).toMatchObject({ complete: false, ended: false });
    expect(reader.outcome('aborted')).toMatchObject({
      candidates: [{ content: [{ type: 'text', text: 'It is 97' }], finish: { unified: 'aborted', by: 'aborted' } }],
      usage: { inputUncached: 5, outputText: 3 },
      usageKnown: 'estimated',
    });
  });

  it.each([
    ['nothing came', replies.text.slice(0, 2)],
    ['reasoning was out of sight', replies.afterTools.slice(0, 7)],
  ])('is the hold where %s', (_, events) => {
    expect(read(events).reader.outcome('cut')).toMatchObject({ usage: {}, usageKnown: 'upper-bound' });
  });

  it('is the hold, with a warning, for a whole reply after reasoning without usage', () => {
    const events = replies.afterTools.map((event) =>
      event.type === 'response.completed'
        ? { ...event, response: { ...(event['response'] as object), usage: null } }
        : event,
    );
    expect(read(events).reader.outcome('whole')).toMatchObject({
      usageKnown: 'upper-bound',
      warnings: [{ code: 'assumed' }],
    });
  });

  it('never loses a token that was reported', () => {
    const count = fc.nat(1_000_000);
    fc.assert(
      fc.property(fc.tuple(count, count, count, count, count), ([plain, cached, written, text, reasoning]) => {
        const reported = {
          input_tokens: plain + cached + written,
          input_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
          output_tokens: text + reasoning,
          output_tokens_details: { reasoning_tokens: reasoning },
        };
        const reader = createResponsesReader({ origin, prompt: () => '' });
        reader.read(JSON.stringify({ type: 'response.completed', response: { status: 'completed', usage: reported } }));
        const { usage: read } = reader.outcome('whole');
        expect((read.inputUncached ?? 0) + (read.cacheRead ?? 0) + (read.cacheWrite?.total ?? 0)).toBe(
          reported.input_tokens,
        );
        expect((read.outputText ?? 0) + (read.outputReasoning ?? 0)).toBe(reported.output_tokens);
      }),
    );
  });
});
