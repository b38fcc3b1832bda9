import type { TurnView } from '@tollgate/sdk';
import { formatUsd } from '../money/format-usd.ts';
import { nanoFromUsd } from '../money/nano-usd.ts';

/** What turns have cost. Plain JSON. */
export interface FenceState {
  /** US dollars spent when the last turn was about to start; null where nothing is priced. */
  readonly spentUsd: number | null;
  /** US dollars of the last turns, oldest first. */
  readonly costsUsd: readonly number[];
}

/** No turn has cost anything yet. */
export const noCosts: FenceState = { spentUsd: null, costsUsd: [] };

/** With the cost of the turn that has ended, where it is known. */
export function withTurnCost(state: FenceState, { spentUsd }: TurnView, keep: number): FenceState {
  if (spentUsd === undefined) return { ...state, spentUsd: null };
  if (state.spentUsd === null) return { ...state, spentUsd };
  // Sums of dollars are rounded: a turn that cost nothing can seem to have cost less.
  const cost = Math.max(0, spentUsd - state.spentUsd);
  return { spentUsd, costsUsd: [...state.costsUsd, cost].slice(-keep) };
}

/** Turns whose costs size the fence: a prefix that is written to a cache makes single turns dear. */
export const fenceTurns = 3;

/**
 * Why a closing turn is due for want of money, or undefined. What another turn and the closing turn after it would cost is
 * taken to be what the dearest of the last turns did.
 */
export function fenceReason({ costsUsd }: FenceState, { leftUsd }: TurnView): string | undefined {
  if (leftUsd === undefined || costsUsd.length === 0) return undefined;
  const turnUsd = Math.max(...costsUsd);
  if (leftUsd >= 2 * turnUsd) return undefined;
  return `${usd(leftUsd)} is left and a turn costs up to ${usd(turnUsd)}: the rest is kept for the closing turn`;
}

function usd(amount: number): string {
  return formatUsd(nanoFromUsd(Number(amount.toFixed(9))));
}
