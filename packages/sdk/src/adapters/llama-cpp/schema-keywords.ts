import type { JsonObject } from '../../spec/json.ts';

/** The types of JSON Schema. */
export const typeNames = new Set(['string', 'number', 'integer', 'boolean', 'null', 'array', 'object']);

/** Keywords that say something a grammar cannot hold a model to. */
const inexpressible = [
  'pattern',
  'multipleOf',
  'uniqueItems',
  'contains',
  'minContains',
  'maxContains',
  'minProperties',
  'maxProperties',
  'patternProperties',
  'dependentRequired',
  'dependentSchemas',
  'dependencies',
  'not',
  'if',
  'unevaluatedProperties',
  'unevaluatedItems',
] as const;

/** The keywords of a schema that a grammar cannot hold a model to. */
export function inexpressibleKeywords(schema: JsonObject): readonly string[] {
  return inexpressible.filter((keyword) => isMeant(schema, keyword));
}

/** Whether a keyword says more than that anything goes. */
function isMeant(schema: JsonObject, keyword: string): boolean {
  const value = schema[keyword];
  if (keyword === 'minProperties') return typeof value === 'number' && value > 0;
  return value !== undefined && value !== false;
}

/** The type of a schema that names none but has keywords of one. */
export function impliedType(schema: JsonObject): string | undefined {
  if (schema['properties'] !== undefined || schema['required'] !== undefined) return 'object';
  if (schema['items'] !== undefined || schema['prefixItems'] !== undefined) return 'array';
  return schema['minLength'] !== undefined || schema['maxLength'] !== undefined || schema['pattern'] !== undefined
    ? 'string'
    : undefined;
}
