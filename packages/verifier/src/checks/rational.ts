/** An exact fraction in lowest terms. The denominator is above 0. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Longer literals are not answers, and exact arithmetic on them is slow. */
const maxDigits = 1000;

const decimalPattern = /^([-+]?)(\d*)(?:\.(\d*))?(?:e([-+]?\d{1,3}))?$/i;

/** The fraction numerator / denominator in lowest terms, or undefined for a denominator of 0. */
export function rational(numerator: bigint, denominator: bigint): Rational | undefined {
  if (denominator === 0n) return undefined;
  const divisor = greatestCommonDivisor(numerator, denominator) * (denominator < 0n ? -1n : 1n);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

/**
 * The value of a plain literal (`42`, `-1.50`, `.5`, `2e-3`, `3/4`), or undefined where the text is anything else.
 * Signs are ASCII; there are no separators, units or spaces.
 */
export function parseRational(literal: string): Rational | undefined {
  const [above = '', below, ...more] = literal.split('/');
  if (more.length > 0) return undefined;
  const numerator = parseDecimal(above);
  const denominator = below === undefined ? { numerator: 1n, denominator: 1n } : parseDecimal(below);
  if (numerator === undefined || denominator === undefined) return undefined;
  return rational(numerator.numerator * denominator.denominator, numerator.denominator * denominator.numerator);
}

/** The canonical text of a fraction: `7`, `-3/2`. Equal numbers have equal texts. */
export function formatRational({ numerator, denominator }: Rational): string {
  return denominator === 1n ? `${numerator}` : `${numerator}/${denominator}`;
}

function parseDecimal(literal: string): Rational | undefined {
  const match = decimalPattern.exec(literal);
  if (match === null) return undefined;
  const [, sign, whole = '', decimals = '', exponent = '0'] = match;
  const digits = whole + decimals;
  if (digits === '' || digits.length > maxDigits) return undefined;
  const magnitude = BigInt(digits) * (sign === '-' ? -1n : 1n);
  const shift = Number(exponent) - decimals.length;
  return shift >= 0 ? rational(magnitude * 10n ** BigInt(shift), 1n) : rational(magnitude, 10n ** BigInt(-shift));
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [larger, smaller] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (smaller !== 0n) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}
