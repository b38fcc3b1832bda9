import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { schemaJson } from './schema-json.ts';

describe('schemaJson', () => {
  it('is the JSON Schema that was given, before one the schema could write', () => {
    const json = { type: 'object' } as const;
    expect(schemaJson({ json, standard: z.string() }, 'output')).toBe(json);
  });

  it('is written by schemas that can write themselves', () => {
    expect(schemaJson({ standard: z.object({ prime: z.number() }) }, 'output')).toMatchObject({
      type: 'object',
      properties: { prime: { type: 'number' } },
      required: ['prime'],
    });
  });

  it('asks for the JSON Schema where a schema cannot write itself', () => {
    const standard = { '~standard': { version: 1, vendor: 'own', validate: (value: unknown) => ({ value }) } } as const;
    expect(() => schemaJson({ standard }, 'tools: find')).toThrow(InvalidOptionError);
    expect(() => schemaJson({ standard }, 'tools: find')).toThrow(/tools: find .*\{ standard, json \}/);
  });
});
