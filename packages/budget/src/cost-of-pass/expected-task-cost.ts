import { InvalidOptionError } from '@tollgate/sdk';
import { checkNotNegative } from '../prices/check-number.ts';

/** What a policy does on a task of some class, on average. */
export interface TaskExpectation {
  /** US dollars of one task: generation, verification, review, failures and retries. Range [0, ∞). */
  readonly costUsd: number;
  /** Share of tasks that end right. Range [0, 1]. */
  readonly passRate: number;
  /** Share of tasks that end accepted and wrong. Range [0, 1 − passRate]. @defaultValue 0 */
  readonly falseAcceptRate?: number;
}

/** What failing costs. */
export interface FailurePrices {
  /** US dollars of doing a task another way after it was not solved: a person, a dearer model. Range [0, ∞). */
  readonly fallbackUsd: number;
  /** US dollars of damage by an answer that was accepted and wrong, on top of the fallback. Range [0, ∞). @defaultValue 0 */
  readonly harmUsd?: number;
}

/**
 * Expected US dollars per task with its failures priced: `C + (1 − R) × fallbackUsd + falseAccepts × harmUsd`. What should
 * be minimised: cost-of-pass alone prefers a policy that is cheap and mostly wrong.
 *
 * @throws InvalidOptionError when an amount or a rate is outside its range.
 * @example
 * expectedTaskCost({ costUsd: 0.002, passRate: 0.9, falseAcceptRate: 0.04 }, { fallbackUsd: 0.5, harmUsd: 2 }); // 0.132
 */
export function expectedTaskCost(task: TaskExpectation, { fallbackUsd, harmUsd = 0 }: FailurePrices): number {
  const { costUsd, passRate, falseAcceptRate = 0 } = task;
  checkNotNegative('costUsd', costUsd);
  checkNotNegative('fallbackUsd', fallbackUsd);
  checkNotNegative('harmUsd', harmUsd);
  if (!(passRate >= 0 && passRate <= 1)) {
    throw new InvalidOptionError('passRate', `passRate must be in [0, 1], received ${passRate}.`);
  }
  // Rates that are measured apart may miss the bound by a rounding.
  if (!(falseAcceptRate >= 0 && falseAcceptRate <= 1 - passRate + 1e-12)) {
    throw new InvalidOptionError(
      'falseAcceptRate',
      `falseAcceptRate must be in [0, 1 − passRate] = [0, ${1 - passRate}], received ${falseAcceptRate}. What is right is no false accept.`,
    );
  }
  return costUsd + (1 - passRate) * fallbackUsd + falseAcceptRate * harmUsd;
}
