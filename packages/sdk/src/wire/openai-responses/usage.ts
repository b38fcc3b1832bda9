import type { JsonObject, JsonValue } from '../../spec/json.ts';
import type { CacheWrite, Usage } from '../../spec/usage.ts';
import { countOf, type Fields, fieldsOf } from '../json-fields.ts';

/** What a response says about its price apart from its tokens. */
export interface ResponsesBilling {
  /** The tier it was served by. */
  readonly serviceTier?: string | undefined;
  /** Its `tool_usage`: what hosted tools did. */
  readonly toolUsage?: unknown;
}

/**
 * Splits the usage of a response into disjoint buckets: cached and written tokens are taken out of the input's total,
 * reasoning out of the output's. A detail that is absent stays undefined; one that is 0 stays 0. Details that cannot be
 * inside their total leave it as it is. Returns undefined where the value holds no totals.
 */
export function readResponsesUsage(value: unknown, billing: ResponsesBilling = {}): Usage | undefined {
  const usage = fieldsOf(value);
  const input = countOf(usage?.['input_tokens']);
  const output = countOf(usage?.['output_tokens']);
  if (input === undefined && output === undefined) return undefined;
  const inputDetails = fieldsOf(usage?.['input_tokens_details']);
  const cacheRead = countOf(inputDetails?.['cached_tokens']);
  const written = countOf(inputDetails?.['cache_write_tokens']);
  const reasoning = countOf(fieldsOf(usage?.['output_tokens_details'])?.['reasoning_tokens']);
  const units = unitsOf(billing.toolUsage);
  return {
    ...(input !== undefined && { inputUncached: without(input, (cacheRead ?? 0) + (written ?? 0)) }),
    ...(cacheRead !== undefined && { cacheRead }),
    ...(written !== undefined && {
      cacheWrite: cacheWrite(written, fieldsOf(inputDetails?.['cache_write_tokens_details'])),
    }),
    ...(output !== undefined && { outputText: without(output, reasoning ?? 0) }),
    ...(reasoning !== undefined && { outputReasoning: reasoning }),
    ...(units !== undefined && { units }),
    ...(billing.serviceTier !== undefined && { billed: { tier: billing.serviceTier } }),
    raw: value as JsonValue,
  };
}

/**
 * Adds disjoint buckets up to the inclusive totals of a response. Undefined where a total is not known: a client must not
 * read a 0 that nobody counted.
 */
export function writeResponsesUsage(usage: Usage): JsonObject | undefined {
  const { inputUncached, cacheRead = 0, cacheWrite: written, outputText, outputReasoning = 0 } = usage;
  if (inputUncached === undefined || outputText === undefined) return undefined;
  const input = inputUncached + cacheRead + (written?.total ?? 0);
  const output = outputText + outputReasoning;
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: cacheRead,
      cache_write_tokens: written?.total ?? 0,
      ...(written?.byTtl !== undefined && {
        cache_write_tokens_details: Object.fromEntries(
          Object.entries(written.byTtl).map(([ttl, tokens]) => [`ttl_${ttl}_tokens`, tokens]),
        ),
      }),
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: outputReasoning },
    total_tokens: input + output,
  };
}

/** Lifetimes are named `ttl_30m_tokens`; they count only where they add up to the total. */
function cacheWrite(total: number, details: Fields | undefined): CacheWrite {
  const byTtl: Record<string, number> = {};
  let sum = 0;
  for (const [name, value] of Object.entries(details ?? {})) {
    const ttl = /^ttl_(\w+)_tokens$/.exec(name)?.[1];
    const tokens = countOf(value);
    if (ttl === undefined || tokens === undefined) continue;
    byTtl[ttl] = tokens;
    sum += tokens;
  }
  return details !== undefined && sum === total ? { total, byTtl } : { total };
}

/** Hosted tools that were used. Zeros are left out: they are reported for tools that nobody asked for. */
function unitsOf(toolUsage: unknown): Usage['units'] {
  const tools = fieldsOf(toolUsage);
  const searches = countOf(fieldsOf(tools?.['web_search'])?.['num_requests']) ?? 0;
  const imageTokens = countOf(fieldsOf(tools?.['image_gen'])?.['total_tokens']) ?? 0;
  if (searches === 0 && imageTokens === 0) return undefined;
  return { ...(searches > 0 && { web_search: searches }), ...(imageTokens > 0 && { image_gen_tokens: imageTokens }) };
}

/** Takes the part out of the total, or leaves the total where the part cannot be inside it. */
function without(total: number, part: number): number {
  return part <= total ? total - part : total;
}
