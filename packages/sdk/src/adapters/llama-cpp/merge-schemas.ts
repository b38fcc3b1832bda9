import type { JsonObject, JsonValue } from '../../spec/json.ts';

/** A schema that says what two schemas say, as far as that can be put into one. */
export function mergeSchemas(
  one: JsonObject,
  other: JsonObject,
): { readonly schema: JsonObject; readonly conflicts: readonly string[] } {
  const conflicts: string[] = [];
  const schema: { [keyword: string]: JsonValue } = { ...one };
  for (const [keyword, value] of Object.entries(other)) {
    const known = one[keyword];
    if (known === undefined || JSON.stringify(known) === JSON.stringify(value)) schema[keyword] = value;
    else if (keyword === 'required') schema[keyword] = [...new Set([...asList(known), ...asList(value)])];
    else if (keyword === 'properties') schema[keyword] = mergeProperties(known, value, conflicts);
    else if (!annotations.has(keyword)) {
      schema[keyword] = value;
      conflicts.push(keyword);
    }
  }
  return { schema, conflicts };
}

const annotations = new Set(['title', 'description', 'default', 'examples', '$schema', '$id', '$comment']);

function mergeProperties(known: JsonValue, more: JsonValue, conflicts: string[]): JsonObject {
  const merged: { [name: string]: JsonValue } = { ...asObject(known) };
  for (const [name, property] of Object.entries(asObject(more))) {
    const before = merged[name];
    if (before === undefined) merged[name] = property;
    else {
      const both = mergeSchemas(asObject(before), asObject(property));
      merged[name] = both.schema;
      conflicts.push(...both.conflicts.map((keyword) => `properties/${name}/${keyword}`));
    }
  }
  return merged;
}

function asList(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function asObject(value: JsonValue): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
