import type { JsonObject, JsonValue } from '../../spec/json.ts';
import { fieldsOf } from '../json-fields.ts';

/** A schema as the API can hold an answer to it. */
export interface HeldSchema {
  readonly schema: JsonObject;
  /** Keywords that the API does not hold. They stand in the descriptions, for the model to read. */
  readonly unheld: readonly string[];
}

const kept = new Set(['type', 'enum', 'const', 'title', 'description', 'required', '$ref']);
const lists: { readonly [keyword: string]: string } = { anyOf: 'anyOf', oneOf: 'anyOf', allOf: 'allOf' };
const named = new Set(['properties', '$defs', 'definitions']);
const formats = new Set(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid']);

/**
 * Rewrites a JSON Schema in the subset that the API holds answers to: objects are closed, `oneOf` is `anyOf`, and
 * constraints that it refuses (lengths, ranges, patterns) are put in words.
 */
export function heldSchema(json: JsonObject): HeldSchema {
  const unheld = new Set<string>();
  return { schema: rewrite(json, unheld), unheld: [...unheld] };
}

function rewrite(json: JsonObject, unheld: Set<string>): JsonObject {
  const schema: Record<string, JsonValue> = {};
  const inWords: string[] = [];
  for (const [keyword, value] of Object.entries(json)) {
    if (keyword === '$schema' || isNoConstraint(keyword, value)) continue;
    const written = rewriteKeyword(keyword, value, unheld);
    if (written !== undefined) schema[written[0]] = written[1];
    else {
      unheld.add(keyword);
      inWords.push(`${keyword}: ${JSON.stringify(value)}`);
    }
  }
  if (isObjectSchema(json)) schema['additionalProperties'] = false;
  if (inWords.length > 0) {
    const { description } = schema;
    schema['description'] = `${typeof description === 'string' ? `${description} ` : ''}(${inWords.join(', ')})`;
  }
  return schema;
}

function rewriteKeyword(keyword: string, value: JsonValue, unheld: Set<string>): [string, JsonValue] | undefined {
  if (kept.has(keyword)) return [keyword, value];
  const list = Object.hasOwn(lists, keyword) ? lists[keyword] : undefined;
  if (list !== undefined && Array.isArray(value))
    return [list, value.map((each: JsonValue) => rewriteAny(each, unheld))];
  const fields = fieldsOf(value);
  if (named.has(keyword) && fields !== undefined) {
    const entries = Object.entries(fields as JsonObject).map(
      ([name, each]) => [name, rewriteAny(each, unheld)] as const,
    );
    return [keyword, Object.fromEntries(entries)];
  }
  if (keyword === 'items' && fields !== undefined) return [keyword, rewriteAny(value, unheld)];
  if (keyword === 'format' && typeof value === 'string' && formats.has(value)) return [keyword, value];
  if (keyword === 'minItems' && (value === 0 || value === 1)) return [keyword, value];
  return undefined;
}

/** Schemas may be `true` or `false`, which stay as they are. */
function rewriteAny(value: JsonValue, unheld: Set<string>): JsonValue {
  const fields = fieldsOf(value);
  return fields === undefined ? value : rewrite(fields as JsonObject, unheld);
}

function isObjectSchema({ type, properties }: JsonObject): boolean {
  return type === 'object' || (Array.isArray(type) && type.includes('object')) || fieldsOf(properties) !== undefined;
}

/** What schema libraries write beside every object and every whole number. */
function isNoConstraint(keyword: string, value: JsonValue): boolean {
  if (keyword === 'additionalProperties') return value === false;
  return (
    (keyword === 'minimum' && value === Number.MIN_SAFE_INTEGER) ||
    (keyword === 'maximum' && value === Number.MAX_SAFE_INTEGER)
  );
}
