import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import type { JsonObject, JsonValue } from '../../spec/json.ts';
import { type GrammarRules, grammarFormats, literal } from './grammar-rules.ts';
import { mergeSchemas } from './merge-schemas.ts';
import { highestNumber, lowestNumber } from './number-bounds.ts';
import { impliedType, inexpressibleKeywords, typeNames } from './schema-keywords.ts';

// Above this the engine's repetition rules get too many; the bound is left to the check of the finished answer.
const mostRepeated = 500;
// Whole numbers between two bounds are written out, up to so many.
const mostListed = 500;

/**
 * Writes a JSON Schema as rules of a grammar, so that every answer is valid JSON and has its structure: types, declared
 * properties in the schema's order (optional ones may be missing, undeclared ones are not written), lengths, enumerations,
 * alternatives, references, some formats, bounds of whole numbers.
 */
export class SchemaGrammar {
  readonly #rules: GrammarRules;
  readonly #root: JsonObject;
  readonly #option: string;
  readonly #references = new Map<string, string>();
  readonly #left = new Set<string>();

  constructor(rules: GrammarRules, root: JsonObject, option: string) {
    this.#rules = rules;
    this.#root = root;
    this.#option = option;
  }

  /** What the grammar does not hold a model to: `path keyword`. Known after `rule`. */
  get left(): readonly string[] {
    return [...this.#left];
  }

  /**
   * The name of the rule of the whole schema.
   *
   * @throws InvalidOptionError where it cannot be met or understood, with the path.
   */
  rule(): string {
    return this.#schema(this.#root, '');
  }

  #schema(schema: JsonValue | undefined, path: string): string {
    if (schema === true) return 'value';
    if (schema === false) throw this.#refuse(path, 'is false: no value meets it');
    if (!isObject(schema))
      throw this.#refuse(path, `must be a schema (an object or a boolean), received ${JSON.stringify(schema)}`);
    for (const keyword of inexpressibleKeywords(schema)) this.#left.add(`${path}/${keyword}`);
    if (isObject(schema['not']) && Object.keys(schema['not']).length === 0)
      throw this.#refuse(path, 'has "not": {}: no value meets it');
    if (typeof schema['$ref'] === 'string') return this.#reference(schema['$ref'], path);
    if (schema['const'] !== undefined) return this.#rules.add(literal(JSON.stringify(schema['const'])));
    if (schema['enum'] !== undefined) return this.#enumeration(schema['enum'], path);
    const { allOf, anyOf, oneOf, ...base } = schema;
    if (allOf !== undefined)
      return this.#all(allOf, { ...base, ...(anyOf && { anyOf }), ...(oneOf && { oneOf }) }, path);
    if (anyOf !== undefined || oneOf !== undefined) {
      const key = anyOf === undefined ? 'oneOf' : 'anyOf';
      const alternatives = this.#list(schema[key], `${path}/${key}`);
      return this.#rules.add(
        alternatives.map((one, i) => this.#schema(this.#merge(base, one, path), `${path}/${key}/${i}`)).join(' | '),
      );
    }
    return this.#byType(schema, path);
  }

