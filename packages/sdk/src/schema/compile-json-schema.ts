import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import type { JsonObject, JsonValue } from '../spec/json.ts';
import { fieldsOf } from '../wire/json-fields.ts';
import {
  arrayChecks,
  numberChecks,
  objectChecks,
  stringChecks,
  typeCheck,
  typesOf,
  valueCheck,
} from './json-assertions.ts';
import { type JsonCheck, missBelow, missOf } from './json-check.ts';
import { SchemaReader } from './schema-reader.ts';

/**
 * Makes a check of a JSON Schema (draft 2020-12, and what earlier drafts wrote for the same).
 *
 * Every keyword that constrains is either checked or refused: `unevaluatedProperties`, `unevaluatedItems`, dynamic and remote
 * references and `dependencies` are refused. Schemas that plainly nothing can meet are refused as well.
 *
 * @throws InvalidOptionError naming `option` and the place in the schema.
 */
export function compileJsonSchema(schema: JsonObject, option: string): JsonCheck {
  const { check, unmet } = new SchemaCompiler(schema, option).root();
  if (unmet === undefined) return check;
  throw new InvalidOptionError(
    option,
    `${option} has a JSON Schema that nothing can meet: ${unmet}. The model was not asked.`,
  );
}

interface Compiled {
  readonly check: JsonCheck;
  readonly unmet?: string | undefined;
}

const refused = ['unevaluatedProperties', 'unevaluatedItems', '$dynamicRef', '$recursiveRef', 'dependencies'] as const;

const pass: JsonCheck = () => undefined;

class SchemaCompiler {
  readonly #root: JsonObject;
  readonly #option: string;
  readonly #byReference = new Map<string, { compiled: Compiled | undefined }>();

  constructor(root: JsonObject, option: string) {
    this.#root = root;
    this.#option = option;
  }

  root(): Compiled {
    return this.#reference('#', new SchemaReader(this.#root, { at: '#', option: this.#option }));
  }

  #compile(schema: JsonValue, at: string): Compiled {
    if (schema === true) return { check: pass };
    if (schema === false) return { check: (value) => missOf('must not be there', value), unmet: `at ${at}, false` };
    const fields = fieldsOf(schema) as JsonObject | undefined;
    const reader = new SchemaReader(fields ?? {}, { at, option: this.#option });
    if (fields === undefined)
      throw reader.refusal('the schema', `must be an object, received ${JSON.stringify(schema)}`);
    for (const keyword of refused) {
      if (fields[keyword] !== undefined) {
        throw reader.refusal(
          keyword,
          'is not supported. Leave it out, or give a schema that checks it itself: { standard, json }',
        );
      }
    }
    const types = typesOf(fields, reader);
    const checks = [
      ...(types === undefined ? [] : [typeCheck(types)]),
      ...numberChecks(reader),
      ...stringChecks(reader),
      ...arrayChecks(reader),
      ...objectChecks(reader),
      ...this.#fields(reader),
      ...this.#items(reader),
      ...this.#combined(reader),
    ];
    checks.push(...this.#values(reader, checks));
    return { check: all(checks), unmet: reader.unmet };
  }

  /** A schema inside another one; `keys` lead to it. */
  #inside(reader: SchemaReader, ...keys: readonly (string | number)[]): Compiled {
    let schema: JsonValue | undefined = reader.schema;
    for (const key of keys) schema = (schema as { readonly [key: string]: JsonValue } | undefined)?.[key];
    const pointer = keys.map((key) => String(key).replaceAll('~', '~0').replaceAll('/', '~1')).join('/');
    return this.#compile(schema ?? true, `${reader.at}/${pointer}`);
  }

  #values(reader: SchemaReader, others: readonly JsonCheck[]): readonly JsonCheck[] {
    const checks: JsonCheck[] = [];
    for (const keyword of ['enum', 'const'] as const) {
      const { [keyword]: given } = reader.schema;
      if (given === undefined) continue;
      const allowed = keyword === 'const' ? [given] : reader.list(keyword);
      if (allowed === undefined) continue;
      checks.push(valueCheck(allowed));
      const rest = all(others);
      if (allowed.every((value) => rest(value) !== undefined)) reader.empty(`no value of ${keyword} fits the rest`);
    }
    return checks;
  }

