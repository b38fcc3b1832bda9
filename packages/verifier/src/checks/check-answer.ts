import { type AnswerCheck, type Candidate, textOf } from '@tollgate/sdk';
import { extractChoice } from './choice.ts';
import { foldText, textsAgree } from './exact.ts';
import { expectedNumber } from './expected-number.ts';
import { expressionsAgree, extractExpression } from './expression.ts';
import { extractFreeText, freeTextsAgree } from './free-text.ts';
import { isCut } from './is-cut.ts';
import { extractNumber } from './number.ts';
import { numbersAgree } from './numbers-agree.ts';
import { parseRational } from './rational.ts';
import { readSet } from './read-set.ts';
import { matchPattern } from './regex.ts';
import { findSet } from './set.ts';
import { memberKey, membersAgree } from './set-member.ts';

/** What a check found. */
export interface CheckResult {
  readonly passed: boolean;
  /** The answer that was compared, in canonical form, of a formula as it was written; absent where none was found. */
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
      const unit = check.unit === undefined ? {} : { unit: check.unit };
      const expected = expectedNumber(check.answer, check.unit) ?? '';
      const found = extractNumber(text, { cut, ...unit });
      return resultOf(
        found,
        (number) => parseRational(number) !== undefined && numbersAgree(number, expected, check.tolerance),
      );
    }
    case 'choice': {
      const found = extractChoice(text, { cut, ...(check.options !== undefined && { options: check.options }) });
      return resultOf(found, (letter) => letter === check.answer.trim().toUpperCase());
    }
    case 'set': {
      const [found, expected] = [findSet(text, cut), readSet(check.answer)];
      if (found === undefined || expected === undefined) return resultOf(undefined, () => false);
      return { passed: membersAgree(found, expected), answer: memberKey(found) };
    }
    case 'expression':
      return resultOf(extractExpression(text, { cut }), (formula) => expressionsAgree(formula, check.answer));
    case 'text':
      return resultOf(extractFreeText(text, { cut }), (words) => freeTextsAgree(words, check.answer));
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
