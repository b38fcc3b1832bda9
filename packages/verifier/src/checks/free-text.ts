import { type AnswerKey, textOf } from '@tollgate/sdk';
import { unwrapWords } from './algebra/tidy-math.ts';
import { answerTexts } from './answer-texts.ts';
import { isCut } from './is-cut.ts';

/**
 * A text as free answers are compared: compatible characters as one (NFKC), lower case, no punctuation, no articles
 * (a, an, the), single blanks. Empty where nothing else is left.
 *
 * Not for numbers: it makes `1.5` and `15` one.
 *
 * @example
 * normalizeText('The  Eiffel-Tower!'); // 'eiffeltower'
 */
// Source: SQuAD, arXiv 1606.05250, evaluation script 1.1, normalize_answer. Rule: lower case, then punctuation, articles, blanks.
// Differs: NFKC first, and Unicode punctuation goes too; the script knows ASCII only.
export function normalizeText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{P}$+<=>^`|~]/gu, '')
    .replace(/\b(?:a|an|the)\b/g, ' ')
    .trim()
    .split(/\s+/)
    .join(' ');
}

/** Whether two texts are the same free answer. False where nothing is left of them. */
export function freeTextsAgree(text: string, expected: string): boolean {
  const normal = normalizeText(unwrapWords(text));
  return normal !== '' && normal === normalizeText(unwrapWords(expected));
}

/**
 * The free answer of a text, normalised: what its last `\boxed{}` holds, else what follows its last "Answer:", else all of it.
 * Undefined where that is nothing, and where the text was cut before it was said.
 */
export function extractFreeText(text: string, options: { readonly cut?: boolean } = {}): string | undefined {
  const { announced, whole = '' } = answerTexts(text, options.cut ?? false);
  return normalizeText(unwrapWords(announced[0] ?? whole)) || undefined;
}

/**
 * Free texts are the same answer when they are equal once normalised as `normalizeText` does.
 *
 * @example
 * const model = vote(small, { samples: 5, answer: finalFreeText() });
 */
export function finalFreeText(): AnswerKey {
  return { name: 'final-free-text', key: (candidate) => extractFreeText(textOf(candidate), { cut: isCut(candidate) }) };
}
