import { type AnswerCheck, InvalidOptionError } from '@tollgate/sdk';
import { finalChoice } from './choice.ts';
import { foldText } from './exact.ts';
import { expectedNumber } from './expected-number.ts';
import { expressionsAgree } from './expression.ts';
import { normalizeText } from './free-text.ts';
import { matchPattern } from './regex.ts';
import { readSet } from './read-set.ts';

/**
 * Refuses a check that cannot be meant: an answer that is not a number, a pattern that does not compile, a letter that
 * is not on offer, a formula that cannot be read.
 *
 * @throws InvalidOptionError naming the field, what was expected and what came.
 */
export function validateCheck(check: AnswerCheck): void {
  switch (check.kind) {
    case 'number':
      return validateNumber(check);
    case 'exact':
      requireText(check);
      if (foldText(check.answer) === '') throw wrong('answer', 'a text with more than white space', check.answer);
      return;
    case 'regex':
      requireText(check);
      matchPattern(check.answer, check.flags);
      return;
    case 'choice':
      requireText(check);
      finalChoice(check.options);
      if (!(check.options ?? 'ABCDE').split('').includes(check.answer.trim().toUpperCase())) {
        throw wrong('answer', `one letter out of "${check.options ?? 'ABCDE'}"`, check.answer);
      }
      return;
    case 'set':
      requireText(check);
      if (readSet(check.answer) === undefined)
        throw wrong('answer', 'a list such as "1, 2" or "{(1, 2)}"', check.answer);
      return;
    case 'expression':
      requireText(check);
      if (!expressionsAgree(check.answer, check.answer)) {
        throw wrong('answer', 'a formula such as "2x + 1" or "\\frac{\\sqrt{3}}{2}"', check.answer);
      }
      return;
    case 'text':
      requireText(check);
      if (normalizeText(check.answer) === '')
        throw wrong('answer', 'a text with more than articles and punctuation', check.answer);
      return;
    default:
      throw wrong(
        'kind',
        '"number", "exact", "regex", "choice", "set", "expression" or "text"',
        (check as { readonly kind?: unknown }).kind,
      );
  }
}

function validateNumber({ answer, tolerance, unit }: Extract<AnswerCheck, { kind: 'number' }>): void {
  if (expectedNumber(answer, unit) === undefined) {
    throw wrong('answer', `a number such as 42, "3/4" or "1,234.5"${unit === undefined ? '' : `, in ${unit}`}`, answer);
  }
  if (tolerance !== undefined && !(Number.isFinite(tolerance) && tolerance >= 0)) {
    throw wrong('tolerance', 'a number of 0 or more', tolerance);
  }
}

function requireText({ answer }: { readonly answer: unknown }): void {
  if (typeof answer !== 'string') throw wrong('answer', 'a text', answer);
}

function wrong(field: string, expected: string, received: unknown): InvalidOptionError {
  const shown = typeof received === 'string' ? JSON.stringify(received) : String(received);
  return new InvalidOptionError(field, `The ${field} of a check must be ${expected}, received ${shown}.`);
}
