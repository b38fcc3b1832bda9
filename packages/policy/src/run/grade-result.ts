import { type Candidate, type GenerateResult, textOf, totalUsd } from '@tollgate/sdk';
import { checkAnswer } from '@tollgate/verifier';
import type { Task } from '../tasks/task.ts';
import type { ResultLine } from './result-line.ts';

/** How one task ended, in the terms of its result line. */
export type Ending = Pick<ResultLine, 'status' | 'passed' | 'reason' | 'costUsd' | 'attempts' | 'outputTokens'> &
  Partial<Pick<ResultLine, 'answer' | 'text' | 'confidence' | 'signal'>>;

/** Grades what a strategy decided by the task's check, which the strategy never saw. */
export function gradeResult(task: Task, result: GenerateResult): Ending {
  const { decision, charges } = result;
  const chosen = result.candidates.find((candidate) => candidate.id === decision.chosen);
  const verdict = chosen === undefined ? { passed: false } : checkAnswer(task.check, chosen);
  return {
    status: decision.status,
    passed: verdict.passed,
    ...answerOf(chosen, verdict),
    ...(decision.confidence !== undefined && { confidence: decision.confidence }),
    ...(decision.signal !== undefined && { signal: decision.signal }),
    reason: decision.reason,
    costUsd: totalUsd(charges) ?? 0,
    attempts: charges.length,
    outputTokens: charges.reduce((sum, { usage }) => sum + (usage.outputText ?? 0) + (usage.outputReasoning ?? 0), 0),
  };
}

function answerOf(chosen: Candidate | undefined, verdict: { readonly answer?: string }): Partial<Ending> {
  if (chosen === undefined) return {};
  return { ...(verdict.answer !== undefined && { answer: verdict.answer }), text: textOf(chosen) };
}
