import { BudgetBusyError, BudgetExceededError, type BudgetRefusal } from '@tollgate/sdk';
import type { Refusal } from '../stores/store.ts';
import type { Amounts } from './dimension.ts';
import { amountOf } from './limits.ts';
import { sayAmount, sayReset, sayWindow } from './say-limit.ts';
import { scopeName } from './scope-pair.ts';
import { windowAt } from './window.ts';

/** Advice for a caller with nothing better to go by. */
const busyRetryMs = 100;

/** The error of a refused attempt: where the limit stands, what was needed, and what to do. */
export function refusalError(refusal: Refusal, min: Amounts, atMs: number): BudgetExceededError | BudgetBusyError {
  const { limit, scope, settled, held, expired } = refusal;
  const { dimension } = limit;
  const span = windowAt(limit.per, atMs);
  const resetsAtMs = span.from === span.to ? span.until : Infinity;
  const facts: BudgetRefusal = {
    scope,
    dimension,
    cap: amountOf(dimension, limit.cap),
    settled: amountOf(dimension, settled),
    held: amountOf(dimension, held),
    asked: amountOf(dimension, min[dimension]),
    ...(Number.isFinite(resetsAtMs) && { resetsAtMs }),
  };
  const say = (units: bigint): string => sayAmount(dimension, units > 0n ? units : 0n);
  const left = limit.cap - settled - (refusal.forGood ? expired : held);
  const stands = `${scopeName(scope)} has ${say(left)} of ${say(limit.cap)} left${sayWindow(limit)}`;
  const needs = `this call needs at least ${say(min[dimension])}.`;
  if (!refusal.forGood) {
    return new BudgetBusyError(
      `${stands} and ${say(held - expired)} held by calls in flight; ${needs} Try again when they have settled.`,
      facts,
      busyRetryMs,
    );
  }
  const lost =
    expired === 0n
      ? ''
      : ` ${say(expired)} is held by attempts whose lease ran out: ledger.rows({ status: 'expired' }) lists them, ledger.reconcile gives back what they did not cost.`;
  const reset = sayReset(resetsAtMs);
  return new BudgetExceededError(
    `${stands}; ${needs}${lost}${reset} Raise the limit (ledger.setLimit)${reset === '' ? ' or ask for less' : ', ask for less, or wait'}.`,
    facts,
  );
}
