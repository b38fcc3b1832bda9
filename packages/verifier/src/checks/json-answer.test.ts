import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidate } from '../__fixtures__/candidate.ts';
import { extractJson, finalJson } from './json-answer.ts';

describe('extractJson', () => {
  it.each([
    ['{"a":1}', { a: 1 }],
    [' [1, 2]\n', [1, 2]],
    ['3', 3],
    ['null', null],
    ['```json\n{"a":1}\n```', { a: 1 }],
    ['Here:\n```\n{"a":1}\n```\nand\n  ```JSON\n{"a":2}\n  ```\nDone.', { a: 2 }],
    ['```js\nlet x;\n```\n```\n[1]\n```', [1]],
    ['```\n{"a":1}\n```\n```\nnot json\n```', { a: 1 }],
    ['Sure: {"a": "}"} [1]', { a: '}' }],
    ['See [note]: {"a": [1, {"b": "\\"]"}]} ok', { a: [1, { b: '"]' }] }],
    ['{oops {"a":1} }', { a: 1 }],
    ['[[[ {"a":1}', { a: 1 }],
    ['```json\n{"a":1}', { a: 1 }],
    ['no JSON', undefined],
    ['the value 3', undefined],
    ['{"a":', undefined],
    ['', undefined],
  ])('%j gives %j', (text, expected) => {
    expect(extractJson(text)).toEqual(expected);
  });

  it.each([
    ['{"a":1}', { a: 1 }],
    ['{"a":1} which', { a: 1 }],
    ['12', undefined],
    ['null', undefined],
    ['{"a":1', undefined],
  ])('of a text cut after %j takes %j', (text, expected) => {
    expect(extractJson(text, { cut: true })).toEqual(expected);
  });

  it('finds any object in a fence and in prose (property)', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }),
        fc.constantFrom(0, 2),
        (value, indent) => {
          const text = JSON.stringify(value, null, indent);
          const expected = JSON.parse(text) as unknown;
          expect(extractJson(`So:\n\`\`\`json\n${text}\n\`\`\`\nDone.`)).toEqual(expected);
          expect(extractJson(`The result is ${text}, as asked.`)).toEqual(expected);
        },
      ),
      { seed: 8 },
    );
  });
});

describe('finalJson', () => {
  it.each([
    ['{"a":1,"b":[2]}', '{"a":1,"b":[2]}'],
    ['```json\n{ "b": [2], "a": 1 }\n```', '{"a":1,"b":[2]}'],
    ['none', undefined],
    [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, undefined],
  ])('the key of %j', (text, expected) => {
    expect(finalJson().key(candidate(text))).toBe(expected);
  });
});