  #byType(schema: JsonObject, path: string): string {
    const type = schema['type'] ?? impliedType(schema);
    const types = Array.isArray(type) ? type : [type];
    if (types.length === 0) throw this.#refuse(`${path}/type`, 'is an empty list: no value meets it');
    const rules = types.map((name) => {
      if (name === undefined) return 'value';
      if (typeof name !== 'string' || !typeNames.has(name)) {
        throw this.#refuse(
          `${path}/type`,
          `must be one of ${[...typeNames].join(', ')}, received ${JSON.stringify(name)}`,
        );
      }
      switch (name) {
        case 'object':
          return this.#object(schema, path);
        case 'array':
          return this.#array(schema, path);
        case 'string':
          return this.#string(schema, path);
        case 'integer':
        case 'number':
          return this.#number(schema, path, name);
        default:
          return name;
      }
    });
    return rules.length === 1 ? (rules[0] ?? 'value') : this.#rules.add(rules.join(' | '));
  }

  #object(schema: JsonObject, path: string): string {
    const properties = schema['properties'] ?? {};
    if (!isObject(properties)) throw this.#refuse(`${path}/properties`, 'must be an object');
    const required = this.#list(schema['required'] ?? [], `${path}/required`);
    const names = [...new Set([...Object.keys(properties), ...required.map(String)])];
    const members: { readonly rule: string; readonly isRequired: boolean }[] = [];
    for (const name of names) {
      const isRequired = required.includes(name);
      const property = properties[name] ?? (isRequired ? (schema['additionalProperties'] ?? true) : true);
      // An optional property that no value meets is one that is not there.
      if (property === false && !isRequired) continue;
      const value = this.#schema(property, `${path}/properties/${name}`);
      members.push({ rule: `${literal(JSON.stringify(name))} space ":" space ${value}`, isRequired });
    }
    if (members.length === 0) {
      const others = schema['additionalProperties'];
      if (others === false) return this.#rules.add('"{" space "}"');
      if (!isObject(others)) return 'object';
      const value = this.#schema(others, `${path}/additionalProperties`);
      return this.#rules.add(
        `"{" space (string space ":" space ${value} (space "," space string space ":" space ${value})*)? space "}"`,
      );
    }
    // Two chains of rules, before and after the first property that was written, so that commas come out right.
    let after = '""';
    let before = '""';
    for (const { rule, isRequired } of members.toReversed()) {
      const first = `${rule} ${after}`;
      const next = `space "," space ${rule} ${after}`;
      before = this.#rules.add(isRequired ? first : `${first} | ${before}`);
      after = this.#rules.add(isRequired ? next : `${next} | ${after}`);
    }
    return this.#rules.add(`"{" space ${before} space "}"`);
  }

  #array(schema: JsonObject, path: string): string {
    const prefix = this.#list(schema['prefixItems'] ?? [], `${path}/prefixItems`);
    const least = this.#count(schema, 'minItems', path) ?? 0;
    const most = this.#count(schema, 'maxItems', path);
    if (most !== undefined && least > most) throw this.#refuse(path, `has minItems ${least} above maxItems ${most}`);
    const first = prefix.slice(0, most).map((item, i) => this.#schema(item, `${path}/prefixItems/${i}`));
    const isClosed = schema['items'] === false || (prefix.length > 0 && schema['items'] === undefined);
    if (isClosed || first.length === most) {
      if (least > first.length)
        throw this.#refuse(path, `has minItems ${least}, and only ${first.length} items are allowed`);
      return this.#rules.add(`"[" space ${first.join(' space "," space ') || '""'} space "]"`);
    }
    const item = this.#schema(schema['items'] ?? true, `${path}/items`);
    const fixed = first.join(' space "," space ');
    const more = (from: number): string =>
      this.#times(
        `(space "," space ${item})`,
        { least: least - from, most: most === undefined ? undefined : most - from },
        `${path}/maxItems`,
      );
    if (first.length > 0) return this.#rules.add(`"[" space ${fixed} ${more(first.length)} space "]"`);
    const items = `${item} ${more(1)}`;
    return this.#rules.add(`"[" space ${least > 0 ? items : `(${items})?`} space "]"`);
  }

  #string(schema: JsonObject, path: string): string {
    const least = this.#count(schema, 'minLength', path) ?? 0;
    const most = this.#count(schema, 'maxLength', path);
    if (most !== undefined && least > most) throw this.#refuse(path, `has minLength ${least} above maxLength ${most}`);
    const { format } = schema;
    const known = typeof format === 'string' ? grammarFormats[format] : undefined;
    if (known !== undefined) {
      // A schema that names a format often spells it out as a pattern too.
      this.#left.delete(`${path}/pattern`);
      return this.#rules.add(known);
    }
    if (format !== undefined) this.#left.add(`${path}/format`);
    if (least === 0 && most === undefined) return 'string';
    return this.#rules.add(`"\\"" ${this.#times('character', { least, most }, `${path}/maxLength`)} "\\""`);
  }

  #number(schema: JsonObject, path: string, type: 'integer' | 'number'): string {
    const least = lowestNumber(schema, type);
    const most = highestNumber(schema, type);
    if (least !== undefined && most !== undefined && least > most) {
      throw this.#refuse(path, `has a lowest value ${least} above its highest ${most}`);
    }
    if (type === 'integer' && least !== undefined && most !== undefined && most - least < mostListed) {
      const all = Array.from(
        { length: Math.floor(most) - Math.ceil(least) + 1 },
        (_, i) => `"${Math.ceil(least) + i}"`,
      );
      if (all.length === 0) throw this.#refuse(path, `allows no whole number between ${least} and ${most}`);
      return this.#rules.add(all.join(' | '));
    }
    const isPositive = least !== undefined && least >= 0;
    const isAboveZero = type === 'integer' && least === 1;
    if (least !== undefined && least !== 0 && !isAboveZero && least > Number.MIN_SAFE_INTEGER)
      this.#left.add(`${path}/minimum`);
    if (type === 'number' && schema['exclusiveMinimum'] !== undefined) this.#left.add(`${path}/exclusiveMinimum`);
    if (most !== undefined && most < Number.MAX_SAFE_INTEGER) this.#left.add(`${path}/maximum`);
    if (isAboveZero) return this.#rules.add('[1-9] [0-9]{0,14}');
    if (type === 'integer') return isPositive ? 'whole' : 'integer';
    return isPositive ? 'positive' : 'number';
  }

  #times(
    rule: string,
    { least, most }: { readonly least: number; readonly most: number | undefined },
    bound: string,
  ): string {
    const from = Math.max(0, least);
    if (from > mostRepeated)
      throw this.#refuse(bound, `comes with ${from} at least; a grammar counts up to ${mostRepeated}`);
    if (most !== undefined && most <= mostRepeated) return `${rule}{${from},${most}}`;
    if (most !== undefined) this.#left.add(bound);
    return from === 0 ? `${rule}*` : `${rule}{${from},}`;
  }

  #enumeration(values: JsonValue, path: string): string {
    const list = this.#list(values, `${path}/enum`);
    if (list.length === 0) throw this.#refuse(`${path}/enum`, 'is an empty list: no value meets it');
    return this.#rules.add(list.map((value) => literal(JSON.stringify(value))).join(' | '));
  }

  #all(parts: JsonValue, base: JsonObject, path: string): string {
    let merged: JsonObject = base;
    for (const part of this.#list(parts, `${path}/allOf`)) {
      if (part === true) continue;
      merged = this.#merge(
        merged,
        isObject(part) && typeof part['$ref'] === 'string' ? this.#target(part['$ref'], path) : part,
        path,
      );
    }
    return this.#schema(merged, path);
  }

  #merge(base: JsonObject, part: JsonValue, path: string): JsonObject {
    if (part === true) return base;
    if (!isObject(part)) throw this.#refuse(path, 'has an alternative that no value meets');
    const merged = mergeSchemas(base, part);
    for (const keyword of merged.conflicts) this.#left.add(`${path}/${keyword}`);
    return merged.schema;
  }

  #reference(reference: string, path: string): string {
    const known = this.#references.get(reference);
    if (known !== undefined) return known;
    const target = this.#target(reference, path);
    const name = this.#rules.reserve();
    this.#references.set(reference, name);
    this.#rules.define(name, this.#schema(target, reference.replace(/^#/, '')));
    return name;
  }

  #target(reference: string, path: string): JsonValue {
    if (!reference.startsWith('#')) {
      throw this.#refuse(
        `${path}/$ref`,
        `"${reference}" lies outside of the schema; only references that begin with # are followed`,
      );
    }
    let target: JsonValue | undefined = this.#root;
    for (const step of reference.slice(1).split('/').slice(1)) {
      const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
      target = isObject(target) ? target[key] : Array.isArray(target) ? target[Number(key)] : undefined;
    }
    if (target === undefined) throw this.#refuse(`${path}/$ref`, `"${reference}" names nothing in the schema`);
    return target;
  }

  #list(value: JsonValue | undefined, path: string): readonly JsonValue[] {
    if (Array.isArray(value)) return value;
    throw this.#refuse(path, `must be a list, received ${JSON.stringify(value)}`);
  }

  #count(schema: JsonObject, keyword: string, path: string): number | undefined {
    const value = schema[keyword];
    if (value === undefined || (typeof value === 'number' && Number.isInteger(value) && value >= 0)) return value;
    throw this.#refuse(`${path}/${keyword}`, `must be a whole number of 0 or more, received ${JSON.stringify(value)}`);
  }

  #refuse(path: string, what: string): InvalidOptionError {
    return new InvalidOptionError(
      this.#option,
      `${this.#option}: the schema at "${path === '' ? '/' : path}" ${what}. Mend the schema.`,
    );
  }
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
