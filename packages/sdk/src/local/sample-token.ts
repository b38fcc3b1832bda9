import type { RandomSource } from '../spec/context.ts';
import type { ScoredToken } from '../spec/token-model.ts';

/** How a token is chosen out of the best ones. */
export interface SamplingOptions {
  /** 0 takes the best token. Range [0, 2]. */
  readonly temperature: number;
  /** Range (0, 1]. */
  readonly topP: number;
}

/**
 * Chooses one of the best tokens: temperature, then the smallest set that holds `topP` of the probability, then chance.
 * The order of the two is llama.cpp's default chain: top-k, top-p, temperature.
 */
export function sampleToken<Ranked extends ScoredToken>(
  ranked: readonly Ranked[],
  options: SamplingOptions,
  random: RandomSource,
): Ranked | undefined {
  const best = ranked[0];
  if (best === undefined || options.temperature === 0) return best;
  let mass = 0;
  for (const { logprob } of ranked) mass += Math.exp(logprob);
  const kept: Ranked[] = [];
  let held = 0;
  for (const candidate of ranked) {
    kept.push(candidate);
    held += Math.exp(candidate.logprob);
    if (held >= options.topP * mass) break;
  }
  const weights = kept.map(({ logprob }) => Math.exp((logprob - best.logprob) / options.temperature));
  let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < kept.length; i += 1) {
    left -= weights[i] ?? 0;
    if (left < 0) return kept[i];
  }
  return kept.at(-1);
}
