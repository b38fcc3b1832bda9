import { type AnswerKey, textOf } from '@tollgate/sdk';
import { answerTexts, lastLine, splitFormulas } from './answer-texts.ts';
import { isCut } from './is-cut.ts';
import { readSet } from './read-set.ts';
import { memberKey, membersAgree, type SetMember } from './set-member.ts';

/** What stands in front of a list: "the solutions are 1 and 2". */
const leadIn = /(?:^|\s)(?:is|are|be|by|get|gives?|equals?|yields?):?\s/i;

/**
 * The answers that a text gives, as a set in canonical form: `{-1, 2}`, `{(1, 2)}`, `{(-∞, 2), (3, ∞)}`, `{blue, red}`.
 *
 * Read in the last `\boxed{}`, else after the last "Answer:", else on the last line. Commas, semicolons, "and", "or" and ∪
 * separate, ± gives two. Order and repetition do not count, except inside brackets: `(1, 2)` is a point or an interval, `[1, 2]`
 * an interval, and neither is `(2, 1)`. Braces, and square brackets around other than two, hold a set. A comma never groups
 * thousands, unless it is written as LaTeX does it: `1{,}234`.
 *
 * @example
 * extractSet('Both work, so the answer is x = 2 or x = -1.'); // '{-1, 2}'
 */
export function extractSet(text: string, options: { readonly cut?: boolean } = {}): string | undefined {
  const set = findSet(text, options.cut ?? false);
  return set === undefined ? undefined : memberKey(set);
}

/** Finds the set that a text gives as its answer. */
export function findSet(text: string, cut: boolean): SetMember | undefined {
  const { announced, whole } = answerTexts(text, cut);
  const line = announced[0] ?? (whole === undefined ? undefined : lastLine(whole));
  if (line === undefined) return undefined;
  const { plain, formulas } = splitFormulas(line);
  const [formula, ...more] = formulas;
  return readSet(formula !== undefined && more.length === 0 ? formula : (plain.split(leadIn).at(-1) ?? plain));
}

/**
 * Whether two lists hold the same answers, in any order: numbers as `numbersAgree` compares them, formulas as `expressionsAgree`
 * does, words as `normalizeText` does. False where either is empty text.
 *
 * @example
 * setsAgree('{1/2, 3}', 'x = 3 or x = 0.5'); // true
 */
export function setsAgree(answer: string, expected: string): boolean {
  const [a, b] = [readSet(answer), readSet(expected)];
  return a !== undefined && b !== undefined && membersAgree(a, b);
}

/**
 * Sets are the same answer when their members are, in any order.
 *
 * @example
 * const model = vote(small, { samples: 5, answer: finalSet() });
 */
export function finalSet(): AnswerKey {
  return { name: 'final-set', key: (candidate) => extractSet(textOf(candidate), { cut: isCut(candidate) }) };
}
