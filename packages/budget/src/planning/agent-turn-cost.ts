import { InvalidOptionError } from '@tollgate/sdk';
import { checkNotNegative } from '../prices/check-number.ts';

/** An agent whose conversation grows by about as much every turn. */
export interface AgentTurns {
  /** Tokens of the prompt before the first turn: system, tools, task. Range [0, ∞). */
  readonly prefixTokens: number;
  /** Tokens that each turn appends, its own reply included. Range [0, ∞). */
  readonly appendedTokens: number;
  /** Tokens that each turn generates. Range [0, ∞). */
  readonly outputTokens: number;
}

/** Prices of one model. */
export interface AgentTurnPrices {
  /** US dollars. Range [0, ∞). */
  readonly inputUsdPerMillion: number;
  /** US dollars. Range [0, ∞). */
  readonly outputUsdPerMillion: number;
  /**
   * Prompt cache: what a token costs that is written to it or read from it, as a multiple of the input price. Without it
   * every turn pays the whole conversation again. @defaultValue no cache
   */
  readonly cache?: { readonly write: number; readonly read: number };
}

/** What some turns come to. */
export interface AgentTurnCost {
  /** All input tokens together, cached or not: `nS + d n (n − 1) / 2`. */
  readonly inputTokens: number;
  readonly costUsd: number;
  /** What turn n + 1 would add, in US dollars. */
  readonly nextTurnUsd: number;
}

/**
 * Tokens and dollars of an agent that takes `turns` turns. Tokens grow with the square of the turns; dollars do so only
 * without a prompt cache, which is why savings are counted in dollars and not in turns.
 *
 * With a cache each token is written once and read in every later turn; a cache that expires or is lost costs more.
 *
 * @throws InvalidOptionError when `turns` is not a whole number ≥ 0 or an amount is negative.
 * @example
 * agentTurnCost(
 *   { prefixTokens: 5000, appendedTokens: 1500, outputTokens: 400 },
 *   { inputUsdPerMillion: 3, outputUsdPerMillion: 15, cache: { write: 1.25, read: 0.1 } },
 *   20,
 * ).costUsd; // 0.3511, and 1.275 without the cache
 */
// Rule: P_i = S + (i − 1) d; with a cache p_in [w P_n + ρ (Σ P_i − P_n)] + p_out n o, next turn p_in (ρ P_n + w d) + p_out o.
export function agentTurnCost(agent: AgentTurns, prices: AgentTurnPrices, turns: number): AgentTurnCost {
  const { prefixTokens, appendedTokens, outputTokens } = agent;
  const { inputUsdPerMillion, outputUsdPerMillion, cache } = prices;
  checkNotNegative('prefixTokens', prefixTokens);
  checkNotNegative('appendedTokens', appendedTokens);
  checkNotNegative('outputTokens', outputTokens);
  checkNotNegative('inputUsdPerMillion', inputUsdPerMillion);
  checkNotNegative('outputUsdPerMillion', outputUsdPerMillion);
  if (cache !== undefined) checkNotNegative('cache.write', cache.write);
  if (cache !== undefined) checkNotNegative('cache.read', cache.read);
  if (!Number.isSafeInteger(turns) || turns < 0) {
    throw new InvalidOptionError('turns', `turns must be a whole number of at least 0, received ${turns}.`);
  }
  const inputTokens = turns * prefixTokens + (appendedTokens * turns * (turns - 1)) / 2;
  const lastPrompt = turns === 0 ? 0 : prefixTokens + (turns - 1) * appendedTokens;
  const nextPrompt = prefixTokens + turns * appendedTokens;
  const billed = cache === undefined ? inputTokens : cache.write * lastPrompt + cache.read * (inputTokens - lastPrompt);
  const nextBilled =
    cache === undefined ? nextPrompt : cache.read * lastPrompt + cache.write * (nextPrompt - lastPrompt);
  const usd = (input: number, output: number): number =>
    (input * inputUsdPerMillion + output * outputUsdPerMillion) / 1e6;
  return {
    inputTokens,
    costUsd: usd(billed, turns * outputTokens),
    nextTurnUsd: usd(nextBilled, outputTokens),
  };
}
