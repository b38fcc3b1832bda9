import { InvalidOptionError, type Money } from '@tollgate/sdk';
import { scaleUp } from './decimal.ts';

/**
 * US dollars as whole nano-dollars (10⁻⁹ USD), the only form of money that is ever added up or compared here.
 *
 * The conversion takes the shortest decimal of the double, so 0.1 is exactly 100,000,000; what is finer than a
 * nano-dollar rounds up.
 *
 * @param usd US dollars. Range [0, ∞).
 * @param option Name of the option for the message. @defaultValue 'usd'
 * @throws InvalidOptionError when `usd` is negative, NaN or infinite.
 * @example
 * nanoFromUsd(0.00034); // 340000n
 */
export function nanoFromUsd(usd: number, option = 'usd'): bigint {
  if (!(usd >= 0 && usd < Infinity)) {
    throw new InvalidOptionError(
      option,
      `${option} must be an amount of US dollars in [0, ∞), received ${String(usd)}.`,
    );
  }
  return scaleUp(usd, 9);
}

/** An amount of nano-dollars as plain JSON: `usd` is the double nearest to it. */
export function moneyOf(nano: bigint): Money {
  const nanoUsd = nano.toString();
  const whole = Number(nano);
  // Two exact doubles divided are rounded once; beyond them the text is.
  return { usd: Number.isSafeInteger(whole) ? whole / 1e9 : Number(`${nanoUsd}e-9`), nanoUsd };
}

/**
 * The exact amount behind a `Money`.
 *
 * @throws InvalidOptionError when `nanoUsd` is not a whole number in decimal digits.
 */
export function nanoOf(money: Money): bigint {
  if (!/^-?\d+$/.test(money.nanoUsd)) {
    throw new InvalidOptionError(
      'nanoUsd',
      `nanoUsd must be whole nano-dollars in decimal digits, received ${JSON.stringify(money.nanoUsd)}.`,
    );
  }
  return BigInt(money.nanoUsd);
}
