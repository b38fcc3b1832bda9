import type { Token } from 'node-llama-cpp';

/** A token and the model's own probability of it. */
export interface SampledToken {
  readonly token: Token;
  /** Natural logarithm, over the full vocabulary, before temperature and filters. */
  readonly logprob: number;
}

/** The best tokens of a position with their own log-probabilities, best first. */
export function rankedTokens(logits: ReadonlyMap<Token, number>, totalLogitWeight: number): readonly SampledToken[] {
  const ranked = [...logits].sort((a, b) => b[1] - a[1]);
  const best = ranked[0]?.[1] ?? 0;
  // The engine sums exp(logit - largest logit), so this is the log of the softmax's denominator.
  const normaliser = best + Math.log(totalLogitWeight);
  return ranked.map(([token, logit]) => ({ token, logprob: logit - normaliser }));
}
