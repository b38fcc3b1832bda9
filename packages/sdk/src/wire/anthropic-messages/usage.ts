import type { JsonObject, JsonValue } from '../../spec/json.ts';
import type { CacheWrite, Usage } from '../../spec/usage.ts';
import { countOf, type Fields, fieldsOf, textOf } from '../json-fields.ts';

const ttlFields = { '5m': 'ephemeral_5m_input_tokens', '1h': 'ephemeral_1h_input_tokens' } as const;

/**
 * Reads Messages usage, whose input buckets are disjoint already. Thinking is inside `output_tokens` and is taken out of it.
 * A detail that is absent or null stays undefined; one that is 0 stays 0. Returns undefined where the value holds no totals.
 */
export function readMessagesUsage(value: unknown): Usage | undefined {
  const usage = fieldsOf(value);
  const inputUncached = countOf(usage?.['input_tokens']);
  const output = countOf(usage?.['output_tokens']);
  if (usage === undefined || (inputUncached === undefined && output === undefined)) return undefined;
  const cacheRead = countOf(usage['cache_read_input_tokens']);
  const cacheWrite = readCacheWrite(usage);
  const thinking = countOf(fieldsOf(usage['output_tokens_details'])?.['thinking_tokens']);
  const outputReasoning = output !== undefined && thinking !== undefined && thinking <= output ? thinking : undefined;
  const units = readUnits(usage['server_tool_use']);
  const billed = readBilled(usage);
  return {
    ...(inputUncached !== undefined && { inputUncached }),
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite }),
    ...(output !== undefined && { outputText: output - (outputReasoning ?? 0) }),
    ...(outputReasoning !== undefined && { outputReasoning }),
    ...(units !== undefined && { units }),
    ...(billed !== undefined && { billed }),
    raw: value as JsonValue,
  };
}

function readCacheWrite(usage: Fields): CacheWrite | undefined {
  const parts = fieldsOf(usage['cache_creation']);
  const minutes = countOf(parts?.[ttlFields['5m']]);
  const hour = countOf(parts?.[ttlFields['1h']]);
  const byTtl = {
    ...(minutes !== undefined && { '5m': minutes }),
    ...(hour !== undefined && { '1h': hour }),
  };
  const sum = minutes === undefined && hour === undefined ? undefined : (minutes ?? 0) + (hour ?? 0);
  const total = countOf(usage['cache_creation_input_tokens']) ?? sum;
  if (total === undefined) return undefined;
  // Lifetimes that do not add up would price some tokens twice or not at all.
  return sum === total ? { total, byTtl } : { total };
}

function readUnits(value: unknown): Usage['units'] {
  const counts = Object.entries(fieldsOf(value) ?? {}).flatMap(([unit, count]): [string, number][] => {
    const known = countOf(count);
    return known === undefined ? [] : [[unit, known]];
  });
  return counts.length === 0 ? undefined : Object.fromEntries(counts);
}

function readBilled(usage: Fields): Usage['billed'] {
  const tier = textOf(usage['service_tier']);
  const speed = textOf(usage['speed']);
  const region = textOf(usage['inference_geo']);
  if (tier === undefined && speed === undefined && region === undefined) return undefined;
  return {
    ...(tier !== undefined && { tier }),
    ...(speed !== undefined && { speed }),
    ...(region !== undefined && { region }),
  };
}

/** Writes buckets as Messages usage. Undefined where a total is not known. */
export function writeMessagesUsage(usage: Usage): JsonObject | undefined {
  const { inputUncached, cacheRead, cacheWrite, outputText, outputReasoning, units, billed } = usage;
  if (inputUncached === undefined || outputText === undefined) return undefined;
  const byTtl = cacheWrite?.byTtl;
  return {
    input_tokens: inputUncached,
    cache_creation_input_tokens: cacheWrite?.total ?? null,
    cache_read_input_tokens: cacheRead ?? null,
    ...(byTtl !== undefined && {
      cache_creation: { [ttlFields['5m']]: byTtl['5m'] ?? 0, [ttlFields['1h']]: byTtl['1h'] ?? 0 },
    }),
    output_tokens: outputText + (outputReasoning ?? 0),
    ...(outputReasoning !== undefined && { output_tokens_details: { thinking_tokens: outputReasoning } }),
    ...(units !== undefined && { server_tool_use: units }),
    ...(billed?.tier !== undefined && { service_tier: billed.tier }),
    ...(billed?.speed !== undefined && { speed: billed.speed }),
    ...(billed?.region !== undefined && { inference_geo: billed.region }),
  };
}
