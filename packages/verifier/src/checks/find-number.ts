import { fingerprintKey, fingerprintOf } from './algebra/fingerprint.ts';
import { announcedAnswers } from './announced-answer.ts';
import { exactFormAt } from './exact-form.ts';
import { parseRational } from './rational.ts';
import { type FoundNumber, readNumbers } from './read-number.ts';
import { readUnit } from './units.ts';

const operator = String.raw`(?:[-+−–*/×÷·^]|\\(?:times|cdot|div)|x(?=\s))`;
const goesOn = new RegExp(String.raw`^\s*${operator}\s*[({\\$]{0,3}[-−–]?\.?\d`);
// "3 + 4 = 7", "x = 7" and "f(2) = 7" announce 7; "7 (as x = 3)" announces 7 too.
const workings = new RegExp(
  String.raw`^(?:[\s*$({]*[a-z]\w{0,2}\s*(?:\([^()=]{0,20}\)\s*)?|(?:[\s\d.,+\-−–*/×÷·^()$%{}[\]]|\\[a-z]+|\\[$%()]|x(?=\s*[\d(]))+)=(?!=)`,
  'i',
);

const listBegins = /^\s*(?:\\left)?\s?(?:\\\{|[([{])[^,;]*[,;]/;
const listGoesOn = /^[\s})\]]*(?:[,;&±∪]|\\\\|\\(?:pm|cup)(?![a-zA-Z])|(?:and|or)\s)\s*[-−–([{\\√π∞\d]/;
/** A word or a capital letter behind a number is taken for what is counted or a unit, another letter for a variable. */
const noun = /^\s*(?:\\(?:text|mbox|mathrm|rm)|\p{L}{3}|(?:in|of|is|as|at|by|on)\s|\p{Lu}(?![\p{L}\d^_(]))/u;

/** A number and the text around it. */
export interface NumberInText {
  readonly number: FoundNumber;
  readonly text: string;
}

/** The number that a text announces, else its last one. */
export function findNumber(text: string, cut: boolean): NumberInText | undefined {
  for (const announced of announcedAnswers(text)) {
    const line = resultOf(announced.line);
    const first = readNumbers(line).next().value;
    const number = exactFormAt(line, first, announced.boxed) ?? first;
    if (number === undefined) continue;
    const rest = line.slice(number.end);
    const isOpen = announced.boxed ? isMore(line, number) : number === first && goesOn.test(rest);
    return isOpen || (cut && announced.last && /^[.,/]?$/.test(rest)) ? undefined : { number, text: line };
  }
  if (cut) return undefined;
  let last: FoundNumber | undefined;
  for (const number of readNumbers(text)) last = number;
  return last === undefined ? undefined : { number: exactFormAt(text, last, false) ?? last, text };
}

/** What a box holds is more than the number found in it: a list, a point, an interval, a formula with variables. */
function isMore(line: string, { start, end }: FoundNumber): boolean {
  const rest = line.slice(end);
  if (listGoesOn.test(rest) || listBegins.test(line.slice(0, start))) return true;
  if (readUnit(rest) !== undefined || noun.test(rest)) return readNumbers(rest).next().value !== undefined;
  const fingerprint = fingerprintOf(line);
  return fingerprint !== undefined && parseRational(fingerprintKey(fingerprint)) === undefined;
}

/** What is left of a line once calculations in front of their result are taken away. */
function resultOf(line: string): string {
  let rest = line;
  for (let match = workings.exec(rest); match !== null; match = workings.exec(rest)) {
    const after = rest.slice(match[0].length);
    if (!/\d|π|\\pi/.test(after)) break;
    rest = after;
  }
  return rest;
}
