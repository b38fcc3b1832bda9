import { InvalidOptionError } from '@tollgate/sdk';
import { moneyOf } from '../money/nano-usd.ts';
import { type PassRecord, sumByTask } from './pass-record.ts';

/** A ratio with its first-order standard error, in US dollars per pass. */
export interface DeltaInterval {
  readonly usd: number;
  readonly standardErrorUsd: number;
  /** `usd ± 1.96 standard errors`. May reach below 0, which says that it is not to be trusted. */
  readonly lowerUsd: number;
  readonly upperUsd: number;
}

/** Two-sided 95 % of a normal. */
const z = 1.959963984540054;

/**
 * The delta-method interval of `costPerSuccess` over tasks, covariance of cost and passes included: a cross-check on the
 * bootstrap of `costOfPass`. The two agree with many tasks and part with few, where the bootstrap is the better one.
 *
 * @throws InvalidOptionError with fewer than two tasks, without a pass, or when a cost is negative.
 * @example
 * deltaInterval(records).standardErrorUsd;
 */
// Source: first-order Taylor of a ratio of means: se(v)² / v² = se(C)² / C² + se(R)² / R² − 2 cov(C, R) / (C R), written as
// the variance of the residuals cost_i − v × passes_i.
export function deltaInterval(records: readonly PassRecord[]): DeltaInterval {
  const tasks = [...sumByTask(records).values()].map(({ costNano, passes }) => ({
    costUsd: moneyOf(costNano).usd,
    passes,
  }));
  const passes = tasks.reduce((total, task) => total + task.passes, 0);
  if (tasks.length < 2 || passes === 0) {
    throw new InvalidOptionError(
      'records',
      `records must hold at least two tasks and one pass, received ${tasks.length} and ${passes}.`,
    );
  }
  const usd = tasks.reduce((total, task) => total + task.costUsd, 0) / passes;
  const squares = tasks.reduce((total, task) => total + (task.costUsd - usd * task.passes) ** 2, 0);
  const standardErrorUsd = Math.sqrt((squares * tasks.length) / (tasks.length - 1)) / passes;
  return { usd, standardErrorUsd, lowerUsd: usd - z * standardErrorUsd, upperUsd: usd + z * standardErrorUsd };
}
