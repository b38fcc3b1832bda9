import { InvalidOptionError } from '@tollgate/sdk';
import { formatUsd } from '../money/format-usd.ts';

/** The largest amount that one limit or one attempt may have: stores add up in 64 bits, which end at $9.2 billion. */
export const largestNano = 1_000_000_000n * 1_000_000_000n;

/** @throws InvalidOptionError when an amount is negative or too large to be added up. */
export function checkAmount(option: string, nano: bigint): void {
  if (nano >= 0n && nano <= largestNano) return;
  throw new InvalidOptionError(
    option,
    `${option} must be an amount in [$0.00, ${formatUsd(largestNano)}], received ${formatUsd(nano)}.`,
  );
}
