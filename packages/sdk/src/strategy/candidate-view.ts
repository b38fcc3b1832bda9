import type { AnswerKey } from '../spec/answer-key.ts';
import type { Candidate } from '../spec/result.ts';
import type { CandidateView } from '../spec/strategy-core.ts';

/** A candidate as a core may see it. Answers cut by a budget or an abort have no key, so they never vote. */
export function candidateView(candidate: Candidate, from: number, answer: AnswerKey): CandidateView {
  const { by } = candidate.finish;
  const key = by === 'budget' || by === 'aborted' ? undefined : answer.key(candidate);
  const { decision, logprobs } = candidate;
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
