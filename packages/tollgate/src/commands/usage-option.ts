import type { Usage } from '@tollgate/sdk';
import { InvalidArgumentError } from 'commander';

const buckets = ['inputUncached', 'cacheRead', 'outputText', 'outputReasoning', 'engineSeconds'];
const fields = [...buckets, 'cacheWrite', 'units', 'billed', 'raw'];

/** Reads a usage written as JSON. */
export function usageOption(text: string): Usage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InvalidArgumentError(`Expected a usage as JSON; received "${text}".`);
  }
  if (!isRecord(value)) throw new InvalidArgumentError(`Expected an object; received ${text}.`);
  for (const [field, count] of Object.entries(value)) {
    if (!fields.includes(field)) {
      throw new InvalidArgumentError(`A usage has no field "${field}". It has: ${fields.join(', ')}.`);
    }
    if (buckets.includes(field) && typeof count !== 'number') throw wrong(field, count);
  }
  const { cacheWrite, units, billed } = value;
  if (
    cacheWrite !== undefined &&
    !(isRecord(cacheWrite) && typeof cacheWrite['total'] === 'number' && isCounts(cacheWrite['byTtl']))
  )
    throw new InvalidArgumentError('cacheWrite must be { "total": number, "byTtl"?: { "5m": number, … } }.');
  if (!isCounts(units)) throw wrong('units', units);
  if (billed !== undefined && !(isRecord(billed) && Object.values(billed).every((name) => typeof name === 'string')))
    throw new InvalidArgumentError('billed must be { "tier"?: text, "speed"?: text, "region"?: text }.');
  return value;
}

function wrong(field: string, value: unknown): InvalidArgumentError {
  return new InvalidArgumentError(`${field} must be a number, or numbers by name; received ${JSON.stringify(value)}.`);
}

function isCounts(value: unknown): boolean {
  return value === undefined || (isRecord(value) && Object.values(value).every((count) => typeof count === 'number'));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
