import { type AnswerKey, InvalidOptionError, textOf } from '@tollgate/sdk';
import { joinThousands } from './algebra/tidy-math.ts';
import { readablePart } from './announced-answer.ts';
import { findNumber, type NumberInText } from './find-number.ts';
import { isCut } from './is-cut.ts';
import { formatRational, parseRational } from './rational.ts';
import type { FoundNumber } from './read-number.ts';
import { converted, readUnit, type Unit, unitNamed } from './units.ts';

/** Options of `extractNumber`. */
export interface ExtractNumberOptions {
  /**
   * The text was cut before its end. Then its last number is not taken for an answer, nor is a number that the cut may
   * have shortened. @defaultValue false
   */
  readonly cut?: boolean;
  /** The unit that the number is wanted in, as in `AnswerCheck`. Without one, units are not looked at. */
  readonly unit?: string;
}

/**
 * The number that a text gives as its answer, as canonical text: `7`, or a fraction in lowest terms such as `-3/2`.
 *
 * Reads what follows the last "Answer:" (also "answer is", `\boxed{}`, `####`) with a number after it, else the last number
 * of the text.
 * Understands integers, decimals, exponents, fractions, mixed numbers, `\frac`, thousands separators and the Unicode
 * minus, all exactly. Numbers in exact form are evaluated: exactly where they are fractions (`\frac{3+4}{2}`, `2^{10}`, `\sqrt{16}`),
 * else to ten digits (`3\sqrt{2}` is `4.242640687`, `7\pi`, `\ln 2`). A currency sign and a percent sign are units and are
 * dropped, unless a `unit` is asked for. Undefined where there is no number, or where an unfinished calculation ("3 + 4") is
 * announced outside a box. Only the last 100,000 characters are read.
 *
 * With a `unit` a number in another unit of its kind is converted, and one in a unit of another kind keeps it: `5000 g`.
 *
 * @throws InvalidOptionError when `unit` is not known.
 *
 * @example
 * extractNumber('So it is 5 * 3/10 = 1.5.\nAnswer: $1.50'); // '3/2'
 */
export function extractNumber(text: string, options: ExtractNumberOptions = {}): string | undefined {
  const { cut = false, unit } = options;
  const wanted = unit === undefined ? undefined : requireUnit(unit);
  const found = findNumber(joinThousands(readablePart(text), ','), cut);
  if (found === undefined || wanted === undefined) return found?.number.value;
  return inUnit(found, wanted);
}

/**
 * Numbers are the same answer when they are equal: `0.5`, `1/2` and `50/100` are one. With a `unit`, `50 cm` and `0.5 m` are.
 *
 * A candidate that was cut (`finish.by` is `length`, `budget` or `aborted`) has an answer only where it had announced one.
 *
 * @throws InvalidOptionError when `unit` is not known.
 *
 * @example
 * const model = vote(small, { samples: 5, answer: finalNumber() });
 */
export function finalNumber(unit?: string): AnswerKey {
  if (unit !== undefined) requireUnit(unit);
  return {
    name: 'final-number',
    key: (candidate) =>
      extractNumber(textOf(candidate), { cut: isCut(candidate), ...(unit !== undefined && { unit }) }),
  };
}

function inUnit({ number, text }: NumberInText, wanted: Unit): string {
  const value = parseRational(number.value);
  const unit = unitOf(number, text);
  if (value === undefined || unit === undefined) return number.value;
  const inWanted = converted(value, unit, wanted);
  if (inWanted !== undefined) return formatRational(inWanted);
  const base = converted(value, unit, { ...unit, factor: { numerator: 1n, denominator: 1n } }) ?? value;
  return `${formatRational(base)} ${unit.kind === '' ? '1' : unit.kind}`;
}

function unitOf({ currency, end }: FoundNumber, text: string): Unit | undefined {
  // "$5$" is a formula, not money.
  const rest = text.slice(end);
  const isFormula = currency === '$' && /^\s*\$/.test(rest);
  const behind = readUnit(isFormula ? rest.replace('$', '') : rest);
  return behind ?? (currency === undefined || isFormula ? undefined : unitNamed(currency));
}

function requireUnit(name: string): Unit {
  const unit = unitNamed(name);
  if (unit !== undefined) return unit;
  throw new InvalidOptionError(
    'unit',
    `unit must be a known unit such as "cm", "m^2", "km/h", "%", "$" or "1" for a pure number, received ${JSON.stringify(name)}. Leave it out to compare numbers alone.`,
  );
}
