import { type LedgerRow, moneyOf, nanoOf } from '@tollgate/budget';
import type { ChargedAttempts, SpendSums } from './spend-figures.ts';

/** Sums over rows of attempts. */
export function sumRows(rows: readonly LedgerRow[]): SpendSums {
  let [settled, held, overrun] = [0n, 0n, 0n];
  const tokens = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0, unknownAttempts: 0 };
  for (const { cost, hold, overrun: beyond, usage, status } of rows) {
    if (cost === undefined) held += nanoOf(hold);
    else settled += nanoOf(cost);
    if (beyond !== undefined) overrun += nanoOf(beyond.amount);
    if (cost === undefined || status === 'released') continue;
    if (usage?.inputUncached === undefined || usage.outputText === undefined) tokens.unknownAttempts += 1;
    tokens.input += usage?.inputUncached ?? 0;
    tokens.cacheRead += usage?.cacheRead ?? 0;
    tokens.cacheWrite += usage?.cacheWrite?.total ?? 0;
    tokens.output += usage?.outputText ?? 0;
    tokens.reasoning += usage?.outputReasoning ?? 0;
  }
  const prompt = tokens.input + tokens.cacheRead + tokens.cacheWrite;
  return {
    attempts: rows.length,
    settled: moneyOf(settled),
    held: moneyOf(held),
    overrun: moneyOf(overrun),
    tokens,
    cacheReadShare: prompt > 0 ? tokens.cacheRead / prompt : null,
  };
}

/** How many rows, and what they were charged together. */
export function chargedBy(rows: readonly LedgerRow[]): ChargedAttempts {
  return { attempts: rows.length, cost: moneyOf(rows.reduce((sum, { cost }) => sum + settledNano(cost), 0n)) };
}

/** What a row was charged: nothing while it is held. */
export function settledNano(cost: LedgerRow['cost']): bigint {
  return cost === undefined ? 0n : nanoOf(cost);
}
