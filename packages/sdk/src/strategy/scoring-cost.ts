import { knownTokens } from '../leaf/known-tokens.ts';
import { totalUsd } from '../leaf/total-usd.ts';
import type { Charge } from '../spec/result.ts';
import type { ScoringCost } from '../spec/strategy-core.ts';

/** What a scorer's calls came to, as a core is told of it. */
export function scoringCost(seconds: number, charges: readonly Charge[]): ScoringCost {
  const usd = totalUsd(charges);
  const tokens = charges.reduce((sum, { usage }) => sum + knownTokens(usage), 0);
  return { seconds, ...(usd !== undefined && { usd }), ...(charges.length > 0 && { tokens }) };
}
