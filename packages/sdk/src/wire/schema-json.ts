import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import type { JsonObject } from '../spec/json.ts';
import type { OutputSchema } from '../spec/schema.ts';

/** What schemas that can write themselves add to the standard's interface. */
interface SelfWriting {
  readonly jsonSchema?: { readonly input: (options: { readonly target: string }) => JsonObject };
}

/**
 * The JSON Schema of a schema: as given, or as the schema writes it itself.
 *
 * @throws InvalidOptionError when it is neither given nor can be written.
 */
export function schemaJson(schema: OutputSchema, option: string): JsonObject {
  if (schema.json !== undefined) return schema.json;
  const standard = schema.standard?.['~standard'] as SelfWriting | undefined;
  if (standard?.jsonSchema === undefined) {
    throw new InvalidOptionError(
      option,
      `${option} has a schema that cannot write itself as JSON Schema. Give its JSON Schema as well: { standard, json }.`,
    );
  }
  return standard.jsonSchema.input({ target: 'draft-2020-12' });
}
