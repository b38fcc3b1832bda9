import { extractNumber } from './number.ts';
import { parseRational } from './rational.ts';

/**
 * The number that a check expects, in its unit, as canonical text. Undefined where the answer is anything but one number: a
 * list, a formula with variables, a number in a unit of another kind.
 */
export function expectedNumber(answer: string | number, unit?: string): string | undefined {
  // Read as a box is: what stands there has to be the number, not to mention one.
  const number = extractNumber(`\\boxed{${answer}}`, unit === undefined ? {} : { unit });
  return number === undefined || parseRational(number) === undefined ? undefined : number;
}
