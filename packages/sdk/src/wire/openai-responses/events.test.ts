import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LeafCandidate } from '../../leaf/leaf-call.ts';
import type { AssistantPart } from '../../spec/content.ts';
import type { StreamPart } from '../../spec/stream.ts';
import { createResponsesEventWriter } from './events.ts';
import { writeResponsesResponse } from './response.ts';
import { createResponsesReader } from './stream.ts';

const origin = { provider: 'openai', modelId: 'm' };
const head = { id: 'resp_7', modelId: 'm', createdAtSeconds: 1_795_500_000 };
const usage = { inputUncached: 5, cacheRead: 0, cacheWrite: { total: 0 }, outputText: 2, outputReasoning: 0 };
const about = { candidateId: 'a', attemptId: 'a' };
const stop = { unified: 'stop', by: 'eos' } as const;

function eventsOf(text: string): { event: string; data: { type: string; sequence_number: number } }[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const [event = '', data = ''] = block.split('\n');
      return { event: event.slice('event: '.length), data: JSON.parse(data.slice('data: '.length)) };
    });
}

function written(parts: readonly StreamPart[], withUsage = true): string {
  const writer = createResponsesEventWriter(head);
  return parts.map((part) => writer.write(part)).join('') + writer.end(withUsage ? usage : undefined);
}

function readBack(text: string) {
  const reader = createResponsesReader({ origin, prompt: () => '' });
  for (const { event, data } of eventsOf(text)) expect(reader.read(JSON.stringify(data), event)).toBeUndefined();
  return reader;
}

/** The parts a model would stream for an answer, a few characters at a time. */
function streamed(candidate: LeafCandidate): StreamPart[] {
  const pieces = (text: string): string[] => text.match(/[\s\S]{1,3}/gu) ?? [];
  const deltas = candidate.content.flatMap((part): StreamPart[] => {
    switch (part.type) {
      case 'text':
        return pieces(part.text).map((text) => ({ type: 'text-delta', text, ...about }));
      case 'reasoning':
        return [
          ...pieces(part.text).map((text): StreamPart => ({ type: 'reasoning-delta', text, ...about })),
          {
            type: 'reasoning-delta',
            text: '',
            ...about,
            ...(part.metadata !== undefined && { metadata: part.metadata }),
          },
        ];
      case 'tool-call':
        return [{ type: 'tool-call', call: part, ...about }];
      case 'file':
        return [];
      default:
        return part satisfies never;
    }
  });
  const end: StreamPart = { type: 'candidate-finish', finish: candidate.finish, ...about };
  return [{ type: 'start', warnings: [] }, { type: 'commit', ...about }, ...deltas, end];
}

/** A stream learns the id that a provider gave to reasoning only after it has given it one of its own. */
function withoutId(part: AssistantPart): AssistantPart {
  if (part.type !== 'reasoning') return part;
  const { encrypted_content } = part.metadata?.['openai'] ?? {};
  return { ...part, metadata: { openai: { ...(encrypted_content !== undefined && { encrypted_content }) } } };
}

const answer: LeafCandidate = {
  content: [
    { type: 'reasoning', text: 'Hm.', origin, metadata: { openai: { id: 'rs_1', encrypted_content: 'gAAA' } } },
    { type: 'text', text: 'Looking…' },
    { type: 'tool-call', toolCallId: 'a', toolName: 'find', input: { what: 1 }, origin },
    { type: 'tool-call', toolCallId: 'b', toolName: 'find', input: {}, origin },
  ],
  finish: { unified: 'tool-calls', by: 'eos' },
};

