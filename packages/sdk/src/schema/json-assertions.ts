import { canonicalJson } from '../wire/canonical-json.ts';
import type { JsonObject, JsonValue } from '../spec/json.ts';
import { fieldsOf } from '../wire/json-fields.ts';
import { type JsonCheck, missBelow, missOf } from './json-check.ts';
import { jsonFormats } from './json-formats.ts';
import { type JsonType, typeNames } from './json-types.ts';
import type { SchemaReader } from './schema-reader.ts';

/** The types a schema allows, or undefined where it says nothing about them. */
export function typesOf(schema: JsonObject, reader: SchemaReader): readonly JsonType[] | undefined {
  const { type } = schema;
  if (type === undefined) return undefined;
  const types: readonly JsonValue[] = Array.isArray(type) ? type : [type];
  const unknown = types.find((each) => !typeNames.includes(each as JsonType));
  if (unknown !== undefined || types.length === 0) {
    throw reader.refusal('type', `must be one or more of ${typeNames.join(', ')}, received ${JSON.stringify(type)}`);
  }
  return types as readonly JsonType[];
}

/** Checks by `type`. */
export function typeCheck(types: readonly JsonType[]): JsonCheck {
  const expected = `must be ${types.map((type) => (type === 'integer' ? 'a whole number' : withArticle(type))).join(' or ')}`;
  return (value) => (types.some((type) => isOfType(value, type)) ? undefined : missOf(expected, value));
}

function withArticle(type: JsonType): string {
  if (type === 'null') return type;
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}

function isOfType(value: JsonValue, type: JsonType): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return fieldsOf(value) !== undefined;
    case 'integer':
      return Number.isInteger(value);
    case 'boolean':
    case 'number':
    case 'string':
      return typeof value === type;
    default:
      return type satisfies never;
  }
}

/** Checks by `enum` or `const`. Values are equal as JSON: the order of keys does not matter. */
export function valueCheck(allowed: readonly JsonValue[]): JsonCheck {
  const known = new Set(allowed.map(canonicalJson));
  const list = allowed.map((value) => JSON.stringify(value)).join(', ');
  const expected = allowed.length === 1 ? `must be ${list}` : `must be one of ${list}`;
  return (value) => (known.has(canonicalJson(value)) ? undefined : missOf(expected, value));
}

/** Checks of numbers. */
export function numberChecks(reader: SchemaReader): readonly JsonCheck[] {
  const minimum = reader.number('minimum');
  const maximum = reader.number('maximum');
  const above = reader.number('exclusiveMinimum');
  const below = reader.number('exclusiveMaximum');
  const multipleOf = reader.number('multipleOf');
  if (multipleOf !== undefined && multipleOf <= 0) {
    throw reader.refusal('multipleOf', `must be above 0, received ${multipleOf}`);
  }
  const least = Math.max(minimum ?? Number.NEGATIVE_INFINITY, above ?? Number.NEGATIVE_INFINITY);
  const most = Math.min(maximum ?? Number.POSITIVE_INFINITY, below ?? Number.POSITIVE_INFINITY);
  if (least > most || (least === most && (least === above || most === below))) {
    reader.emptyFor(['number', 'integer'], `no number is at least ${least} and at most ${most}`);
  }
  const checks: JsonCheck[] = [];
  const add = (expected: string, holds: (value: number) => boolean): void => {
    checks.push((value) =>
      typeof value !== 'number' || holds(value) ? undefined : missOf(`must be ${expected}`, value),
    );
  };
  if (minimum !== undefined) add(`${minimum} or more`, (value) => value >= minimum);
  if (maximum !== undefined) add(`${maximum} or less`, (value) => value <= maximum);
  if (above !== undefined) add(`above ${above}`, (value) => value > above);
  if (below !== undefined) add(`below ${below}`, (value) => value < below);
  if (multipleOf !== undefined) add(`a multiple of ${multipleOf}`, (value) => isMultiple(value, multipleOf));
  return checks;
}

