import type { JsonValue } from '../spec/json.ts';
import type { OutputSchema, StandardSchema } from '../spec/schema.ts';

/** A schema of zod, valibot, arktype and the like; or `{ json }`, a JSON Schema. */
export type ObjectSchema = StandardSchema | OutputSchema;

/** What a schema makes of an answer: its own output type, or plain JSON. */
export type ObjectOf<Schema extends ObjectSchema> =
  Schema extends StandardSchema<infer Output>
    ? Output
    : Schema extends { readonly standard: StandardSchema<infer Output> }
      ? Output
      : JsonValue;

/** The schema as requests hold it. */
export function outputSchema(schema: ObjectSchema): OutputSchema {
  return '~standard' in schema ? { standard: schema } : schema;
}
