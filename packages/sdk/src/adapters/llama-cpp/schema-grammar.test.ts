import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { Model } from '../../spec/model.ts';
import { textOf } from '../../strategy/whole-text.ts';
import { writeKnownAnswerGguf } from '../../testing/known-answer/write-known-answer-gguf.ts';
import { GrammarRules } from './grammar-rules.ts';
import { llamaCpp } from './llama-cpp.ts';
import { SchemaGrammar } from './schema-grammar.ts';

// A model that writes every character with the same probability: what it writes is valid because of the grammar, or not at all.
const characters = '{}[]":,.-+ \n\\/abcdefnrstul0123456789ETZKä'.split('');
const uniform = Object.fromEntries([...characters, '</s>'].map((character) => [character, 1]));

const folder = mkdtempSync(join(tmpdir(), 'tollgate-grammar-'));
let model: Model;

beforeAll(async () => {
  const modelPath = join(folder, 'uniform.gguf');
  writeKnownAnswerGguf(modelPath, {
    vocabulary: [...characters, 'Q'],
    probabilities: Object.fromEntries([...characters, 'Q'].map((before) => [before, uniform])),
  });
  model = await llamaCpp({ modelPath, threads: 1, parallelSamples: 8, contextTokens: 1024 });
});

afterAll(async () => {
  await model.close?.();
  rmSync(folder, { recursive: true, force: true });
});

function leftOf(schema: JsonObject): readonly string[] {
  const grammar = new SchemaGrammar(new GrammarRules(), schema, 'output');
  grammar.rule();
  return grammar.left;
}

const schemas: { readonly [name: string]: JsonObject } = {
  'optional and required properties': {
    type: 'object',
    properties: { a: { type: 'integer' }, b: { type: 'boolean' }, c: { type: 'null' }, d: { enum: ['x', 2] } },
    required: ['b', 'd'],
    additionalProperties: false,
  },
  'only optional properties': {
    type: 'object',
    properties: { a: { type: 'boolean' }, b: { type: 'boolean' } },
    additionalProperties: false,
  },
  'a record': { type: 'object', propertyNames: { type: 'string' }, additionalProperties: { type: 'boolean' } },
  'bounded strings': { type: 'string', minLength: 2, maxLength: 5 },
  'bounded arrays': { type: 'array', items: { enum: ['a', 'b'] }, minItems: 2, maxItems: 4 },
  tuples: { type: 'array', prefixItems: [{ type: 'boolean' }, { type: 'integer' }], items: false, minItems: 2 },
  numbers: {
    type: 'object',
    properties: { n: { type: 'number', minimum: 0 }, i: { type: 'integer', minimum: 1 } },
    required: ['n', 'i'],
  },
  'whole numbers in a range': { type: 'integer', minimum: -3, exclusiveMaximum: 12 },
  alternatives: { anyOf: [{ type: 'integer' }, { type: 'array', items: { type: 'boolean' }, maxItems: 2 }] },
  'alternatives over a base': {
    type: 'object',
    properties: { kind: { type: 'string' } },
    required: ['kind'],
    anyOf: [
      { properties: { kind: { const: 'a' } } },
      { properties: { kind: { const: 'b' }, n: { type: 'boolean' } }, required: ['n'] },
    ],
  },
  'several types': { type: ['boolean', 'null', 'integer'] },
  'all of': {
    allOf: [
      { type: 'object', properties: { a: { type: 'boolean' } }, required: ['a'] },
      { type: 'object', properties: { b: { type: 'boolean' } }, required: ['b'] },
    ],
  },
  recursion: {
    $ref: '#/$defs/tree',
    $defs: {
      tree: { type: 'object', properties: { v: { type: 'boolean' }, next: { $ref: '#/$defs/tree' } }, required: ['v'] },
    },
  },
  formats: { type: 'string', format: 'date-time' },
  'a constant': { const: 'b"\\' },
};

