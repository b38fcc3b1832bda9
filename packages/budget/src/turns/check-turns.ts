import { InvalidOptionError } from '@tollgate/sdk';

/** @throws InvalidOptionError unless `turns` is a whole number ≥ 1. */
export function checkTurns(option: string, turns: number): void {
  if (Number.isSafeInteger(turns) && turns >= 1) return;
  throw new InvalidOptionError(option, `${option} must be a whole number of at least 1, received ${String(turns)}.`);
}

/** @throws InvalidOptionError unless `share` is in [0, 1]. */
export function checkShare(option: string, share: number): void {
  if (share >= 0 && share <= 1) return;
  throw new InvalidOptionError(
    option,
    `${option} must be in [0, 1], received ${String(share)}. The third quartile is 0.75.`,
  );
}
