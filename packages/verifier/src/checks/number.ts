import { type AnswerKey, textOf } from '@tollgate/sdk';
import { announcedAnswers, readablePart } from './announced-answer.ts';
import { isCut } from './is-cut.ts';
import { readNumbers } from './read-number.ts';

/** Options of `extractNumber`. */
export interface ExtractNumberOptions {
  /**
   * The text was cut before its end. Then its last number is not taken for an answer, nor is a number that the cut may
   * have shortened. @defaultValue false
   */
  readonly cut?: boolean;
}

const operator = String.raw`(?:[-+−–*/×÷·^]|\\(?:times|cdot|div)|x(?=\s))`;
const goesOn = new RegExp(String.raw`^\s*${operator}\s*[({\\$]{0,3}[-−–]?\.?\d`);
// "3 + 4 = 7" and "x = 7" announce 7; "7 (as x = 3)" announces 7 too.
const workings = new RegExp(
  String.raw`^(?:[\s*$({]*[a-z]\w{0,2}\s*|(?:[\s\d.,+\-−–*/×÷·^()$%{}[\]]|\\[a-z]+|\\[$%()]|x(?=\s*[\d(]))+)=(?!=)`,
  'i',
);

/**
 * The number that a text gives as its answer, as canonical text: `7`, or a fraction in lowest terms such as `-3/2`.
 *
 * Reads what follows the last "Answer:" (also "answer is", `\boxed{}`, `####`) with a number after it, else the last number
 * of the text.
 * Understands integers, decimals, exponents, fractions, mixed numbers, `\frac`, thousands separators and the Unicode
 * minus, all exactly; a currency sign and a percent sign are units and are dropped. Undefined where there is no number,
 * or where an unfinished calculation ("3 + 4") is announced. Only the last 100,000 characters are read.
 *
 * @example
 * extractNumber('So it is 5 * 3/10 = 1.5.\nAnswer: $1.50'); // '3/2'
 */
export function extractNumber(text: string, options: ExtractNumberOptions = {}): string | undefined {
  const { cut = false } = options;
  const plain = readablePart(text)
    .replaceAll('{,}', ',')
    .replace(/(?<=[\d,])\\[,!]\s?(?=\d)/g, '');
  for (const announced of announcedAnswers(plain)) {
    const line = resultOf(announced.line);
    const first = readNumbers(line).next().value;
    if (first === undefined) continue;
    const rest = line.slice(first.end);
    if (goesOn.test(rest) || (cut && announced.last && /^[.,/]?$/.test(rest))) return undefined;
    return first.value;
  }
  if (cut) return undefined;
  let last: string | undefined;
  for (const { value } of readNumbers(plain)) last = value;
  return last;
}

/**
 * Numbers are the same answer when they are equal: `0.5`, `1/2` and `50/100` are one.
 *
 * A candidate that was cut (`finish.by` is `length`, `budget` or `aborted`) has an answer only where it had announced one.
 *
 * @example
 * const model = vote(small, { samples: 5, answer: finalNumber() });
 */
export function finalNumber(): AnswerKey {
  return { name: 'final-number', key: (candidate) => extractNumber(textOf(candidate), { cut: isCut(candidate) }) };
}

/** What is left of a line once calculations in front of their result are taken away. */
function resultOf(line: string): string {
  let rest = line;
  for (let match = workings.exec(rest); match !== null; match = workings.exec(rest)) {
    const after = rest.slice(match[0].length);
    if (!/\d/.test(after)) break;
    rest = after;
  }
  return rest;
}
