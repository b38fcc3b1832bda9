/** An exact fraction. Kept as it was made; `toString` reduces it. */
export class Rational {
  readonly #numerator: bigint;
  readonly #denominator: bigint;

  /** @throws RangeError when `denominator` is 0. */
  constructor(numerator: bigint, denominator = 1n) {
    if (denominator === 0n) throw new RangeError('denominator must not be 0.');
    this.#numerator = denominator < 0n ? -numerator : numerator;
    this.#denominator = denominator < 0n ? -denominator : denominator;
  }

  plus(other: Rational): Rational {
    const numerator = this.#numerator * other.#denominator + other.#numerator * this.#denominator;
    return new Rational(numerator, this.#denominator * other.#denominator);
  }

  minus(other: Rational): Rational {
    return this.plus(other.times(new Rational(-1n)));
  }

  times(other: Rational): Rational {
    return new Rational(this.#numerator * other.#numerator, this.#denominator * other.#denominator);
  }

  /** Undefined when `other` is 0. */
  dividedBy(other: Rational): Rational | undefined {
    if (other.#numerator === 0n) return undefined;
    return this.times(new Rational(other.#denominator, other.#numerator));
  }

  /** `exponent` is a whole number of at least 0. */
  toThe(exponent: bigint): Rational {
    return new Rational(this.#numerator ** exponent, this.#denominator ** exponent);
  }

  /** In lowest terms: `-7/2`, or `14` where it is a whole number. */
  toString(): string {
    const divisor = greatestCommonDivisor(this.#numerator < 0n ? -this.#numerator : this.#numerator, this.#denominator);
    const denominator = this.#denominator / divisor;
    const numerator = this.#numerator / divisor;
    return denominator === 1n ? `${numerator}` : `${numerator}/${denominator}`;
  }
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
