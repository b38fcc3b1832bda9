import type { JsonObject, JsonValue } from '../../spec/json.ts';

/** The lowest number a schema allows; a bound that is excluded counts as it is, but for whole numbers. */
export function lowestNumber(schema: JsonObject, type: 'integer' | 'number'): number | undefined {
  const { minimum, exclusiveMinimum } = schema;
  const above =
    typeof exclusiveMinimum !== 'number'
      ? undefined
      : type === 'integer'
        ? Math.floor(exclusiveMinimum) + 1
        : exclusiveMinimum;
  return largest([minimum, above]);
}

/** The highest number a schema allows. */
export function highestNumber(schema: JsonObject, type: 'integer' | 'number'): number | undefined {
  const { maximum, exclusiveMaximum } = schema;
  const below =
    typeof exclusiveMaximum !== 'number'
      ? undefined
      : type === 'integer'
        ? Math.ceil(exclusiveMaximum) - 1
        : exclusiveMaximum;
  const negated = largest([maximum, below].map((bound) => (typeof bound === 'number' ? -bound : undefined)));
  return negated === undefined ? undefined : -negated;
}

function largest(bounds: readonly (JsonValue | undefined)[]): number | undefined {
  const numbers = bounds.filter((bound) => typeof bound === 'number');
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}
