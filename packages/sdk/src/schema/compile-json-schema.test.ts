import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import type { JsonObject, JsonValue } from '../spec/json.ts';
import { compileJsonSchema } from './compile-json-schema.ts';
import { sentenceOf } from './json-check.ts';

interface Row {
  readonly schema: JsonObject;
  readonly good?: readonly JsonValue[];
  readonly bad?: readonly JsonValue[];
}

const person: JsonObject = {
  type: 'object',
  properties: { name: { type: 'string', minLength: 1 }, age: { type: 'integer', minimum: 0 } },
  required: ['name'],
  additionalProperties: false,
};

const rows: Readonly<Record<string, Row>> = {
  'an empty schema': { schema: {}, good: [null, 1, 'a', [], {}] },
  type: { schema: { type: 'string' }, good: ['', 'a'], bad: [1, null, [], {}] },
  'several types': { schema: { type: ['string', 'null'] }, good: ['a', null], bad: [1, false] },
  integer: { schema: { type: 'integer' }, good: [1, 1.0, -3, 1e30], bad: [1.5, '1', null] },
  enum: {
    schema: { enum: ['a', 1, null, { b: [1], a: 2 }] },
    good: ['a', 1, null, { a: 2, b: [1] }],
    bad: ['1', 'b', {}],
  },
  'enum beside other keywords': { schema: { enum: ['a', 'long'], minLength: 2 }, good: ['long'], bad: ['a'] },
  const: { schema: { const: { a: [1, 2] } }, good: [{ a: [1, 2] }], bad: [{ a: [2, 1] }, { a: [1, 2], b: 1 }, null] },
  'const null': { schema: { const: null }, good: [null], bad: [0, false, ''] },
  'keywords without a type hold for their own type only': {
    schema: { minLength: 3, minimum: 5 },
    good: ['abc', 5, null, []],
    bad: ['ab', 4],
  },
  minimum: { schema: { minimum: 3 }, good: [3, 4], bad: [2.9] },
  maximum: { schema: { maximum: 3 }, good: [3], bad: [3.1] },
  'exclusive bounds': { schema: { exclusiveMinimum: 0, exclusiveMaximum: 1 }, good: [0.5], bad: [0, 1] },
  multipleOf: { schema: { multipleOf: 0.1 }, good: [0.3, 1, 0, -0.7], bad: [0.35] },
  'length in characters': { schema: { minLength: 2, maxLength: 2 }, good: ['ab', '😀a'], bad: ['😀', 'abc'] },
  pattern: { schema: { pattern: 'b+' }, good: ['abbc'], bad: ['ac'] },
  'a pattern with classes of Unicode': { schema: { pattern: '^\\p{Lu}' }, good: ['Éa'], bad: ['éa'] },
  'a pattern that is valid without Unicode only': {
    schema: { pattern: '^[\\w\\-]+\\@$' },
    good: ['a-b@'],
    bad: ['a b@'],
  },
  'format date-time': {
    schema: { format: 'date-time' },
    good: ['2026-11-24T10:00:00Z', '2026-11-24t10:00:00.5+01:00', 3],
    bad: ['2026-11-24', '2026-02-30T10:00:00Z', '2026-11-24T25:00:00Z'],
  },
  'format date': {
    schema: { format: 'date' },
    good: ['2024-02-29'],
    bad: ['2026-02-29', '2026-13-01', '2026-1-1', ''],
  },
  'format time': { schema: { format: 'time' }, good: ['23:59:60Z', '10:00:00-08:00'], bad: ['10:00:00', '24:00:00Z'] },
  'format duration': {
    schema: { format: 'duration' },
    good: ['P1D', 'PT5M', 'P2W', 'P1Y2M3DT4H'],
    bad: ['P', 'PT', '1D', 'P1DT'],
  },
  'format email': { schema: { format: 'email' }, good: ['a.b@c.org'], bad: ['a@b', 'a b@c.org', '@c.org'] },
  'format hostname': {
    schema: { format: 'hostname' },
    good: ['a-b.example', 'localhost'],
    bad: ['-a.org', 'a..b', ''],
  },
  'format ipv4': {
    schema: { format: 'ipv4' },
    good: ['127.0.0.1', '255.255.255.255'],
    bad: ['256.0.0.1', '1.2.3', '01.2.3.4', '1.2.3.4.'],
  },
  'format ipv6': {
    schema: { format: 'ipv6' },
    good: ['::', '::1', '2001:db8::8a2e:370:7334', '::ffff:1.2.3.4', '1:2:3:4:5:6:7:8'],
    bad: ['1:2', ':::', '1::2::3', '12345::', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7::8:9'],
  },
  'format uri': { schema: { format: 'uri' }, good: ['https://a.org/b?c#d', 'urn:x:y'], bad: ['a/b', 'https://a b'] },
  'format uuid': { schema: { format: 'uuid' }, good: ['123e4567-e89b-12d3-a456-426614174000'], bad: ['123e4567'] },
  "a format of one's own": { schema: { format: 'shoe-size' }, good: ['anything'] },
  items: { schema: { items: { type: 'number' } }, good: [[], [1, 2], 'no array'], bad: [['a'], [1, null]] },
  prefixItems: {
    schema: { prefixItems: [{ type: 'string' }, { type: 'number' }], items: false },
    good: [[], ['a'], ['a', 1]],
    bad: [[1], ['a', 1, 2]],
  },
  'the list of items of earlier drafts': {
    schema: { items: [{ type: 'string' }], additionalItems: { type: 'number' } },
    good: [['a', 1]],
    bad: [['a', 'b'], [1]],
  },
  'minItems and maxItems': { schema: { minItems: 1, maxItems: 2 }, good: [[1], [1, 2]], bad: [[], [1, 2, 3]] },
  uniqueItems: {
    schema: { uniqueItems: true },
    good: [
      [1, '1', [1]],
      [{ a: 1 }, { a: 2 }],
    ],
    bad: [
      [1, 1],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
  },
  contains: { schema: { contains: { const: 1 } }, good: [[0, 1]], bad: [[], [0]] },
  'minContains and maxContains': {
    schema: { contains: { const: 1 }, minContains: 0, maxContains: 1 },
    good: [[], [1]],
    bad: [[1, 1]],
  },
  properties: {
    schema: person,
    good: [{ name: 'Ada' }, { name: 'Ada', age: 36 }],
    bad: [{}, { name: '' }, { name: 'Ada', age: -1 }, { name: 'Ada', x: 1 }, []],
  },
  'required without a property of that name': {
    schema: { type: 'object', required: ['a'] },
    good: [{ a: 1 }],
    bad: [{}],
  },
  'fields of the prototype': {
    schema: { type: 'object', required: ['toString'], properties: { constructor: { type: 'number' } } },
    good: [{ toString: 1, constructor: 1 }],
    bad: [{}, { toString: 1, constructor: 'a' }],
  },
  additionalProperties: {
    schema: { properties: { a: true }, additionalProperties: { type: 'number' } },
    good: [{ a: 'x', b: 1 }],
    bad: [{ b: 'x' }],
  },
  patternProperties: {
    schema: { patternProperties: { '^n': { type: 'number' } }, additionalProperties: false },
    good: [{ n: 1, no: 2 }],
    bad: [{ n: 'a' }, { x: 1 }],
  },
  propertyNames: { schema: { propertyNames: { maxLength: 2 } }, good: [{ ab: 1 }], bad: [{ abc: 1 }] },
  'minProperties and maxProperties': {
    schema: { minProperties: 1, maxProperties: 1 },
    good: [{ a: 1 }],
    bad: [{}, { a: 1, b: 2 }],
  },
  dependentRequired: {
    schema: { dependentRequired: { a: ['b'] } },
    good: [{}, { b: 1 }, { a: 1, b: 1 }],
    bad: [{ a: 1 }],
  },
  dependentSchemas: {
    schema: { dependentSchemas: { a: { required: ['b'] } } },
    good: [{}, { a: 1, b: 1 }],
    bad: [{ a: 1 }],
  },
  allOf: { schema: { allOf: [{ minimum: 1 }, { maximum: 3 }] }, good: [2], bad: [0, 4] },
  anyOf: { schema: { anyOf: [{ type: 'string' }, { minimum: 2 }] }, good: ['a', 2], bad: [1] },
  oneOf: { schema: { oneOf: [{ multipleOf: 2 }, { multipleOf: 3 }] }, good: [2, 3], bad: [6, 5] },
  not: { schema: { not: { type: 'string' } }, good: [1], bad: ['a'] },
  'if, then, else': {
    // As text, because an object with a field "then" looks like a promise.
    schema: JSON.parse('{"if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}}'),
    good: [{ a: 1, b: 1 }, { c: 1 }],
    bad: [{ a: 1 }, {}],
  },
  'if alone': { schema: { if: { type: 'string' } }, good: ['a', 1] },
  $defs: { schema: { $ref: '#/$defs/person', $defs: { person } }, good: [{ name: 'Ada' }], bad: [{}] },
  '$ref beside other keywords': {
    schema: { $ref: '#/$defs/a', minimum: 2, $defs: { a: { maximum: 3 } } },
    good: [2, 3],
    bad: [1, 4],
  },
  '$ref to any place': {
    schema: { properties: { a: { type: 'string' }, b: { $ref: '#/properties/a' } } },
    good: [{ b: 'x' }],
    bad: [{ b: 1 }],
  },
  '$ref with escapes': {
    schema: { $ref: '#/$defs/a~1b%20c', $defs: { 'a/b c': { type: 'null' } } },
    good: [null],
    bad: [1],
  },
  'a schema that holds itself': {
    schema: {
      type: 'object',
      properties: { next: { $ref: '#' }, tree: { $ref: '#/$defs/tree' } },
      $defs: { tree: { type: 'array', items: { $ref: '#/$defs/tree' } } },
      additionalProperties: false,
    },
    good: [{ next: { next: {} } }, { tree: [[], [[]]] }],
    bad: [{ next: { next: 1 } }, { tree: [[1]] }],
  },
};

describe('compileJsonSchema', () => {
  it.each(Object.entries(rows))('checks %s', (_, { schema, good = [], bad = [] }) => {
    const check = compileJsonSchema(schema, 'output');
    expect(good.map((value) => check(value))).toEqual(good.map(() => undefined));
    expect(bad.filter((value) => check(value) === undefined)).toEqual([]);
  });

  it.each<readonly [JsonObject, JsonValue, string]>([
    [person, {}, 'the value must have the field "name"'],
    [person, { name: 'Ada', age: 'old' }, 'age must be a whole number, received "old"'],
    [person, { name: 'Ada', 'e mail': 1 }, 'the value must not have the field "e mail"'],
    [
      { items: { properties: { 'a b': { items: { type: 'string' } } } } },
      [{}, { 'a b': ['x', 1] }],
      '[1]["a b"][1] must be a string, received 1',
    ],
    [
      { anyOf: [{ type: 'string' }, { properties: { a: { type: 'number' } } }] },
      { a: 'b' },
      'a must be a number, received "b"',
    ],
    [
      { type: ['array', 'null'] },
      'x'.repeat(100),
      `the value must be an array or null, received "${'x'.repeat(56)}...`,
    ],
  ])('says where and how %j is missed', (schema, value, sentence) => {
    const miss = compileJsonSchema(schema, 'output')(value);
    expect(miss && sentenceOf(miss)).toBe(sentence);
  });

  it.each<readonly [JsonObject, string]>([
    [{ type: 'text' }, '#, type'],
    [{ properties: { a: { minimum: '3' } } }, '#/properties/a, minimum'],
    [{ properties: [] }, '#, properties'],
    [{ items: 3 }, '#/items, the schema'],
    [{ enum: [] }, '#, enum'],
    [{ allOf: [] }, '#, allOf'],
    [{ pattern: '(' }, '#, pattern'],
    [{ multipleOf: 0 }, '#, multipleOf'],
    [{ minLength: -1 }, '#, minLength'],
    [{ required: 'a' }, '#, required'],
    [{ $ref: '#/$defs/lost' }, '#, $ref'],
    [{ $ref: 'https://example.org/schema' }, '#, $ref'],
    [{ properties: { a: { unevaluatedProperties: false } } }, '#/properties/a, unevaluatedProperties'],
    [{ items: { $dynamicRef: '#a' } }, '#/items, $dynamicRef'],
  ])('refuses %j, which cannot be checked', (schema, place) => {
    expect(() => compileJsonSchema(schema, 'output')).toThrow(InvalidOptionError);
    expect(() => compileJsonSchema(schema, 'output')).toThrow(
      `output has a JSON Schema that cannot be checked: at ${place} `,
    );
  });

  it.each<readonly [JsonObject, string]>([
    [{ not: {} }, 'at #, not excludes everything'],
    [{ not: true }, 'at #, not excludes everything'],
    [{ type: 'number', minimum: 3, maximum: 1 }, 'at #, no number is at least 3 and at most 1'],
    [{ type: 'integer', exclusiveMinimum: 1, maximum: 1 }, 'at #, no number'],
    [{ type: 'string', minLength: 3, maxLength: 1 }, 'at #, minLength 3 is above maxLength 1'],
    [{ type: 'array', minItems: 3, maxItems: 1 }, 'at #, minItems'],
    [{ type: 'array', minItems: 1, items: false }, 'at #, item 0'],
    [{ type: 'object', minProperties: 2, maxProperties: 1 }, 'at #, minProperties'],
    [{ type: 'object', properties: { a: { not: {} } }, required: ['a'] }, 'at #, the required field "a"'],
    [{ type: 'object', additionalProperties: false, required: ['a'] }, 'at #, the required field "a"'],
    [{ type: 'string', enum: [1, 2] }, 'at #, no value of enum'],
    [{ const: 'a', minLength: 2 }, 'at #, no value of const'],
    [{ anyOf: [{ not: {} }, false] }, 'at #, no branch of anyOf'],
    [{ allOf: [{}, { type: 'string', minLength: 2, maxLength: 1 }] }, 'at #/allOf/1'],
    [{ $ref: '#/$defs/none', $defs: { none: { not: {} } } }, 'at #/$defs/none'],
  ])('refuses %j, which nothing can meet', (schema, place) => {
    expect(() => compileJsonSchema(schema, 'output')).toThrow(
      `output has a JSON Schema that nothing can meet: ${place}`,
    );
  });

  it.each<JsonObject>([
    { minimum: 3, maximum: 1 },
    { type: ['number', 'null'], minimum: 3, maximum: 1 },
    { type: 'array', items: false },
    { type: 'object', properties: { a: { not: {} } } },
    { anyOf: [{ not: {} }, { type: 'null' }] },
  ])('takes %j, which something meets', (schema) => {
    expect(compileJsonSchema(schema, 'output')).toBeTypeOf('function');
  });

  it('accepts every value that a schema written from it describes, and never one with a field too many', () => {
    const described = (value: JsonValue): JsonObject => {
      if (Array.isArray(value)) {
        return { type: 'array', prefixItems: value.map(described), items: false, minItems: value.length };
      }
      if (typeof value !== 'object' || value === null) return { const: value };
      const fields = Object.entries(value);
      return {
        type: 'object',
        properties: Object.fromEntries(fields.map(([key, field]) => [key, described(field)])),
        required: fields.map(([key]) => key),
        additionalProperties: false,
      };
    };
    // As a model would have written it: text has no −0 and no keys that JSON does not have.
    const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);
    fc.assert(
      fc.property(
        json.filter((value) => value === null || !Array.isArray(value) || value.length > 0),
        (value) => {
          if (hasEmptyList(value)) return;
          const check = compileJsonSchema(described(value), 'output');
          expect(check(value)).toBeUndefined();
          if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
            expect(check({ ...(value as JsonObject), 'one too many': 1 })).toBeDefined();
          }
          expect(check([value])).toBeDefined();
        },
      ),
    );
  });
});

function hasEmptyList(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.length === 0 || value.some(hasEmptyList);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasEmptyList);
}
