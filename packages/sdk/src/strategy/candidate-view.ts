import type { AnswerKey } from '../spec/answer-key.ts';
import type { Candidate } from '../spec/result.ts';
import type { CandidateView } from '../spec/strategy-core.ts';

/**
 * A candidate as a core may see it. Answers cut by a budget or an abort, and those that miss the schema of the request,
 * have no key, so they never vote.
 */
export function candidateView(candidate: Candidate, from: number, answer: AnswerKey): CandidateView {
  const { by } = candidate.finish;
  const { decision, logprobs, schemaIssue } = candidate;
  const isUsable = by !== 'budget' && by !== 'aborted' && schemaIssue === undefined;
  const key = isUsable ? answer.key(candidate) : undefined;
  return {
    id: candidate.id,
    from,
    ...(key !== undefined && { answer: key }),
    ...(logprobs !== undefined && logprobs.length > 0 && { signals: { meanLogprob: meanLogprob(logprobs) } }),
    finish: by,
    ...(decision !== undefined && {
      decision: {
        status: decision.status,
        ...(decision.confidence !== undefined && { confidence: decision.confidence }),
      },
    }),
  };
}

function meanLogprob(logprobs: NonNullable<Candidate['logprobs']>): number {
  let sum = 0;
  for (const token of logprobs) sum += token.logprob;
  return sum / logprobs.length;
}
