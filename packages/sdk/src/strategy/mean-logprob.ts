import type { Candidate } from '../spec/result.ts';

/** Mean log-probability of a candidate's tokens; undefined where the engine gave none. Range (−∞, 0]. */
export function meanLogprob({ logprobs = [] }: Pick<Candidate, 'logprobs'>): number | undefined {
  if (logprobs.length === 0) return undefined;
  let sum = 0;
  for (const { logprob } of logprobs) sum += logprob;
  return sum / logprobs.length;
}
