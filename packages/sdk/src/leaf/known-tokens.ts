import type { Usage } from '../spec/usage.ts';

/** Tokens of an attempt, read and written, as far as they are known. A size, never a price: buckets are priced apart. */
export function knownTokens({ inputUncached, cacheRead, cacheWrite, outputText, outputReasoning }: Usage): number {
  return (
    (inputUncached ?? 0) + (cacheRead ?? 0) + (cacheWrite?.total ?? 0) + (outputText ?? 0) + (outputReasoning ?? 0)
  );
}
