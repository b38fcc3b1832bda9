import { extractNumber } from './number.ts';
import { parseRational, type Rational } from './rational.ts';

/**
 * Whether two numbers are the same answer. Exact for equal values and between whole numbers; where one of them is not
 * whole, |a − b| may be as large as `tolerance`. False where either is not a number.
 *
 * @param expected The reference; the default tolerance is relative to it.
 * @param tolerance Range [0, ∞); when given, whole numbers may differ by it too. Default 1e-6 × max(1, |expected|).
 *
 * @example
 * numbersAgree('1/3', '0.333333'); // true
 */
export function numbersAgree(answer: string, expected: string | number, tolerance?: number): boolean {
  const a = toRational(answer);
  const b = toRational(String(expected));
  if (a === undefined || b === undefined) return false;
  const difference = magnitudeOf(a.numerator * b.denominator - b.numerator * a.denominator);
  if (difference === 0n) return true;
  if (tolerance === undefined && a.denominator === 1n && b.denominator === 1n) return false;
  const allowed = tolerance === undefined ? defaultTolerance(b) : parseRational(String(tolerance));
  // |a − b| = difference / (a.denominator × b.denominator), compared without rounding.
  return allowed !== undefined && difference * allowed.denominator <= allowed.numerator * a.denominator * b.denominator;
}

function toRational(text: string): Rational | undefined {
  return parseRational(text) ?? parseRational(extractNumber(text) ?? '');
}

function defaultTolerance({ numerator, denominator }: Rational): Rational {
  const size = magnitudeOf(numerator);
  const scale = size > denominator ? { numerator: size, denominator } : { numerator: 1n, denominator: 1n };
  return { numerator: scale.numerator, denominator: scale.denominator * 1_000_000n };
}

function magnitudeOf(value: bigint): bigint {
  return value < 0n ? -value : value;
}
