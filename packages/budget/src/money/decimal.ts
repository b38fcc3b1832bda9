/** A finite number ≥ 0 written exactly: `units` × 10^−`scale`. */
export interface Decimal {
  readonly units: bigint;
  /** Digits after the point. Range [0, ∞). */
  readonly scale: number;
}

/** The shortest decimal that reads back as this double, exactly. The caller has checked that it is finite and ≥ 0. */
export function decimalOf(value: number): Decimal {
  const [mantissa = '0', exponent = '0'] = String(value).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const units = BigInt(whole + fraction);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { units, scale } : { units: units * tenTo(-scale), scale: 0 };
}

/** `value` × 10^`digits` as a whole number, rounded up. */
export function scaleUp(value: number, digits: number): bigint {
  const { units, scale } = decimalOf(value);
  return scale <= digits ? units * tenTo(digits - scale) : divideUp(units, tenTo(scale - digits));
}

/** The quotient of a number ≥ 0 and one > 0, rounded up. */
export function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

/** 10^`exponent` for a whole exponent ≥ 0. */
export function tenTo(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}
