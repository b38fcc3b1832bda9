import type { Money } from '@tollgate/sdk';

/** Nano-dollars as a number, for averages. */
export function nanoOf({ nanoUsd }: Money): number {
  return Number(nanoUsd);
}
