import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { messageOf } from '../leaf/result-of-parts.ts';
import type { JsonObject, JsonValue } from '../spec/json.ts';
import type { OutputSchema, StandardResult, StandardSchema } from '../spec/schema.ts';
import { compileJsonSchema } from './compile-json-schema.ts';
import { sentenceOf } from './json-check.ts';

/** A value that meets its schema, as the schema gives it back; or how it misses the schema, as one sentence. */
export type Checked = { readonly value: unknown; readonly issue?: undefined } | { readonly issue: string };

/** Checks a JSON value. Never throws: a schema whose own code fails is an issue that says so. */
export type SchemaCheck = (value: JsonValue) => Checked | Promise<Checked>;

const checks = new WeakMap<object, SchemaCheck>();

/**
 * The check of a schema: by its own code where it has some, else by its JSON Schema. Made once for each schema object.
 *
 * @throws InvalidOptionError naming `option`, for a JSON Schema that cannot be checked or that nothing can meet.
 */
export function schemaCheck(schema: OutputSchema, option: string): SchemaCheck {
  const { standard, json } = schema;
  if (standard !== undefined) return once(standard, standardCheck);
  if (json !== undefined) return once(json, () => jsonCheck(json, option));
  throw new InvalidOptionError(
    option,
    `${option} must be { json }, a JSON Schema, or { standard }, a schema of zod, valibot or the like; received ${JSON.stringify(Object.keys(schema))} as its keys.`,
  );
}

function once<Key extends object>(schema: Key, make: (schema: Key) => SchemaCheck): SchemaCheck {
  const known = checks.get(schema);
  if (known !== undefined) return known;
  const made = make(schema);
  checks.set(schema, made);
  return made;
}

function jsonCheck(json: JsonObject, option: string): SchemaCheck {
  const check = compileJsonSchema(json, option);
  return (value) => {
    try {
      const miss = check(value);
      return miss === undefined ? { value } : { issue: sentenceOf(miss) };
    } catch (error) {
      // Values nested deeper than the stack.
      return { issue: `the value could not be checked: ${messageOf(error)}` };
    }
  };
}

function standardCheck(schema: StandardSchema): SchemaCheck {
  return (value) => {
    try {
      const result = schema['~standard'].validate(value);
      return result instanceof Promise ? result.then(checkedBy, failed) : checkedBy(result);
    } catch (error) {
      return failed(error);
    }
  };
}

function checkedBy(result: StandardResult<unknown>): Checked {
  const [issue] = result.issues ?? [];
  if (result.issues === undefined) return { value: result.value };
  const path = (issue?.path ?? []).map(keyOf);
  return { issue: sentenceOf({ path, reason: `does not fit: ${issue?.message ?? 'no reason was given'}` }) };
}

/** A step of a path is a key, or an object that holds one. */
function keyOf(step: unknown): string | number {
  const key = typeof step === 'object' && step !== null && 'key' in step ? step.key : step;
  return typeof key === 'number' ? key : String(key);
}

function failed(error: unknown): Checked {
  return { issue: `the schema's own check failed: ${messageOf(error)}` };
}
