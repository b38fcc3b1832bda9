import type { AnswerCheck, Scorer } from '@tollgate/sdk';
import { validateCheck } from '../checks/validate-check.ts';
import { checkScorer } from './check-scorer.ts';

/**
 * Judges by the run-time check that a task brings along (`evidence.verify`); abstains where a task has none.
 *
 * Scoring throws InvalidOptionError when a task's check cannot be meant.
 *
 * @example
 * const model = bestOfMiniN(small, { scorer: verifyScorer(), miniN: 2, total: 8 });
 * await generateText(model, task.prompt, { evidence: { verify: { kind: 'regex', answer: '^\\d+$' } } });
 */
export function verifyScorer(): Scorer {
  return checkScorer('verify', ({ request }) => {
    const check = request.evidence?.verify;
    if (check !== undefined) validateCheck(check);
    return check;
  });
}

/**
 * Judges by the check that grades the task: an upper bound on what any verifier could reach, never a result. Runs that
 * use it are labelled `oracle verifier`.
 *
 * @throws InvalidOptionError when the check cannot be meant.
 */
export function oracleScorer(check: AnswerCheck): Scorer {
  validateCheck(check);
  return { ...checkScorer('oracle', () => check), oracle: true };
}
