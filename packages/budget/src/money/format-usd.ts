import type { Money } from '@tollgate/sdk';
import { nanoOf } from './nano-usd.ts';

const nanoDigits = 9;

/**
 * An amount for people: at least cents, and below ten cents two significant digits, so that a positive amount never
 * reads as nothing. Rounded to nearest.
 *
 * @example
 * formatUsd(12_340_000_000n); // "$12.34"
 * formatUsd(34_000n); // "$0.000034"
 */
export function formatUsd(amount: bigint | Money): string {
  const nano = typeof amount === 'bigint' ? amount : nanoOf(amount);
  const magnitude = nano < 0n ? -nano : nano;
  const kept = Math.max(2, nanoDigits + 2 - magnitude.toString().length);
  const decimals = magnitude === 0n ? 2 : Math.min(nanoDigits, kept);
  const step = 10n ** BigInt(nanoDigits - decimals);
  const digits = ((magnitude + step / 2n) / step).toString().padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/(?<=..)0+$/, '');
  return `${nano < 0n ? '-' : ''}$${digits.slice(0, -decimals)}.${fraction}`;
}
