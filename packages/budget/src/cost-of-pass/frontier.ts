import { InvalidOptionError } from '@tollgate/sdk';
import { bootstrapInterval, type Random } from '@tollgate/stats';
import { meanOrInfinity } from './mean-or-infinity.ts';
import { checkBaseline, finiteOrNull, leastPrices, type PolicyRuns, problemPrices } from './policy-runs.ts';

/** Options of `frontier` and `counterfactual`. */
export interface FrontierIntervalOptions {
  /** What a person takes to solve one problem, in US dollars. Range [0, ∞). @defaultValue none */
  readonly baselineUsd?: number;
  /** Source of the resampling. Only forks of it are drawn from, so the same source gives the same intervals. */
  readonly random: Random;
  /** Number of resamples, at least 1. @defaultValue 2000 */
  readonly resamples?: number;
}

/** The frontier over some policies. Plain JSON; null is infinite. */
export interface Frontier {
  readonly problems: number;
  /** US dollars per problem, as `frontierCostOfPass`. */
  readonly usd: number | null;
  /** 95 %, over problems: the policies and their runs are taken as they are. */
  readonly usdCi95: readonly [number | null, number | null];
  /**
   * Share of problems on which each policy is the cheapest way to a pass; the first named one where several are. The
   * shares of all policies, of the baseline and of what nobody solved add up to 1.
   */
  readonly shares: Readonly<Record<string, number>>;
  /** Share of problems on which the baseline is cheaper than every policy. */
  readonly baselineShare: number;
  /** Share of problems with no way out. */
  readonly unsolvedShare: number;
}

/**
 * The frontier cost-of-pass with who carries it, and a bootstrap interval over problems.
 *
 * The minimum of noisy prices is too low: with few runs of a problem a policy that was lucky once looks cheap. Give each
 * policy several runs of each problem (the paper took 8).
 *
 * @throws InvalidOptionError when there is no problem, policies cover different problems, or a cost is negative.
 * @example
 * frontier({ small, large }, { baselineUsd: 3.5, random: createRandom(1) }).shares; // { small: 0.6, large: 0.3 }
 */
// Source: Erol et al. 2025 (arXiv 2504.13359), section 2.
export function frontier(
  policies: PolicyRuns,
  { baselineUsd = Infinity, random, resamples = 2000 }: FrontierIntervalOptions,
): Frontier {
  checkBaseline(baselineUsd);
  const { problems, pricesUsd } = problemPrices(Object.entries(policies));
  if (problems.length === 0) {
    throw new InvalidOptionError('policies', 'policies must hold at least one run of one policy, received none.');
  }
  const least = leastPrices(problems.length, pricesUsd.values(), baselineUsd);
  const interval = bootstrapInterval({
    units: least,
    statistic: meanOrInfinity,
    random: random.fork('frontier'),
    resamples,
  });
  const winners = least.map((usd, i) =>
    usd === Infinity ? undefined : [...pricesUsd].find(([, prices]) => prices[i] === usd)?.[0],
  );
  const share = (matches: (winner: string | undefined, usd: number) => boolean): number =>
    winners.filter((winner, i) => matches(winner, least[i] ?? Infinity)).length / problems.length;
  return {
    problems: problems.length,
    usd: finiteOrNull(interval.estimate),
    usdCi95: [finiteOrNull(interval.lower), finiteOrNull(interval.upper)],
    shares: Object.fromEntries([...pricesUsd.keys()].map((name) => [name, share((winner) => winner === name)])),
    baselineShare: share((winner, usd) => winner === undefined && usd < Infinity),
    unsolvedShare: share((_, usd) => usd === Infinity),
  };
}
