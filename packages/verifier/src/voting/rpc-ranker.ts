import type { Candidate, Ranker } from '@tollgate/sdk';
import { answerRanker, type VoteRankerOptions } from './answer-ranker.ts';
import { perplexityConsistency } from './perplexity-consistency.ts';

/**
 * Ranks candidates by perplexity consistency with reasoning pruning (RPC): an answer scores the probability that the model
 * gave to the distinct candidates with it, those of an improbable group left out.
 *
 * Needs log-probabilities of the chosen tokens (`logprobs` of the request). Where any candidate with an answer has none it
 * ranks as `majorityRanker`.
 *
 * @example
 * const ranker = rpcRanker({ answer: finalNumber() });
 */
export function rpcRanker({ answer }: VoteRankerOptions): Ranker {
  return answerRanker('rpc', answer, (voters) => {
    const { clusters } = perplexityConsistency(
      voters.map((voter) => ({
        answer: voter.answer,
        text: completionOf(voter.candidate),
        meanLogprob: voter.signals['meanLogprob'],
      })),
    );
    return new Map(clusters.map((cluster) => [cluster.answer, cluster.score]));
  });
}

/** What was written, shown reasoning included: two ways to one answer are two paths. */
function completionOf({ content }: Candidate): string {
  return JSON.stringify(content.map((part) => ('text' in part ? [part.type, part.text] : part)));
}
