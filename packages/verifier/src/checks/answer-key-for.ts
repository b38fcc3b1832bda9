import { type AnswerCheck, type AnswerKey, wholeText } from '@tollgate/sdk';
import { finalChoice } from './choice.ts';
import { finalNumber } from './number.ts';

/**
 * The answer key that suits a kind of check, so that votes count what the check compares. It sees the kind and the
 * options on offer, never the expected answer.
 *
 * @throws InvalidOptionError when the options of a choice cannot be meant.
 */
export function answerKeyFor(check: Pick<AnswerCheck, 'kind'> & { readonly options?: string }): AnswerKey {
  switch (check.kind) {
    case 'number':
      return finalNumber();
    case 'choice':
      return finalChoice(check.options);
    case 'exact':
    case 'regex':
      return wholeText();
    default:
      return check.kind satisfies never;
  }
}
