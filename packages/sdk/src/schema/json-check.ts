import type { JsonValue } from '../spec/json.ts';

/** Where a value misses a schema, and how. */
export interface Miss {
  /** Keys and indexes from the value down to the part that misses. */
  readonly path: readonly (string | number)[];
  /** What was expected and what came, for example `must be a string, received 3`. */
  readonly reason: string;
}

/** Says how a JSON value misses a schema, or undefined where it meets it. */
export type JsonCheck = (value: JsonValue) => Miss | undefined;

/** A miss of the value itself. */
export function missOf(expected: string, value: JsonValue): Miss {
  return { path: [], reason: `${expected}, received ${shown(value)}` };
}

/** The same miss, seen from one level further up. */
export function missBelow(key: string | number, miss: Miss): Miss {
  return { path: [key, ...miss.path], reason: miss.reason };
}

/** A miss as one sentence: `items[2].name must be a string, received 3`. */
export function sentenceOf({ path, reason }: Miss): string {
  let place = '';
  for (const key of path) {
    if (typeof key === 'number') place += `[${key}]`;
    else if (/^[\w$-]+$/.test(key)) place += place === '' ? key : `.${key}`;
    else place += `[${JSON.stringify(key)}]`;
  }
  return `${place === '' ? 'the value' : place} ${reason}`;
}

/** A value for a message: short, and never cut inside a character. */
function shown(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57).toWellFormed()}...`;
}
