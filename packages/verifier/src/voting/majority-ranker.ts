import type { Ranker } from '@tollgate/sdk';
import { tallyVotes } from '@tollgate/stats';
import { answerRanker, type VoteRankerOptions } from './answer-ranker.ts';

// Source: self-consistency, arXiv 2203.11171, section 2. Rule: argmax over answers of the number of samples that give it.
/**
 * Ranks candidates by how many of them give the same answer. A score is the share of the candidates that have an answer.
 *
 * The ranker for survivors of tests: on published figures it then beats reward models at no cost.
 *
 * @example
 * const { order, scores } = await majorityRanker({ answer: finalNumber() }).rank({ request, candidates, context });
 */
export function majorityRanker({ answer }: VoteRankerOptions): Ranker {
  return answerRanker('majority', answer, (voters) => tallyVotes(voters.map((voter) => voter.answer)).counts);
}