/** 0.3 is a multiple of 0.1, though not in binary fractions. */
function isMultiple(value: number, of: number): boolean {
  const times = value / of;
  return Math.abs(times - Math.round(times)) <= 1e-9 * Math.max(1, Math.abs(times));
}

/** Checks of strings. Lengths are counted in characters, not in UTF-16 units. */
export function stringChecks(reader: SchemaReader): readonly JsonCheck[] {
  const [least, most] = reader.bounds('minLength', 'maxLength', 'string');
  const format = reader.text('format');
  const pattern = reader.pattern('pattern');
  const checks: JsonCheck[] = [];
  const add = (expected: string, holds: (text: string) => boolean): void => {
    checks.push((value) => (typeof value !== 'string' || holds(value) ? undefined : missOf(`must ${expected}`, value)));
  };
  const lengthOf = (text: string): number => Array.from(text).length;
  if (least > 0) add(`have ${least} characters or more`, (text) => lengthOf(text) >= least);
  if (most < Number.POSITIVE_INFINITY) add(`have ${most} characters or less`, (text) => lengthOf(text) <= most);
  if (pattern !== undefined) add(`match ${pattern.source}`, (text) => pattern.test(text));
  const isFormat = format !== undefined && Object.hasOwn(jsonFormats, format) ? jsonFormats[format] : undefined;
  if (isFormat !== undefined) add(`be a ${format}`, isFormat);
  return checks;
}

/** Checks of arrays as a whole: how many items, and whether all differ. */
export function arrayChecks(reader: SchemaReader): readonly JsonCheck[] {
  const [least, most] = reader.bounds('minItems', 'maxItems', 'array');
  const checks: JsonCheck[] = [];
  if (least > 0 || most < Number.POSITIVE_INFINITY) {
    checks.push((value) =>
      !Array.isArray(value) || (value.length >= least && value.length <= most)
        ? undefined
        : { path: [], reason: `must have ${range(least, most)} items, and has ${value.length}` },
    );
  }
  if (reader.schema['uniqueItems'] === true) {
    checks.push((value) => {
      if (!Array.isArray(value)) return undefined;
      const seen = new Set<string>();
      for (const [i, item] of value.entries()) {
        const key = canonicalJson(item);
        if (seen.has(key)) return missBelow(i, { path: [], reason: 'repeats an item before it' });
        seen.add(key);
      }
      return undefined;
    });
  }
  return checks;
}

/** Checks of objects as a whole: how many fields, and which must be there. */
export function objectChecks(reader: SchemaReader): readonly JsonCheck[] {
  const [least, most] = reader.bounds('minProperties', 'maxProperties', 'object');
  const required = reader.names('required');
  const dependent = Object.entries(reader.schemas('dependentRequired')).map(
    ([name, names]) => [name, reader.namesIn('dependentRequired', names)] as const,
  );
  const checks: JsonCheck[] = [];
  const add = (check: (fields: JsonObject) => string | undefined): void => {
    checks.push((value) => {
      const fields = fieldsOf(value) as JsonObject | undefined;
      const reason = fields === undefined ? undefined : check(fields);
      return reason === undefined ? undefined : { path: [], reason };
    });
  };
  if (least > 0 || most < Number.POSITIVE_INFINITY) {
    add((fields) => {
      const count = Object.keys(fields).length;
      return count >= least && count <= most ? undefined : `must have ${range(least, most)} fields, and has ${count}`;
    });
  }
  const lacking = (fields: JsonObject, names: readonly string[]): string | undefined => {
    const name = names.find((each) => !Object.hasOwn(fields, each));
    return name === undefined ? undefined : `must have the field ${JSON.stringify(name)}`;
  };
  if (required.length > 0) add((fields) => lacking(fields, required));
  for (const [name, names] of dependent) {
    add((fields) => (Object.hasOwn(fields, name) ? lacking(fields, names) : undefined));
  }
  return checks;
}

function range(least: number, most: number): string {
  if (most === Number.POSITIVE_INFINITY) return `${least} or more`;
  return least === most ? String(least) : `${least} to ${most}`;
}
