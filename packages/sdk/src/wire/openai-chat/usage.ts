import type { JsonObject, JsonValue } from '../../spec/json.ts';
import type { Usage } from '../../spec/usage.ts';
import { countOf, fieldsOf } from '../json-fields.ts';

/**
 * Splits chat-completions usage into disjoint buckets: cached and written tokens are taken out of the prompt's total,
 * reasoning out of the completion's. A detail that is absent stays undefined; one that is 0 stays 0.
 *
 * Details that cannot be inside their total (larger than it, or counted on top of it in `total_tokens`) are taken as outside.
 * Returns undefined where the value holds no totals.
 */
export function readChatUsage(value: unknown, serviceTier?: string): Usage | undefined {
  const usage = fieldsOf(value);
  const prompt = countOf(usage?.['prompt_tokens']);
  const completion = countOf(usage?.['completion_tokens']);
  if (prompt === undefined && completion === undefined) return undefined;
  const promptDetails = fieldsOf(usage?.['prompt_tokens_details']);
  const cacheRead = countOf(promptDetails?.['cached_tokens']);
  const cacheWrite = countOf(promptDetails?.['cache_write_tokens']);
  const reasoning = countOf(fieldsOf(usage?.['completion_tokens_details'])?.['reasoning_tokens']);
  const inputUncached = prompt === undefined ? undefined : without(prompt, (cacheRead ?? 0) + (cacheWrite ?? 0));
  const onTop = sum(prompt, completion, reasoning) === countOf(usage?.['total_tokens']);
  const outputText = completion === undefined || onTop ? completion : without(completion, reasoning ?? 0);
  return {
    ...(inputUncached !== undefined && { inputUncached }),
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite: { total: cacheWrite } }),
    ...(outputText !== undefined && { outputText }),
    ...(reasoning !== undefined && { outputReasoning: reasoning }),
    ...(serviceTier !== undefined && { billed: { tier: serviceTier } }),
    raw: value as JsonValue,
  };
}

/**
 * Adds disjoint buckets up to the inclusive totals of chat completions. Undefined where a total is not known: a client
 * must not read a 0 that nobody counted.
 */
export function writeChatUsage(usage: Usage): JsonObject | undefined {
  const { inputUncached, cacheRead, cacheWrite, outputText, outputReasoning } = usage;
  if (inputUncached === undefined || outputText === undefined) return undefined;
  const prompt = inputUncached + (cacheRead ?? 0) + (cacheWrite?.total ?? 0);
  const completion = outputText + (outputReasoning ?? 0);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...((cacheRead !== undefined || cacheWrite !== undefined) && {
      prompt_tokens_details: {
        ...(cacheRead !== undefined && { cached_tokens: cacheRead }),
        ...(cacheWrite !== undefined && { cache_write_tokens: cacheWrite.total }),
      },
    }),
    ...(outputReasoning !== undefined && { completion_tokens_details: { reasoning_tokens: outputReasoning } }),
  };
}

/** Takes the part out of the total, or leaves the total where the part cannot be inside it. */
function without(total: number, part: number): number {
  return part <= total ? total - part : total;
}

/** The total if reasoning were counted on top, or undefined where that says nothing. */
function sum(prompt?: number, completion?: number, reasoning?: number): number | undefined {
  if (prompt === undefined || completion === undefined || reasoning === undefined || reasoning === 0) return undefined;
  return prompt + completion + reasoning;
}
