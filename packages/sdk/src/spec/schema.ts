import type { JsonObject } from './json.ts';

/** The part of the Standard Schema interface (version 1) that is used here. zod, valibot and arktype all have it. */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

/** What a Standard Schema says about a value. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[] };

/**
 * A shape that values must have: a JSON Schema, or any Standard Schema together with its JSON Schema.
 * Schemas that can write themselves as JSON Schema (zod 4) need no `json`.
 */
export type OutputSchema =
  | { readonly json: JsonObject; readonly name?: string; readonly standard?: StandardSchema }
  | { readonly standard: StandardSchema; readonly name?: string; readonly json?: JsonObject };
