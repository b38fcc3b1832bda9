import type { Charge } from '../spec/result.ts';

/** US dollars of all charges, or undefined where one of them has no price. */
export function totalUsd(charges: readonly Pick<Charge, 'cost'>[]): number | undefined {
  let total = 0n;
  for (const { cost } of charges) {
    if (cost === undefined) return undefined;
    total += BigInt(cost.nanoUsd);
  }
  return Number(total) / 1e9;
}
