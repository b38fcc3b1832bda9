import { InvalidOptionError } from '@tollgate/sdk';
import { moneyOf } from '../money/nano-usd.ts';
import { type PassRecord, sumByTask } from './pass-record.ts';

/** Options of `frontierCostOfPass`. */
export interface FrontierOptions {
  /** What a person takes to solve one problem, in US dollars: the way out where every policy is dearer. Range [0, ∞). */
  readonly baselineUsd?: number;
}

/**
 * US dollars per problem when every problem goes to whichever policy solves it most cheaply, in the mean: the minimum
 * over policies first, then the mean over problems. Null, for infinite, where a problem has no way out.
 *
 * Not the ratio of total cost to passes: for that see `costOfPass`.
 *
 * @param policies The runs of each policy, over the same problems.
 * @throws InvalidOptionError when policies cover different problems, or a cost is negative.
 * @example
 * frontierCostOfPass([runsOfSmall, runsOfLarge], { baselineUsd: 3.5 });
 */
// Source: Erol et al. 2025 (arXiv 2504.13359), section 2: V_p = min(min_m C_m(p) / R_m(p), v_human), V = mean of V_p.
export function frontierCostOfPass(
  policies: readonly (readonly PassRecord[])[],
  { baselineUsd = Infinity }: FrontierOptions = {},
): number | null {
  if (!(baselineUsd >= 0)) {
    throw new InvalidOptionError('baselineUsd', `baselineUsd must be in [0, ∞), received ${baselineUsd}.`);
  }
  const sums = policies.map(sumByTask);
  const problems = [...(sums[0]?.keys() ?? [])];
  for (const [i, policy] of sums.entries()) {
    if (policy.size === problems.length && problems.every((problem) => policy.has(problem))) continue;
    throw new InvalidOptionError(
      'policies',
      `policies[${i}] must cover the same problems as policies[0], and does not.`,
    );
  }
  if (problems.length === 0) return Number.isFinite(baselineUsd) ? baselineUsd : null;
  let total = 0;
  for (const problem of problems) {
    let least = baselineUsd;
    for (const policy of sums) {
      const task = policy.get(problem);
      if (task !== undefined && task.passes > 0) least = Math.min(least, moneyOf(task.costNano).usd / task.passes);
    }
    total += least;
  }
  return Number.isFinite(total) ? total / problems.length : null;
}
