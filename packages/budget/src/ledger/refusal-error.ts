import { BudgetBusyError, BudgetExceededError, type BudgetRefusal } from '@tollgate/sdk';
import { formatUsd } from '../money/format-usd.ts';
import { moneyOf } from '../money/nano-usd.ts';
import type { Refusal } from '../stores/store.ts';
import { scopeName } from './scope-pair.ts';

/** Advice for a caller with nothing better to go by. */
const busyRetryMs = 100;

/** The error of a refused attempt: where the limit stands, what was needed, and what to do. */
export function refusalError(refusal: Refusal, minNano: bigint): BudgetExceededError | BudgetBusyError {
  const { scope, capNano, settledNano, heldNano, expiredNano } = refusal;
  const facts: BudgetRefusal = {
    scope,
    cap: moneyOf(capNano),
    settled: moneyOf(settledNano),
    held: moneyOf(heldNano),
    asked: moneyOf(minNano),
  };
  const leftNano = capNano - settledNano - (refusal.forGood ? expiredNano : heldNano);
  const left = `${scopeName(scope)} has ${formatUsd(leftNano > 0n ? leftNano : 0n)} of ${formatUsd(capNano)} left`;
  const needs = `this call needs at least ${formatUsd(minNano)}.`;
  if (!refusal.forGood) {
    const inFlight = formatUsd(heldNano - expiredNano);
    return new BudgetBusyError(
      `${left} and ${inFlight} held by calls in flight; ${needs} Try again when they have settled.`,
      facts,
      busyRetryMs,
    );
  }
  const expired =
    expiredNano === 0n
      ? ''
      : ` ${formatUsd(expiredNano)} is held by attempts whose lease ran out: ledger.rows({ status: 'expired' }) lists them, ledger.reconcile gives back what they did not cost.`;
  return new BudgetExceededError(
    `${left}; ${needs}${expired} Raise the limit (ledger.setLimit) or ask for less.`,
    facts,
  );
}
