import { checkBaseline, finiteOrNull, leastPrices, problemPrices } from './policy-runs.ts';
import type { PassRecord } from './pass-record.ts';

/** Options of `frontierCostOfPass`. */
export interface FrontierOptions {
  /**
   * What a person takes to solve one problem, in US dollars: the way out where every policy is dearer. Range [0, ∞).
   * @defaultValue none, the frontier of the models alone
   */
  readonly baselineUsd?: number;
}

/**
 * US dollars per problem when every problem goes to whichever policy solves it most cheaply, in the mean: the minimum
 * over policies first, then the mean over problems. Null, for infinite, where a problem has no way out.
 *
 * It takes knowing beforehand which policy will do, so it is a floor and not a bill. The bill of one policy is
 * `costPerSuccess`; who carries the frontier and how sure it is, `frontier`.
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
  checkBaseline(baselineUsd);
  const { problems, pricesUsd } = problemPrices(policies.map((records, i) => [String(i), records] as const));
  if (problems.length === 0) return finiteOrNull(baselineUsd);
  const least = leastPrices(problems.length, pricesUsd.values(), baselineUsd);
  return finiteOrNull(least.reduce((total, usd) => total + usd, 0) / problems.length);
}
