import type { LanguageModelV4Usage } from '@ai-sdk/provider';
import type { JsonValue } from '../../spec/json.ts';
import type { Usage, UsageKnown } from '../../spec/usage.ts';
import { countOf, fieldsOf } from '../../wire/json-fields.ts';

/** Tokens of one attempt as the AI SDK counts them. Totals are of what is known; without the plain bucket there is no total. */
export function writeUsage(usage: Usage): LanguageModelV4Usage {
  const { inputUncached: noCache, cacheRead, cacheWrite, outputText: text, outputReasoning: reasoning, raw } = usage;
  return {
    inputTokens: {
      total: noCache === undefined ? undefined : noCache + (cacheRead ?? 0) + (cacheWrite?.total ?? 0),
      noCache,
      cacheRead,
      cacheWrite: cacheWrite?.total,
    },
    outputTokens: { total: text === undefined ? undefined : text + (reasoning ?? 0), text, reasoning },
    ...(fieldsOf(raw) !== undefined && { raw: raw as NonNullable<LanguageModelV4Usage['raw']> }),
  };
}

/** Usage in disjoint buckets, and how well it is known. Unknown buckets stay undefined. */
export interface ReadUsage {
  readonly usage: Usage;
  readonly usageKnown: Extract<UsageKnown, 'exact' | 'estimated'>;
}

/**
 * Reads the buckets. Where a provider gives a total only, the plain bucket is what the known ones leave of it; of the input that
 * is an estimate, as some of it may have come from a cache.
 */
export function readUsage({ inputTokens, outputTokens, raw }: LanguageModelV4Usage): ReadUsage {
  const cacheRead = countOf(inputTokens.cacheRead);
  const cacheWrite = countOf(inputTokens.cacheWrite);
  const outputReasoning = countOf(outputTokens.reasoning);
  const noCache = countOf(inputTokens.noCache);
  const inputUncached = noCache ?? rest(inputTokens.total, cacheRead, cacheWrite);
  const outputText = countOf(outputTokens.text) ?? rest(outputTokens.total, outputReasoning);
  const guessed = noCache === undefined && (cacheRead === undefined || cacheWrite === undefined);
  return {
    usage: {
      ...(inputUncached !== undefined && { inputUncached }),
      ...(cacheRead !== undefined && { cacheRead }),
      ...(cacheWrite !== undefined && { cacheWrite: { total: cacheWrite } }),
      ...(outputText !== undefined && { outputText }),
      ...(outputReasoning !== undefined && { outputReasoning }),
      ...(raw !== undefined && { raw: raw as JsonValue }),
    },
    usageKnown: guessed ? 'estimated' : 'exact',
  };
}

/** What is left of a total. Parts that are more than the whole say nothing. */
function rest(total: number | undefined, ...parts: readonly (number | undefined)[]): number | undefined {
  const whole = countOf(total);
  return whole === undefined ? undefined : countOf(parts.reduce<number>((left, part) => left - (part ?? 0), whole));
}
