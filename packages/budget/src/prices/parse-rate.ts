import { InvalidOptionError } from '@tollgate/sdk';
import { tenTo } from '../money/decimal.ts';

/** Digits after the point of a rate: nine of the price, three each of two factors. */
const rateDigits = 15;
/** Tokens × rate ÷ this are whole nano-dollars. */
export const rateTokensPerNano = tenTo(rateDigits - 9 + 6);

/** US dollars per million as whole multiples of 10⁻¹⁵ dollars, so that products with factors stay exact. */
export function parseRate(text: string): bigint {
  const match = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(text);
  if (match === null) {
    throw new InvalidOptionError(
      'price',
      `A price must be US dollars per million as a decimal such as "0.125", with at most nine digits on either side of the point, received ${JSON.stringify(text)}.`,
    );
  }
  const [, whole = '', fraction = ''] = match;
  return BigInt(whole + fraction.padEnd(rateDigits, '0'));
}

/** A factor such as "0.5" in thousandths. */
export function parseFactor(text: string): bigint {
  const match = /^(\d{1,6})(?:\.(\d{1,3}))?$/.exec(text);
  if (match === null) {
    throw new InvalidOptionError(
      'factor',
      `A factor on a price must be a decimal such as "0.5", with at most three digits after the point, received ${JSON.stringify(text)}.`,
    );
  }
  const [, whole = '', fraction = ''] = match;
  return BigInt(whole + fraction.padEnd(3, '0'));
}

/** A rate as the shortest decimal. */
export function rateText(rate: bigint): string {
  const digits = rate.toString().padStart(rateDigits + 1, '0');
  return `${digits.slice(0, -rateDigits)}.${digits.slice(-rateDigits)}`.replace(/\.?0+$/, '');
}
