import { type AnswerCheck, type AnswerKey, wholeText } from '@tollgate/sdk';
import { finalChoice } from './choice.ts';
import { finalExpression } from './expression.ts';
import { finalFreeText } from './free-text.ts';
import { finalNumber } from './number.ts';
import { finalSet } from './set.ts';

/** The part of a check that is no secret. */
export type KindOfCheck = Pick<AnswerCheck, 'kind'> & { readonly options?: string; readonly unit?: string };

/**
 * The answer key that suits a kind of check, so that votes count what the check compares. It sees the kind, the
 * options on offer and the unit, never the expected answer.
 *
 * @throws InvalidOptionError when the options of a choice, or the unit of a number, cannot be meant.
 */
export function answerKeyFor(check: KindOfCheck): AnswerKey {
  switch (check.kind) {
    case 'number':
      return finalNumber(check.unit);
    case 'choice':
      return finalChoice(check.options);
    case 'set':
      return finalSet();
    case 'expression':
      return finalExpression();
    case 'text':
      return finalFreeText();
    case 'exact':
    case 'regex':
      return wholeText();
    default:
      return check.kind satisfies never;
  }
}
