import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { StandardSchema } from '../spec/schema.ts';
import { schemaCheck } from './schema-check.ts';

const asynchronous: StandardSchema<number> = {
  '~standard': {
    version: 1,
    vendor: 'own',
    validate: async (value) =>
      typeof value === 'number'
        ? { value: value + 1 }
        : { issues: [{ message: 'no number', path: [{ key: 'a' }, 0] }] },
  },
};

describe('schemaCheck', () => {
  it('gives a value back as it is, or says how it misses a JSON Schema', () => {
    const check = schemaCheck({ json: { type: 'object', properties: { a: { type: 'number' } } } }, 'output');
    expect(check({ a: 1 })).toEqual({ value: { a: 1 } });
    expect(check({ a: 'x' })).toEqual({ issue: 'a must be a number, received "x"' });
  });

  it('asks a schema with code of its own, and not the JSON Schema beside it', () => {
    const standard = z.object({ a: z.number().transform((value) => value * 2) });
    const check = schemaCheck({ standard, json: { not: {} } }, 'output');
    expect(check({ a: 2 })).toEqual({ value: { a: 4 } });
    expect(check({ a: 'x' })).toMatchObject({ issue: expect.stringMatching(/^a does not fit: .*number/) });
  });

  it('waits for a check that takes its time', async () => {
    const check = schemaCheck({ standard: asynchronous }, 'output');
    expect(await check(3)).toEqual({ value: 4 });
    expect(await check('3')).toEqual({ issue: 'a[0] does not fit: no number' });
  });

  it.each<readonly [string, () => never]>([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken')) as never],
  ])('takes a check that %s for a miss', async (_, validate) => {
    const standard: StandardSchema = { '~standard': { version: 1, vendor: 'own', validate } };
    expect(await schemaCheck({ standard }, 'output')(1)).toEqual({ issue: "the schema's own check failed: broken" });
  });

  it('takes a value that is nested too deeply to be checked for a miss', () => {
    const check = schemaCheck({ json: { items: { $ref: '#' } } }, 'output');
    const deep = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
    expect(check(deep)).toMatchObject({ issue: expect.stringMatching(/could not be checked/) });
  });

  it('is made once for each schema', () => {
    const json = { type: 'string' } as const;
    expect(schemaCheck({ json }, 'output')).toBe(schemaCheck({ json, name: 'other' }, 'tools: find'));
  });

  it('refuses what is no schema', () => {
    expect(() => schemaCheck({ type: 'object' } as never, 'output')).toThrow(/output must be \{ json \}.*"type"/);
  });
});
