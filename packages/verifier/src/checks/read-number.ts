import { formatRational, parseRational, rational } from './rational.ts';

// Escaped: it stands inside character classes.
const minus = String.raw`\-−–﹣－`;
const magnitude = String.raw`(?:(?:\d{1,3}(?:,\d{3})+(?!,?\d)|\d+)(?:\.\d+)?|\.\d+)(?:e[-+]?\d{1,3}(?!\d))?`;
const signed = String.raw`[${minus}]?\s?${magnitude}`;
// A minus after a digit or a closing bracket subtracts; one that stands apart is a sign only at the start or after "=", ":" and the like.
const sign = String.raw`(?:(?<![\p{L}\d.)\]}%])[+${minus}]|(?<=(?:^|[=:(*{])\s{0,3})[+${minus}]\s{1,3})`;
const currency = String.raw`(?:\\?(?<currency>[$€£])\s?(?<inner>[${minus}])?)?`;
// A number in an exponent is part of another one, or of a unit.
const notInsideWord = String.raw`(?<![\p{L}\d.^]|[\p{L}\d]_|_\{|\d:|\^[{${minus}]|\^\{[${minus}])`;
const wholePart = String.raw`(?:(?<whole>\d+)(?:[ ]{1,2}(?=\d+[ ]?\/[ ]?\d)|[ ]{0,2}(?=\\[dtc]?frac)))?`;
const latexFraction = String.raw`\\[dtc]?frac(?:(?<upper>\d)(?<lower>\d)|\s{0,3}\{\s{0,3}(?<top>${signed})\s{0,3}\}\s{0,3}\{\s{0,3}(?<bottom>${signed})\s{0,3}\})`;
const plainNumber = String.raw`(?<above>${magnitude})(?:[ ]?\/[ ]?(?<below>[${minus}]?${magnitude}))?`;
// Numbers to another base have it as a subscript; 3:4 and 12:30 are no numbers.
const notOrdinal = String.raw`(?!\.?\d|(?:st|nd|rd|th)\b|_\{?\d|:\d)`;
const numberPattern = new RegExp(
  `(?<sign>${sign})?${currency}${notInsideWord}${wholePart}(?:${latexFraction}|${plainNumber})${notOrdinal}`,
  'giu',
);

/** A number found in a text. */
export interface FoundNumber {
  /** Canonical text: a whole number, or a fraction in lowest terms. */
  readonly value: string;
  /** Index of its first character. */
  readonly start: number;
  /** Index after its last character. */
  readonly end: number;
  /** The currency sign in front of it. */
  readonly currency?: string;
}

/** The numbers of a text in order of occurrence; what only looks like one (`3/0`, `v1.2.3`, `2nd`) is left out. */
export function* readNumbers(text: string): Generator<FoundNumber> {
  for (const match of text.matchAll(numberPattern)) {
    const { groups = {}, index: start } = match;
    const value = valueOf(groups);
    const { currency } = groups;
    if (value === undefined) continue;
    yield { value, start, end: start + match[0].length, ...(currency !== undefined && { currency }) };
  }
}

function valueOf(groups: { readonly [name: string]: string | undefined }): string | undefined {
  const above = ascii(groups['above'] ?? groups['top'] ?? groups['upper'] ?? '');
  const below = ascii(groups['below'] ?? groups['bottom'] ?? groups['lower'] ?? '1');
  const fraction = parseRational(`${above}/${below}`);
  if (fraction === undefined) return undefined;
  let { numerator } = fraction;
  const { denominator } = fraction;
  const whole = BigInt(groups['whole'] ?? '0');
  // "3 1/2" is a mixed number, "3 5/2" are two numbers of which the fraction is read.
  if (numerator > 0n && numerator < denominator) numerator += whole * denominator;
  if (isMinus(groups['sign']) !== isMinus(groups['inner'])) numerator = -numerator;
  const value = rational(numerator, denominator);
  return value === undefined ? undefined : formatRational(value);
}

function ascii(literal: string): string {
  return literal.replace(/[,\s]/g, '').replace(/^[−–﹣－]/, '-');
}

function isMinus(text: string | undefined): boolean {
  return text !== undefined && /[-−–﹣－]/.test(text);
}
