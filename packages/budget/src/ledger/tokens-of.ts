import type { Usage } from '@tollgate/sdk';
import { mostOf } from './limits.ts';

/** Tokens in and out of an attempt, cached ones included; undefined where the usage does not say what went in or out. */
export function tokensOf(usage: Usage): bigint | undefined {
  const { inputUncached, outputText } = usage;
  if (inputUncached === undefined || outputText === undefined) return undefined;
  const rest = (usage.cacheRead ?? 0) + (usage.cacheWrite?.total ?? 0) + (usage.outputReasoning ?? 0);
  return BigInt(Math.ceil(inputUncached + outputText + rest));
}

/** Tokens that a hold stands for where nobody knows what was used: none where the attempt named no bound and no limit had one. */
export function boundedTokens(held: bigint): bigint {
  return held < mostOf.tokens ? held : 0n;
}
