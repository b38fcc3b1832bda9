import { type AnswerKey, textOf } from '@tollgate/sdk';
import { type Fingerprint, fingerprintKey, fingerprintOf, fingerprintsAgree } from './algebra/fingerprint.ts';
import { answerTexts, lastLine, splitFormulas } from './answer-texts.ts';
import { isCut } from './is-cut.ts';

/** Longer answers are no formulas. */
const maxCharacters = 2000;

// Words end a formula: "4a - 2 because", "x + 1, for x > 0". Commands and the names of functions are no words.
const word = /(?<![\\\p{L}_])(?:(?!sqrt|arc|sinh|cosh|tanh)\p{L}{4,}|and|but|for|if|is|of|or|so|the|to|via)(?!\p{L})/iu;
const leadIn = /(?:^|\s)(?:is|are|be|by|get|gives?|equals?|becomes|yields?):?\s/i;
// Text set inside a formula names what it is, in front, or holds units and remarks, behind.
const label = /^\s*\\(?:text|mbox)\{[^{}]*\}\s*[=:]/;
const remark = /\\(?:text|mbox)/;

const letters = /^\p{L}{2,}$/u;

/** A formula found in a text. */
export interface FoundExpression {
  /** As it stands in the text, without what is around it. */
  readonly source: string;
  readonly fingerprint: Fingerprint;
}

/** Finds the formula that a text gives as its answer. */
export function findExpression(text: string, cut: boolean): FoundExpression | undefined {
  const { announced, whole } = answerTexts(text, cut);
  for (const each of announced) {
    const found = firstFormula([...splitFormulas(each).formulas.slice(0, 1), each]);
    if (found !== undefined) return found;
  }
  if (whole === undefined) return undefined;
  const line = lastLine(whole);
  return firstFormula([
    ...splitFormulas(whole).formulas.slice(-1),
    line.slice(-maxCharacters).split(leadIn).at(-1) ?? '',
    line,
  ]);
}

/**
 * The formula that a text gives as its answer, as it stands there: in its last `\boxed{}`, else after its last "Answer:", else
 * the last formula between dollar signs or on its last line. Undefined where none of them is a formula.
 *
 * @example
 * extractExpression('So we have **Answer:** $2x + 2$, for all x.'); // '2x + 2'
 */
export function extractExpression(text: string, options: { readonly cut?: boolean } = {}): string | undefined {
  return findExpression(text, options.cut ?? false)?.source;
}

/**
 * Whether two formulas are equal for all values of their variables: `2(x + 1)` and `2x + 2`, `1/\sqrt{2}` and `\sqrt{2}/2`.
 * Equations are equal when they differ by a factor; `y = 2x` is the formula `2x`. False where either is no formula.
 *
 * Exact for `+ - * /` and whole powers: formulas that differ are taken for equal with chance below 2^-300 over the choice of the
 * point at which they are compared. With roots and functions they are compared to nine digits at two points, variables
 * positive. Rounded numbers are not equal to what they round: use `numbersAgree` for numbers.
 *
 * @example
 * expressionsAgree('(x^2 - 1)/(x - 1)', '1 + x'); // true
 */
export function expressionsAgree(a: string, b: string): boolean {
  const [left, right] = [firstFormula([a]), firstFormula([b])];
  return left !== undefined && right !== undefined && fingerprintsAgree(left.fingerprint, right.fingerprint);
}

/**
 * Formulas are the same answer when they are equal for all values of their variables.
 *
 * @example
 * const model = vote(small, { samples: 5, answer: finalExpression() });
 */
export function finalExpression(): AnswerKey {
  return {
    name: 'final-expression',
    key: (candidate) => {
      const found = findExpression(textOf(candidate), isCut(candidate));
      return found === undefined ? undefined : fingerprintKey(found.fingerprint);
    },
  };
}

function firstFormula(texts: readonly string[]): FoundExpression | undefined {
  for (const text of texts) {
    if (text.length > maxCharacters) continue;
    const { plain } = splitFormulas(text);
    const [formula = ''] = plain.replace(label, '').split(remark, 1);
    const end = word.exec(formula)?.index;
    const source = formula.slice(0, end).replace(/^[\s*_"'`:]+|[\s.,;:!*_"'`]+$/g, '');
    // "see above" is no product of s, e and e; "abc" alone is one.
    const fingerprint = end !== undefined && letters.test(source) ? undefined : fingerprintOf(source);
    if (fingerprint !== undefined) return { source, fingerprint };
  }
  return undefined;
}
