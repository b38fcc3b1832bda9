import type { JsonObject, JsonValue } from '../../spec/json.ts';
import { fieldsOf } from '../json-fields.ts';

/**
 * Whether OpenAI can hold an answer to a schema exactly. It can where every object names all its properties as required
 * and allows no others; sent as strict, any other schema is refused.
 */
export function isStrictSchema(schema: JsonObject): boolean {
  return everySchema(schema, (each) => {
    const properties = fieldsOf(each['properties']);
    if (each['type'] !== 'object' && properties === undefined) return true;
    const required = Array.isArray(each['required']) ? each['required'] : [];
    return (
      each['additionalProperties'] === false && Object.keys(properties ?? {}).every((key) => required.includes(key))
    );
  });
}

const oneSchema = ['items', 'additionalProperties', 'not'];
const listOfSchemas = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const namedSchemas = ['properties', '$defs', 'definitions'];

/** Whether a test holds for a schema and all schemas inside it. Values that only look like schemas (`enum`, `default`) are not. */
function everySchema(schema: JsonValue | undefined, holds: (schema: JsonObject) => boolean): boolean {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return true;
  const object = schema as JsonObject;
  const inside = [
    ...oneSchema.map((keyword) => object[keyword]),
    ...listOfSchemas.flatMap((keyword) => (object[keyword] as readonly JsonValue[] | undefined) ?? []),
    ...namedSchemas.flatMap((keyword) => Object.values((object[keyword] as JsonObject | undefined) ?? {})),
  ];
  return holds(object) && inside.every((each) => everySchema(each, holds));
}
