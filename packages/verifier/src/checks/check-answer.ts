import { type AnswerCheck, type Candidate, textOf } from '@tollgate/sdk';
import { extractChoice } from './choice.ts';
import { foldText, textsAgree } from './exact.ts';
import { isCut } from './is-cut.ts';
import { extractNumber } from './number.ts';
import { numbersAgree } from './numbers-agree.ts';
import { matchPattern } from './regex.ts';

/** What a check found. */
export interface CheckResult {
  readonly passed: boolean;
  /** The answer that was compared, in canonical form; absent where none was found. */
  readonly answer?: string;
}

/**
 * Applies a check to an answer: a candidate, whose way of ending counts, or a plain text, which is taken to be complete.
 *
 * @throws InvalidOptionError when the check's pattern, flags or options cannot be meant; `validateCheck` tells beforehand.
 *
 * @example
 * checkAnswer({ kind: 'number', answer: '3/4' }, 'Answer: 0.75'); // { passed: true, answer: '3/4' }
 */
export function checkAnswer(check: AnswerCheck, answer: Candidate | string): CheckResult {
  const [text, cut] = typeof answer === 'string' ? [answer, false] : [textOf(answer), isCut(answer)];
  switch (check.kind) {
    case 'number': {
      const found = extractNumber(text, { cut });
      return resultOf(found, (number) => numbersAgree(number, check.answer, check.tolerance));
    }
    case 'choice': {
      const found = extractChoice(text, { cut, ...(check.options !== undefined && { options: check.options }) });
      return resultOf(found, (letter) => letter === check.answer.trim().toUpperCase());
    }
    case 'exact':
      return resultOf(foldText(text) || undefined, (whole) => textsAgree(whole, check.answer, check.ignoreCase));
    case 'regex':
      return resultOf(matchPattern(check.answer, check.flags)(text), () => true);
    default:
      return check satisfies never;
  }
}

function resultOf(answer: string | undefined, passes: (answer: string) => boolean): CheckResult {
  return answer === undefined ? { passed: false } : { passed: passes(answer), answer };
}
