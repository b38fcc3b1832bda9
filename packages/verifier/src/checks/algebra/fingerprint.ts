import { formatRational } from '../rational.ts';
import { approximateValue } from './approximate-value.ts';
import { type Complex, formatComplex, magnitude, over } from './complex.ts';
import { exactValue } from './exact-value.ts';
import { type Expression, isConstant } from './expression.ts';
import { divided, type FieldElement, fractionOf } from './prime-field.ts';
import { type Formula, readFormula } from './read-formula.ts';

/** What equal formulas have in common, however they are written. */
export interface Fingerprint {
  readonly kind: 'constant' | 'expression' | 'equation';
  /** Present where the formula is made of `+ - * /` and whole powers. */
  readonly exact?: FieldElement;
  /** Values in floating point at two points; what is compared where one side is not exact. */
  readonly approximate: readonly [Complex, Complex];
}

/** Floating point differs by this share of the value at most; other formulas that come that close are not met by chance. */
const closeness = 1e-9;

/** The fingerprint of a formula, or undefined where the text is none or has no value. */
export function fingerprintOf(text: string): Fingerprint | undefined {
  const formula = readFormula(text);
  if (formula === undefined) return undefined;
  const exact = exactOf(formula);
  const approximate = approximationsOf(formula);
  const kind = kindOf(formula);
  const isFinite = approximate.every((value) => Number.isFinite(magnitude(value)));
  if (!isFinite && (exact === undefined || (kind === 'constant' && fractionOf(exact) === undefined))) return undefined;
  return { kind, ...(exact !== undefined && { exact }), approximate };
}

/**
 * Equal for equal formulas: of constants the number itself, `-3/2` or, to ten digits, `4.242640687`; of others a text that
 * only serves to compare.
 */
export function fingerprintKey({ kind, exact, approximate }: Fingerprint): string {
  if (kind === 'equation')
    return `equation ${exact === undefined ? formatComplex(approximate[0]) : hexadecimal(exact)}`;
  const fraction = exact === undefined ? undefined : fractionOf(exact);
  if (fraction !== undefined) return formatRational(fraction);
  if (kind === 'constant' || (exact === undefined && isClose(...approximate))) return formatComplex(approximate[0]);
  return `expression ${exact === undefined ? approximate.map(formatComplex).join(' ') : hexadecimal(exact)}`;
}

/** Whether two formulas are equal: exactly where both are rational, else to nine digits at seeded points. */
export function fingerprintsAgree(a: Fingerprint, b: Fingerprint): boolean {
  if ((a.kind === 'equation') !== (b.kind === 'equation')) return false;
  if (a.exact !== undefined && b.exact !== undefined) return a.exact === b.exact;
  return isClose(a.approximate[0], b.approximate[0]) && isClose(a.approximate[1], b.approximate[1]);
}

function hexadecimal(value: FieldElement): string {
  return BigInt.asUintN(128, value).toString(16);
}

function kindOf({ value, equals }: Formula): Fingerprint['kind'] {
  if (equals !== undefined) return 'equation';
  return isConstant(value) ? 'constant' : 'expression';
}

// An equation may be multiplied by any number but 0: the difference of its sides at one point, measured by that at another.

function exactOf({ value, equals }: Formula): FieldElement | undefined {
  if (equals === undefined) return exactValue(value);
  const compared = difference(value, equals);
  const [here, there] = [exactValue(compared, 0), exactValue(compared, 1)];
  return here === undefined || there === undefined ? undefined : divided(here, there);
}

function approximationsOf({ value, equals }: Formula): readonly [Complex, Complex] {
  const compared = equals === undefined ? value : difference(value, equals);
  const [here, there] = [approximateValue(compared, 0), approximateValue(compared, 1)];
  return equals === undefined ? [here, there] : [over(here, there), over(here, there)];
}

function difference(left: Expression, right: Expression): Expression {
  return { kind: 'operation', operator: '-', left, right };
}

function isClose(a: Complex, b: Complex): boolean {
  const distance = magnitude({ re: a.re - b.re, im: a.im - b.im });
  return distance <= closeness * Math.max(magnitude(a), magnitude(b));
}
