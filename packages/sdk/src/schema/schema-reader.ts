import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import type { JsonObject, JsonValue } from '../spec/json.ts';
import { fieldsOf } from '../wire/json-fields.ts';
import type { JsonType } from './json-types.ts';

/** Reads the keywords of one schema object, and refuses those that mean nothing. */
export class SchemaReader {
  readonly schema: JsonObject;
  /** Where the schema stands, as a JSON pointer: `#/properties/name`. */
  readonly at: string;
  readonly #option: string;
  readonly #types: readonly JsonType[] | undefined;
  /** Why no value at all meets this schema, as far as that is plain to see. */
  unmet: string | undefined;

  constructor(schema: JsonObject, place: { readonly at: string; readonly option: string }) {
    this.schema = schema;
    this.at = place.at;
    this.#option = place.option;
    const { type } = schema;
    this.#types = type === undefined ? undefined : ((Array.isArray(type) ? type : [type]) as readonly JsonType[]);
  }

  refusal(keyword: string, message: string): InvalidOptionError {
    return new InvalidOptionError(
      this.#option,
      `${this.#option} has a JSON Schema that cannot be checked: at ${this.at}, ${keyword} ${message}.`,
    );
  }

  /** No value of these types meets the schema; where it allows no others, none at all does. */
  emptyFor(types: readonly JsonType[], why: string): void {
    if (this.#types?.every((type) => types.includes(type)) === true) this.empty(why);
  }

  empty(why: string): void {
    this.unmet ??= `at ${this.at}, ${why}`;
  }

  number(keyword: string): number | undefined {
    const value = this.schema[keyword];
    if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value;
    throw this.refusal(keyword, `must be a number, received ${JSON.stringify(value)}`);
  }

  text(keyword: string): string | undefined {
    const value = this.schema[keyword];
    if (value === undefined || typeof value === 'string') return value;
    throw this.refusal(keyword, `must be a string, received ${JSON.stringify(value)}`);
  }

  /** A count from below and one from above. */
  bounds(from: string, to: string, type: JsonType): readonly [number, number] {
    const least = this.#count(from) ?? 0;
    const most = this.#count(to) ?? Number.POSITIVE_INFINITY;
    if (least > most) this.emptyFor([type], `${from} ${least} is above ${to} ${most}`);
    return [least, most];
  }

  #count(keyword: string): number | undefined {
    const value = this.number(keyword);
    if (value === undefined || (Number.isInteger(value) && value >= 0)) return value;
    throw this.refusal(keyword, `must be a whole number 0 or more, received ${value}`);
  }

  pattern(keyword: string): RegExp | undefined {
    const text = this.text(keyword);
    return text === undefined ? undefined : this.patternOf(keyword, text);
  }

  /** Patterns are written for Unicode; those that are valid only without it are still taken. */
  patternOf(keyword: string, text: string): RegExp {
    try {
      return new RegExp(text, 'u');
    } catch {
      try {
        return new RegExp(text);
      } catch {
        throw this.refusal(keyword, `must be a regular expression, received ${JSON.stringify(text)}`);
      }
    }
  }

  names(keyword: string): readonly string[] {
    return this.namesIn(keyword, this.schema[keyword] ?? []);
  }

  namesIn(keyword: string, value: JsonValue): readonly string[] {
    if (Array.isArray(value) && value.every((name) => typeof name === 'string')) return value;
    throw this.refusal(keyword, `must be a list of names, received ${JSON.stringify(value)}`);
  }

  /** What a keyword holds by name. */
  schemas(keyword: string): JsonObject {
    const value = this.schema[keyword];
    if (value === undefined) return {};
    const fields = fieldsOf(value);
    if (fields !== undefined) return fields as JsonObject;
    throw this.refusal(keyword, `must be an object, received ${JSON.stringify(value)}`);
  }

  list(keyword: string): readonly JsonValue[] | undefined {
    const value = this.schema[keyword];
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.length > 0) return value;
    throw this.refusal(keyword, `must be a list with one or more entries, received ${JSON.stringify(value)}`);
  }
}
