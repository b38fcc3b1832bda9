import type { AnswerCheck, Scorer, ScoreInput, Verdict } from '@tollgate/sdk';
import { checkAnswer } from '../checks/check-answer.ts';

/** A scorer that applies a check: accept or reject, abstain where there is none. Free: it asks no model. */
export function checkScorer(name: string, checkOf: (input: ScoreInput) => AnswerCheck | undefined): Scorer {
  return {
    name,
    basis: 'behaviour',
    score: async (input) => {
      const check = checkOf(input);
      return { verdicts: input.candidates.map((candidate) => verdictOn(candidate, check)), charges: [] };
    },
  };
}

function verdictOn(candidate: ScoreInput['candidates'][number], check: AnswerCheck | undefined): Verdict {
  if (check === undefined) return { candidateId: candidate.id, status: 'abstain' };
  const { passed, answer } = checkAnswer(check, candidate);
  return {
    candidateId: candidate.id,
    status: passed ? 'accept' : 'reject',
    ...(answer !== undefined && { evidence: { answer } }),
  };
}