describe('answers of a model that would write anything', () => {
  it.each(Object.entries(schemas))('are valid: %s', async (_, json) => {
    const { candidates, warnings } = await model.generate({
      messages: [{ role: 'user', content: 'Q' }],
      output: { json },
      samples: 8,
      temperature: 1,
      topK: 300,
      topP: 1,
      seed: 7,
      maxOutputTokens: 400,
    });
    expect(warnings).toEqual([]);
    expect(leftOf(json)).toEqual([]);
    const whole = candidates.filter(({ finish }) => finish.by === 'eos');
    expect(whole.length).toBeGreaterThan(4);
    const schema = z.fromJSONSchema(json);
    for (const candidate of whole) {
      const value: unknown = JSON.parse(textOf(candidate));
      expect(schema.safeParse(value), textOf(candidate)).toMatchObject({ success: true });
    }
    expect(new Set(whole.map(textOf)).size).toBeGreaterThan(json['const'] === undefined ? 1 : 0);
  });

  it('are whole where the schema is a bare one', async () => {
    const { candidates } = await model.generate({
      messages: [{ role: 'user', content: 'Q' }],
      output: { json: {} },
      samples: 8,
      temperature: 1,
      topK: 300,
      topP: 1,
      seed: 3,
      maxOutputTokens: 500,
    });
    for (const candidate of candidates) if (candidate.finish.by === 'eos') JSON.parse(textOf(candidate));
    expect(candidates.some(({ finish }) => finish.by === 'eos')).toBe(true);
  });
});

describe('what a grammar cannot hold a model to', () => {
  it.each([
    [{ type: 'string', pattern: '^a' }, ['/pattern']],
    [{ type: 'object', properties: { m: { type: 'string', format: 'email' } } }, ['/properties/m/format']],
    [{ type: 'array', items: { type: 'integer', maximum: 5 }, uniqueItems: true }, ['/uniqueItems', '/items/maximum']],
    [{ type: 'string', maxLength: 100_000 }, ['/maxLength']],
    [{ type: 'number', multipleOf: 0.5, exclusiveMinimum: 0 }, ['/multipleOf', '/exclusiveMinimum']],
    [{ type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }, []],
    [z.toJSONSchema(z.object({ id: z.uuid(), at: z.iso.date().optional() })) as JsonObject, []],
  ] as readonly (readonly [JsonObject, readonly string[]])[])('is named: %j', (schema, left) => {
    expect(leftOf(schema)).toEqual(left);
  });

  it('is named in a warning of the answer', async () => {
    const { warnings } = await model.generate({
      messages: [{ role: 'user', content: 'Q' }],
      output: { json: { type: 'string', pattern: '^a', maxLength: 3 } },
      maxOutputTokens: 10,
    });
    expect(warnings).toEqual([
      expect.objectContaining({ option: 'output', message: expect.stringContaining('/pattern') }),
    ]);
  });
});

describe('schemas that cannot be met or understood', () => {
  it.each([
    [{ type: 'object', properties: { a: { enum: [] } }, required: ['a'] }, '/properties/a/enum" is an empty list'],
    [{ type: 'object', properties: { a: false }, required: ['a'] }, '/properties/a" is false'],
    [{ type: 'object', properties: { a: { type: 'strng' } } }, '/properties/a/type" must be one of string'],
    [{ type: 'array', items: { $ref: 'https://example.com/x' } }, '/items/$ref" "https://example.com/x" lies outside'],
    [{ $ref: '#/$defs/none' }, '/$ref" "#/$defs/none" names nothing'],
    [{ type: 'string', minLength: 5, maxLength: 2 }, 'has minLength 5 above maxLength 2'],
    [{ type: 'integer', minimum: 5, maximum: 2 }, 'lowest value 5 above its highest 2'],
    [{ not: {} }, 'no value meets it'],
    [{ type: 'array', prefixItems: [{}], items: false, minItems: 2 }, 'only 1 items are allowed'],
  ] as readonly (readonly [JsonObject, string])[])('are refused with the place: %j', (json, message) => {
    expect(() => leftOf(json)).toThrow(InvalidOptionError);
    expect(() => leftOf(json)).toThrow(message);
  });

  it('are refused where they only lead to themselves', async () => {
    await expect(
      model.generate({ messages: [{ role: 'user', content: 'Q' }], output: { json: { $ref: '#' } } }),
    ).rejects.toMatchObject({ code: 'invalid-option', option: 'output' });
  });
});
