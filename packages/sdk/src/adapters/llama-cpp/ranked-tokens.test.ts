import type { Token } from 'node-llama-cpp';
import { describe, expect, it } from 'vitest';
import { rankedTokens } from './ranked-tokens.ts';

const token = (id: number): Token => id as Token;

/** What the engine gives for these probabilities: the best logits, and the sum of exp(logit − largest) over all. */
function engineGives(probabilities: readonly number[], best = probabilities.length): [Map<Token, number>, number] {
  const logits = probabilities.map((p, i) => [token(i), Math.log(p) + 3] as const);
  const sorted = logits.toSorted((a, b) => b[1] - a[1]);
  const largest = sorted[0]?.[1] ?? 0;
  const weight = sorted.reduce((sum, [, logit]) => sum + Math.exp(logit - largest), 0);
  return [new Map(sorted.slice(0, best)), weight];
}

describe('rankedTokens', () => {
  it('gives true probabilities also where only the best logits are known', () => {
    const ranked = rankedTokens(...engineGives([0.1, 0.6, 0.2, 0.1], 2));
    expect(ranked.map(({ token: id }) => id)).toEqual([1, 2]);
    expect(ranked.map(({ logprob }) => Math.exp(logprob))).toEqual([expect.closeTo(0.6, 9), expect.closeTo(0.2, 9)]);
  });
});
