import type { Attributes } from '@opentelemetry/api';
import { totalUsd } from '../leaf/total-usd.ts';
import type { Charge } from '../spec/result.ts';
import type { Usage } from '../spec/usage.ts';

/** Tokens by the conventions, which count cached input as input and reasoning as output. Unknown stays absent. */
export function tokensOf(usage: Usage): { readonly input: number | undefined; readonly output: number | undefined } {
  return {
    input: added([usage.inputUncached, usage.cacheRead, usage.cacheWrite?.total]),
    output: added([usage.outputText, usage.outputReasoning]),
  };
}

/** Usage of one attempt, or of several of the same model together. */
export function usageAttributes(usage: Usage): Attributes {
  const { input, output } = tokensOf(usage);
  return {
    ...(input !== undefined && { 'gen_ai.usage.input_tokens': input }),
    ...(output !== undefined && { 'gen_ai.usage.output_tokens': output }),
    ...(usage.cacheRead !== undefined && { 'gen_ai.usage.cache_read.input_tokens': usage.cacheRead }),
    ...(usage.cacheWrite !== undefined && { 'gen_ai.usage.cache_creation.input_tokens': usage.cacheWrite.total }),
    ...(usage.outputReasoning !== undefined && { 'gen_ai.usage.reasoning.output_tokens': usage.outputReasoning }),
  };
}

/** What the attempts cost together in US dollars; undefined where one has no price, or there are none. */
export function costUsdOf(charges: readonly Pick<Charge, 'cost'>[]): number | undefined {
  return charges.length === 0 ? undefined : totalUsd(charges);
}

/** The sum of the buckets that are known; the first one must be. */
function added([first, ...others]: readonly (number | undefined)[]): number | undefined {
  return first === undefined ? undefined : others.reduce<number>((sum, value) => sum + (value ?? 0), first);
}