describe('createResponsesEventWriter', () => {
  it('begins with response.created, numbers its events, and ends with the whole response', () => {
    const events = eventsOf(written(streamed(answer)));
    expect(events.map(({ event }) => event)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      ...['a', 'b'].flatMap(() => [
        'response.output_item.added',
        'response.function_call_arguments.delta',
        'response.function_call_arguments.done',
        'response.output_item.done',
      ]),
      'response.completed',
    ]);
    expect(events.map(({ data }) => data.sequence_number)).toEqual(events.map((_, i) => i));
    expect(events.every(({ event, data }) => event === data.type)).toBe(true);
    expect(readBack(written(streamed(answer))).outcome('whole')).toMatchObject({
      candidates: [{ content: answer.content.map(withoutId), finish: { unified: 'tool-calls' } }],
      usage: { ...usage, raw: { total_tokens: 7 } },
      usageKnown: 'exact',
    });
  });

  it('keeps calls apart whose arguments come in turns', () => {
    const delta = (toolCallId: string, text: string): StreamPart => ({
      type: 'tool-input-delta',
      toolCallId,
      toolName: 'find',
      text,
      ...about,
    });
    const parts: StreamPart[] = [
      delta('a', '{"x"'),
      delta('b', '{"y"'),
      delta('a', ':1}'),
      delta('b', ':2}'),
      { type: 'candidate-finish', finish: { unified: 'tool-calls', by: 'eos' }, ...about },
    ];
    expect(readBack(written(parts)).outcome('whole').candidates[0]?.content).toMatchObject([
      { toolCallId: 'a', input: { x: 1 } },
      { toolCallId: 'b', input: { y: 2 } },
    ]);
  });

  it('writes one answer: that of the first candidate', () => {
    const other = { candidateId: 'b', attemptId: 'b' };
    const text = written([
      { type: 'ping' },
      { type: 'text-delta', text: '97', ...about },
      { type: 'text-delta', text: 'no', ...other },
      { type: 'candidate-finish', finish: { unified: 'length', by: 'length' }, ...other },
      { type: 'candidate-finish', finish: stop, ...about },
    ]);
    const reader = readBack(text);
    expect(reader.outcome('whole').candidates).toMatchObject([
      { content: [{ type: 'text', text: '97' }], finish: { unified: 'stop' } },
    ]);
  });

  it('ends an answer that was cut as incomplete, and reports no usage that nobody counted', () => {
    const cut: StreamPart = { type: 'candidate-finish', finish: { unified: 'length', by: 'length' }, ...about };
    const text = written([{ type: 'text-delta', text: '9', ...about }, cut], false);
    expect(eventsOf(text).at(-1)?.event).toBe('response.incomplete');
    expect(text).not.toContain('"usage"');
    expect(readBack(text).outcome('whole').candidates[0]?.finish).toMatchObject({ unified: 'length', by: 'length' });
  });
});

describe('any answer', () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
  const id = fc.stringMatching(/^[a-z]{4,8}$/);
  const input = fc.dictionary(id, fc.oneof(word, fc.integer(), fc.boolean()), { maxKeys: 3 });
  const thought = fc.tuple(fc.oneof(word, fc.constant('')), id).map(
    ([text, encrypted]): AssistantPart => ({
      type: 'reasoning',
      text,
      origin,
      metadata: { openai: { id: `rs_${encrypted}`, encrypted_content: encrypted } },
    }),
  );
  // One text, because texts that follow each other are one message in a stream.
  const content = fc
    .tuple(fc.array(thought, { maxLength: 2 }), fc.option(word), fc.uniqueArray(id, { maxLength: 3 }), input)
    .map(([thoughts, text, ids, input]): AssistantPart[] => [
      ...thoughts,
      ...(text === null ? [] : [{ type: 'text' as const, text }]),
      ...ids.map((each) => ({
        type: 'tool-call' as const,
        toolCallId: each,
        toolName: `tool_${each}`,
        input: JSON.parse(JSON.stringify(input)) as Record<string, string>,
        origin,
      })),
    ]);

  it('is read back as it was written, streamed and whole', () => {
    fc.assert(
      fc.property(content, (parts) => {
        const finish = parts.some((part) => part.type === 'tool-call')
          ? ({ ...stop, unified: 'tool-calls' } as const)
          : stop;
        const candidate: LeafCandidate = { content: parts, finish };
        const expected = [{ content: parts, finish: { unified: finish.unified } }];
        expect(readBack(written(streamed(candidate))).outcome('whole').candidates).toMatchObject([
          { content: parts.map(withoutId), finish: { unified: finish.unified } },
        ]);
        const reader = createResponsesReader({ origin, prompt: () => '' });
        expect(reader.read(JSON.stringify(writeResponsesResponse(head, candidate, usage)))).toBeUndefined();
        expect(reader.outcome('whole').candidates).toMatchObject(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('that is whole keeps refusals and log-probabilities', () => {
    const reader = createResponsesReader({ origin, prompt: () => '' });
    const candidate: LeafCandidate = {
      content: [{ type: 'text', text: 'No.' }],
      finish: { unified: 'refusal', by: 'eos' },
    };
    reader.read(JSON.stringify(writeResponsesResponse(head, candidate)));
    expect(reader.outcome('whole').candidates[0]).toMatchObject(candidate);

    const logprobs = [{ text: '97', logprob: -0.5, top: [{ text: '97', logprob: -0.5 }] }];
    const sure = createResponsesReader({ origin, prompt: () => '' });
    const prime: LeafCandidate = { content: [{ type: 'text', text: '97' }], finish: stop, logprobs };
    sure.read(JSON.stringify(writeResponsesResponse(head, prime)));
    expect(sure.outcome('whole').candidates[0]?.logprobs).toEqual(logprobs);
  });
});
