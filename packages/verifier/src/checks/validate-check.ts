import { type AnswerCheck, InvalidOptionError } from '@tollgate/sdk';
import { finalChoice } from './choice.ts';
import { foldText } from './exact.ts';
import { extractNumber } from './number.ts';
import { matchPattern } from './regex.ts';

/**
 * Refuses a check that cannot be meant: an answer that is not a number, a pattern that does not compile, a letter that
 * is not on offer.
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
    default:
      throw wrong('kind', '"number", "exact", "regex" or "choice"', (check as { readonly kind?: unknown }).kind);
  }
}

function validateNumber({ answer, tolerance }: Extract<AnswerCheck, { kind: 'number' }>): void {
  const isNumber = typeof answer === 'number' ? Number.isFinite(answer) : extractNumber(String(answer)) !== undefined;
  if (!isNumber) throw wrong('answer', 'a number such as 42, "3/4" or "1,234.5"', answer);
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
