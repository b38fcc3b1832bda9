/** A JSON object whose fields have not been looked at yet. */
export type Fields = { readonly [key: string]: unknown };

// Hand checks instead of schemas: replies are checked once per streamed token, and unknown or null fields are no error there.

/** The value as an object, or undefined where it is anything else. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** The value as a list; an empty one where it is anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as text, or undefined where it is anything else. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The value as a count: a whole number from 0 on; undefined where it is anything else. Zero is a value like any other. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}

/** The JSON of a text, or undefined where it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