  #fields(reader: SchemaReader): readonly JsonCheck[] {
    const known = new Map(
      Object.keys(reader.schemas('properties')).map((name) => [name, this.#inside(reader, 'properties', name)]),
    );
    const patterns = Object.keys(reader.schemas('patternProperties')).map((text) => ({
      pattern: reader.patternOf('patternProperties', text),
      check: this.#inside(reader, 'patternProperties', text).check,
    }));
    const others = this.#inside(reader, 'additionalProperties');
    for (const name of reader.names('required')) {
      const field = known.get(name) ?? (patterns.length === 0 ? others : undefined);
      if (field?.unmet !== undefined)
        reader.emptyFor(['object'], `the required field ${JSON.stringify(name)} cannot be met`);
    }
    const names = this.#inside(reader, 'propertyNames').check;
    const closed = reader.schema['additionalProperties'] === false;
    const fieldCheck = ([name, value]: readonly [string, JsonValue]): ReturnType<JsonCheck> => {
      const bad = names(name);
      if (bad !== undefined) return { path: [], reason: `has a field whose name ${bad.reason}` };
      const matching = patterns.filter(({ pattern }) => pattern.test(name));
      const own = known.get(name);
      if (own === undefined && matching.length === 0 && closed) {
        return { path: [], reason: `must not have the field ${JSON.stringify(name)}` };
      }
      const checks = [...(own === undefined ? [] : [own.check]), ...matching.map(({ check }) => check)];
      const miss = all(checks.length === 0 ? [others.check] : checks)(value);
      return miss === undefined ? undefined : missBelow(name, miss);
    };
    const dependent = Object.keys(reader.schemas('dependentSchemas')).map(
      (name) => [name, this.#inside(reader, 'dependentSchemas', name).check] as const,
    );
    return [
      (value) => {
        const fields = fieldsOf(value) as JsonObject | undefined;
        if (fields === undefined) return undefined;
        for (const field of Object.entries(fields)) {
          const miss = fieldCheck(field);
          if (miss !== undefined) return miss;
        }
        for (const [name, check] of dependent) {
          const miss = Object.hasOwn(fields, name) ? check(value) : undefined;
          if (miss !== undefined) return miss;
        }
        return undefined;
      },
    ];
  }

  #items(reader: SchemaReader): readonly JsonCheck[] {
    // Earlier drafts wrote the schemas of the first items as a list of `items`, and the others as `additionalItems`.
    const [first, rest] = Array.isArray(reader.schema['items'])
      ? (['items', 'additionalItems'] as const)
      : (['prefixItems', 'items'] as const);
    const leading = (reader.list(first) ?? []).map((_, i) => this.#inside(reader, first, i));
    const others = this.#inside(reader, rest);
    const least = reader.number('minItems') ?? 0;
    const unmet = [...leading, others].findIndex((item) => item.unmet !== undefined);
    if (unmet !== -1 && unmet < least) reader.emptyFor(['array'], `item ${unmet} of minItems ${least} cannot be met`);
    const contains = reader.schema['contains'] === undefined ? undefined : this.#inside(reader, 'contains').check;
    const [leastFound, mostFound] = [reader.number('minContains') ?? 1, reader.number('maxContains') ?? Infinity];
    return [
      (value) => {
        if (!Array.isArray(value)) return undefined;
        let found = 0;
        for (const [i, item] of (value as readonly JsonValue[]).entries()) {
          const miss = (leading[i] ?? others).check(item);
          if (miss !== undefined) return missBelow(i, miss);
          if (contains !== undefined && contains(item) === undefined) found += 1;
        }
        if (contains === undefined || (found >= leastFound && found <= mostFound)) return undefined;
        return {
          path: [],
          reason: `must contain ${leastFound} to ${mostFound} of the items that contains names, and has ${found}`,
        };
      },
    ];
  }

  #combined(reader: SchemaReader): readonly JsonCheck[] {
    const { schema } = reader;
    const listed = (keyword: string): readonly Compiled[] =>
      (reader.list(keyword) ?? []).map((_, i) => this.#inside(reader, keyword, i));
    const [every, any, one] = [listed('allOf'), listed('anyOf'), listed('oneOf')];
    const checks: JsonCheck[] = every.map(({ check }) => check);
    const unmet = every.find((part) => part.unmet !== undefined)?.unmet;
    if (unmet !== undefined) reader.unmet ??= unmet;
    for (const [keyword, parts] of [
      ['anyOf', any],
      ['oneOf', one],
    ] as const) {
      if (parts.length === 0) continue;
      if (parts.every((part) => part.unmet !== undefined)) reader.empty(`no branch of ${keyword} can be met`);
      checks.push(branchCheck(parts, keyword === 'oneOf'));
    }
    if (schema['not'] !== undefined) {
      const { not } = schema;
      if (not === true || (fieldsOf(not) !== undefined && Object.keys(not as JsonObject).length === 0)) {
        reader.empty('not excludes everything');
      }
      const { check } = this.#inside(reader, 'not');
      checks.push((value) => (check(value) === undefined ? missOf('must not fit what not names', value) : undefined));
    }
    if (schema['if'] !== undefined) {
      const [test, yes, no] = (['if', 'then', 'else'] as const).map((keyword) => this.#inside(reader, keyword).check);
      checks.push((value) => (test?.(value) === undefined ? yes?.(value) : no?.(value)));
    }
    const reference = reader.text('$ref');
    if (reference !== undefined) {
      const target = this.#reference(reference, reader);
      if (target.unmet !== undefined) reader.unmet ??= target.unmet;
      checks.push(target.check);
    }
    return checks;
  }

  /** The schema a reference names. One that is still being compiled refers to itself, and is looked up when it is used. */
  #reference(reference: string, reader: SchemaReader): Compiled {
    const known = this.#byReference.get(reference);
    if (known !== undefined) return known.compiled ?? { check: (value) => (known.compiled?.check ?? pass)(value) };
    const slot: { compiled: Compiled | undefined } = { compiled: undefined };
    this.#byReference.set(reference, slot);
    slot.compiled = this.#compile(this.#target(reference, reader), reference);
    return slot.compiled;
  }

  #target(reference: string, reader: SchemaReader): JsonValue {
    if (reference === '#') return this.#root;
    let target: unknown = reference.startsWith('#/') ? this.#root : undefined;
    for (const key of reference.slice(2).split('/')) {
      const name = decoded(key).replaceAll('~1', '/').replaceAll('~0', '~');
      target =
        typeof target === 'object' && target !== null && Object.hasOwn(target, name)
          ? (target as { readonly [name: string]: unknown })[name]
          : undefined;
    }
    if (target !== undefined) return target as JsonValue;
    throw reader.refusal(
      '$ref',
      `must name a part of this schema, as "#/$defs/name" does, received ${JSON.stringify(reference)}`,
    );
  }
}

/** Pointers in references are written as parts of a URI. */
function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

function all(checks: readonly JsonCheck[]): JsonCheck {
  const [only] = checks;
  if (checks.length <= 1) return only ?? pass;
  return (value) => {
    for (const check of checks) {
      const miss = check(value);
      if (miss !== undefined) return miss;
    }
    return undefined;
  };
}

/** One branch must be met, and no second one where just one may be. The miss of the branch that came furthest is the one told. */
function branchCheck(branches: readonly Compiled[], justOne: boolean): JsonCheck {
  return (value) => {
    const misses = branches.map(({ check }) => check(value));
    const met = misses.filter((miss) => miss === undefined).length;
    if (met === 0)
      return misses.reduce((best, miss) => ((miss?.path.length ?? 0) > (best?.path.length ?? 0) ? miss : best));
    return justOne && met > 1 ? missOf(`must fit one branch of oneOf, and fits ${met}`, value) : undefined;
  };
}
