import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { JsonObject } from '../../spec/json.ts';
import { isStrictSchema } from './strict-schema.ts';

const closed = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };

describe('isStrictSchema', () => {
  it.each([
    ['an object that is closed and names all', closed],
    ['an array of such', { type: 'array', items: closed }],
    ['a choice of such', { anyOf: [closed, { type: 'null' }] }],
    ['a reference to such', { $ref: '#/$defs/a', $defs: { a: closed } }],
    ['no object at all', { type: 'string', enum: ['object'] }],
    ['an enum that looks like a schema', { enum: [{ type: 'object' }] }],
  ])('is true for %s', (_, schema) => {
    expect(isStrictSchema(schema)).toBe(true);
  });

  it.each([
    ['is open', { type: 'object', properties: {} }],
    ['has an optional property', { ...closed, required: [] }],
    ['has an open object inside', { ...closed, properties: { a: { type: 'object' } } }],
    ['has an open one among its items', { type: 'array', items: { properties: { b: {} } } }],
    ['has an open definition', { ...closed, $defs: { b: { type: 'object' } } }],
  ])('is false for a schema that %s', (_, schema) => {
    expect(isStrictSchema(schema as JsonObject)).toBe(false);
  });

  it('holds for what zod writes for a closed object, and not with an optional key', () => {
    expect(isStrictSchema(z.toJSONSchema(z.strictObject({ a: z.string() })) as JsonObject)).toBe(true);
    expect(isStrictSchema(z.toJSONSchema(z.strictObject({ a: z.string().optional() })) as JsonObject)).toBe(false);
  });
});
