import type { AnswerKey } from '../spec/answer-key.ts';
import type { Candidate } from '../spec/result.ts';
import type { Signal } from '../spec/signal.ts';
import type { CandidateView } from '../spec/strategy-core.ts';
import { meanLogprob } from './mean-logprob.ts';

/**
 * A candidate as a core may see it. Answers cut by a budget or an abort, and those that miss the schema of the request,
 * have no key, so they never vote.
 */
export function candidateView(
  candidate: Candidate,
  from: number,
  { answer, signals }: { readonly answer: AnswerKey; readonly signals: readonly Signal[] },
): CandidateView {
  const { by } = candidate.finish;
  const { decision, schemaIssue } = candidate;
  const isUsable = by !== 'budget' && by !== 'aborted' && schemaIssue === undefined;
  const key = isUsable ? answer.key(candidate) : undefined;
  return {
    id: candidate.id,
    from,
    ...(key !== undefined && { answer: key }),
    ...signalsOf(candidate, signals),
    finish: by,
    ...(decision !== undefined && {
      decision: {
        status: decision.status,
        ...(decision.confidence !== undefined && { confidence: decision.confidence }),
      },
    }),
  };
}

function signalsOf(candidate: Candidate, signals: readonly Signal[]): Pick<CandidateView, 'signals'> {
  const likelihood = meanLogprob(candidate);
  const measured: { [name: string]: number } = likelihood === undefined ? {} : { meanLogprob: likelihood };
  for (const { name, read } of signals) {
    const value = read(candidate);
    if (value !== undefined) measured[name] = value;
  }
  return Object.keys(measured).length > 0 ? { signals: measured } : {};
}
