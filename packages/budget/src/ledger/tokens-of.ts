import type { Usage } from '@tollgate/sdk';

/** Tokens in and out of an attempt, cached ones included; undefined where the usage does not say what went in or out. */
export function tokensOf(usage: Usage): bigint | undefined {
  const { inputUncached, outputText } = usage;
  if (inputUncached === undefined || outputText === undefined) return undefined;
  const rest = (usage.cacheRead ?? 0) + (usage.cacheWrite?.total ?? 0) + (usage.outputReasoning ?? 0);
  return BigInt(Math.ceil(inputUncached + outputText + rest));
}
