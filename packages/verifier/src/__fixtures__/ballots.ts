import { type Candidate, type Ranker, rootContext, type Scorer, type ScoreInput, type Verdict } from '@tollgate/sdk';
import { candidate } from './candidate.ts';

/** What a sample says, and how sure its model was of each token. */
export interface Sample {
  readonly text: string;
  readonly model?: string;
  readonly meanLogprob?: number;
}

/** Candidates `0`, `1`, … that say the texts. An empty text holds no answer. */
export function ballots(samples: readonly (string | Sample)[]): readonly Candidate[] {
  return samples.map((sample, i) => {
    const { text, model, meanLogprob } = typeof sample === 'string' ? { text: sample } : sample;
    const plain = candidate(text, 'eos', String(i));
    return {
      ...plain,
      ...(model !== undefined && { producedBy: { provider: 'test', modelId: model } }),
      ...(meanLogprob !== undefined && { logprobs: [{ text, logprob: meanLogprob }] }),
    };
  });
}

/** Ids of candidates in the order of a ranker, and scores by id. */
export async function ranked(
  ranker: Ranker,
  candidates: readonly Candidate[],
): Promise<{ readonly order: readonly string[]; readonly scores: { readonly [id: string]: number } }> {
  const { order, scores = {}, charges } = await ranker.rank(inputOf(candidates));
  if (charges.length > 0) throw new Error('a vote costs nothing');
  return { order, scores };
}

/** Verdicts of a scorer that costs nothing. */
export async function judged(scorer: Scorer, candidates: readonly Candidate[]): Promise<readonly Verdict[]> {
  const { verdicts, charges } = await scorer.score(inputOf(candidates));
  if (charges.length > 0) throw new Error('a vote costs nothing');
  return verdicts;
}

function inputOf(candidates: readonly Candidate[]): ScoreInput {
  return { request: { messages: [{ role: 'user', content: 'q' }] }, candidates, context: rootContext() };
}
