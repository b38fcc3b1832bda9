/** The names of JSON Schema. */
export const typeNames = ['null', 'boolean', 'object', 'array', 'number', 'integer', 'string'] as const;

/** A type of JSON Schema. */
export type JsonType = (typeof typeNames)[number];
