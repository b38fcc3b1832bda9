import { type Rational, rational } from '../rational.ts';

// Numbers are computed modulo one large prime: every step is exact, takes the same time however long the numbers grow, and
// divisions are possible. 2^512 - 875 is 5 modulo 8, so 2 is no square there, and 2^((p - 1) / 4) squared is -1.
const prime = 2n ** 512n - 875n;

/** Fractions whose parts stay below this are found again; another fraction has the same remainder with chance below 2^-126. */
const largestPart = 2n ** 192n;

/** A number of the field: at least 0 and below the prime. */
export type FieldElement = bigint;

/** The remainder that stands for a whole number. */
export function fieldElement(value: bigint): FieldElement {
  const remainder = value % prime;
  return remainder < 0n ? remainder + prime : remainder;
}

/** The remainder that stands for a fraction; undefined where the denominator is a multiple of the prime. */
export function divided(numerator: bigint, denominator: bigint): FieldElement | undefined {
  const inverse = euclid(fieldElement(denominator), 1n);
  return inverse.remainder === 1n ? fieldElement(numerator * inverse.coefficient) : undefined;
}

/** `base` to a whole number of at least 0. */
export function raised(base: FieldElement, exponent: bigint): FieldElement {
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % prime;
    square = (square * square) % prime;
  }
  return result;
}

/** A number whose square is -1. */
export const imaginaryUnit: FieldElement = raised(2n, (prime - 1n) / 4n);

/** The fraction of which `element` is the remainder, where numerator and denominator have at most 57 digits. */
export function fractionOf(element: FieldElement): Rational | undefined {
  const { remainder, coefficient } = euclid(element, largestPart);
  return coefficient < largestPart && coefficient > -largestPart ? rational(remainder, coefficient) : undefined;
}

/** The first remainder of Euclid's algorithm that is not above `limit`: `remainder` = `coefficient` × `element`. */
function euclid(element: FieldElement, limit: bigint): { readonly remainder: bigint; readonly coefficient: bigint } {
  let [larger, remainder] = [prime, element];
  let [before, coefficient] = [0n, 1n];
  while (remainder > limit) {
    const quotient = larger / remainder;
    [larger, remainder] = [remainder, larger - quotient * remainder];
    [before, coefficient] = [coefficient, before - quotient * coefficient];
  }
  return { remainder, coefficient };
}
