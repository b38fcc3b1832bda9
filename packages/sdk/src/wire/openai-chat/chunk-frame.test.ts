import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LeafPart } from '../../leaf/leaf-call.ts';
import type { Fields } from '../json-fields.ts';
import { frameOf } from './chunk-frame.ts';
import { createChatReader } from './stream.ts';

const origin = { provider: 'openai-compatible', modelId: 'm' };

function chunk(delta: object, choice: object = {}, more: object = {}): object {
  return { id: 'c', choices: [{ index: 0, delta, finish_reason: null, ...choice }], usage: null, ...more };
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '"', '\\', ' "content":"', '\u0000', '","index":1,"content":"'),
);
const token = { token: 'a', logprob: -1, top_logprobs: [] };
const chunks = fc.oneof(
  { weight: 8, arbitrary: text.map((content) => chunk({ content })) },
  { weight: 2, arbitrary: text.map((content) => chunk({ content }, { index: 1 })) },
  text.map((content) => chunk({ role: 'assistant', content })),
  text.map((content) => chunk({ content, reasoning_content: content })),
  text.map((content) => chunk({ content, refusal: content })),
  text.map((content) => chunk({ content }, { logprobs: { content: [token] } })),
  text.map((content) => chunk({ content }, {}, { service_tier: content })),
  text.map((content) => chunk({ content }, {}, { usage: { prompt_tokens: 3, completion_tokens: content.length } })),
  text.map((content) =>
    chunk(
      { content },
      {},
      {
        choices: [
          { index: 0, delta: { content } },
          { index: 1, delta: { content } },
        ],
      },
    ),
  ),
  fc.constantFrom('stop', 'length').map((reason) => chunk({}, { finish_reason: reason })),
  text.map((name) => chunk({ tool_calls: [{ index: 0, id: 'x', function: { name, arguments: '{}' } }] })),
);

function read(datas: readonly string[]): unknown {
  const parts: LeafPart[] = [];
  const reader = createChatReader({ samples: 2, origin, prompt: () => 'p', emit: (part) => parts.push(part) });
  const failures = datas.map((data) => reader.read(data));
  return { failures, parts, outcome: reader.outcome('cut'), begun: reader.begun, complete: reader.complete };
}

it('changes nothing of what is read: chunks that all differ otherwise, which no frame fits, come to the same', () => {
  fc.assert(
    fc.property(fc.array(chunks, { maxLength: 30 }), (sent) => {
      const framed = sent.map((each) => JSON.stringify(each));
      const unframed = sent.map((each, i) => JSON.stringify({ ...each, padding: i }));
      expect(read(framed)).toEqual(read(unframed));
    }),
    { seed: 11, numRuns: 300 },
  );
});

it.each([
  [' w1', ' w2'],
  ['', 'a "quote" and a \\'],
  ['🦉', '東京'],
])('reads %j as well as %j without parsing the chunk', (one, other) => {
  const data = JSON.stringify(chunk({ content: one }));
  const frame = frameOf(data, JSON.parse(data) as Fields);
  expect(frame?.textOf(data)).toBe(one);
  expect(frame?.textOf(JSON.stringify(chunk({ content: other })))).toBe(other);
});

it.each([
  ['more after the text', chunk({ content: 'b', refusal: 'no' })],
  ['another choice', chunk({ content: 'b' }, { index: 1 })],
  ['no text', chunk({ content: null })],
  ['an end', chunk({ content: 'b' }, { finish_reason: 'stop' })],
])('does not fit %s', (_, other) => {
  const data = JSON.stringify(chunk({ content: 'a' }));
  expect(frameOf(data, JSON.parse(data) as Fields)?.textOf(JSON.stringify(other))).toBeUndefined();
});

it('is not made of a chunk whose text could stand in two places', () => {
  const data = JSON.stringify(chunk({ content: 'a' }, {}, { echo: { content: 'a' } }));
  expect(frameOf(data, JSON.parse(data) as Fields)).toBeUndefined();
});
