import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { heldSchema } from './output-schema.ts';

describe('heldSchema', () => {
  it('leaves what the API holds as it is', () => {
    const schema = {
      type: 'object',
      properties: {
        name: { type: 'string', description: 'Whose it is' },
        kind: { enum: ['a', 'b'] },
        at: { type: 'string', format: 'date-time' },
        tags: { type: 'array', items: { $ref: '#/$defs/tag' }, minItems: 1 },
        either: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      },
      required: ['name'],
      additionalProperties: false,
      $defs: { tag: { type: 'string' } },
    };
    expect(heldSchema(schema)).toEqual({ schema, unheld: [] });
  });

  it('closes objects, at any depth, and turns oneOf into anyOf', () => {
    const point = { type: 'object', properties: { x: { type: 'number' } } };
    expect(heldSchema({ type: 'array', items: { oneOf: [point, { type: 'null' }] } }).schema).toEqual({
      type: 'array',
      items: { anyOf: [{ ...point, additionalProperties: false }, { type: 'null' }] },
    });
  });

  it('puts constraints that the API refuses in words, and names them once', () => {
    const { schema, unheld } = heldSchema({
      type: 'object',
      properties: {
        age: { type: 'integer', minimum: 0, maximum: 150, description: 'In years.' },
        code: { type: 'string', pattern: '^[A-Z]+$' },
        few: { type: 'array', items: { type: 'integer', minimum: 1 }, minItems: 2 },
      },
      additionalProperties: true,
    });
    expect(unheld).toEqual(['minimum', 'maximum', 'pattern', 'minItems', 'additionalProperties']);
    expect(schema).toEqual({
      type: 'object',
      properties: {
        age: { type: 'integer', description: 'In years. (minimum: 0, maximum: 150)' },
        code: { type: 'string', description: '(pattern: "^[A-Z]+$")' },
        few: {
          type: 'array',
          items: { type: 'integer', description: '(minimum: 1)' },
          description: '(minItems: 2)',
        },
      },
      additionalProperties: false,
      description: '(additionalProperties: true)',
    });
  });

  it('says nothing about what a schema library writes beside every whole number', () => {
    expect(heldSchema(z.toJSONSchema(z.object({ age: z.int() })) as never)).toEqual({
      schema: {
        type: 'object',
        properties: { age: { type: 'integer' } },
        required: ['age'],
        additionalProperties: false,
      },
      unheld: [],
    });
  });
});
