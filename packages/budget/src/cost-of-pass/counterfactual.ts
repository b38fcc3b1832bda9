import { InvalidOptionError } from '@tollgate/sdk';
import { bootstrapInterval } from '@tollgate/stats';
import type { FrontierIntervalOptions } from './frontier.ts';
import { meanOrInfinity } from './mean-or-infinity.ts';
import { checkBaseline, finiteOrNull, leastPrices, type PolicyRuns, problemPrices } from './policy-runs.ts';

/** Options of `counterfactual`. */
export interface CounterfactualOptions extends FrontierIntervalOptions {
  /** Which policies are taken away together, by name of the group. @defaultValue each policy alone */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
}

/** What taking a group away does to the frontier. */
export interface Essentialness {
  /** Frontier without the group, in US dollars per problem. Null is infinite. */
  readonly withoutUsd: number | null;
  /** `(without − with) / without`: 0 is no loss, 1 is all. Range [0, 1]. 0 where neither has a way out. */
  readonly essentialness: number;
  /** 95 %, over problems. */
  readonly essentialnessCi95: readonly [number, number];
}

/** The frontier with each group taken away. Plain JSON. */
export interface Counterfactual {
  /** Frontier over all policies, in US dollars per problem. Null is infinite. */
  readonly usd: number | null;
  /** Frontier over all policies as a share of the baseline: 1 is no help at all. Absent without a baseline above 0. */
  readonly normalised?: number;
  readonly groups: Readonly<Record<string, Essentialness>>;
}

/**
 * How much each group of policies is needed: the share of the frontier cost-of-pass that it saves on top of the others.
 *
 * Two policies that can stand in for each other are both unneeded, so the numbers do not add up; group what would be
 * dropped together.
 *
 * @throws InvalidOptionError when there is no problem, a group is empty or names no policy, policies cover different
 * problems, or a cost is negative.
 * @example
 * counterfactual({ small, large }, { baselineUsd: 3.5, random: createRandom(1) }).groups.large?.essentialness;
 */
// Source: Erol et al. 2025 (arXiv 2504.13359), section 2: essentialness(g) = (V(M \ g) − V(M)) / V(M \ g).
export function counterfactual(policies: PolicyRuns, options: CounterfactualOptions): Counterfactual {
  const { baselineUsd = Infinity, random, resamples = 2000 } = options;
  checkBaseline(baselineUsd);
  const { problems, pricesUsd } = problemPrices(Object.entries(policies));
  if (problems.length === 0) {
    throw new InvalidOptionError('policies', 'policies must hold at least one run of one policy, received none.');
  }
  const groups = options.groups ?? Object.fromEntries([...pricesUsd.keys()].map((name) => [name, [name]]));
  const all = leastPrices(problems.length, pricesUsd.values(), baselineUsd);
  const usd = meanOrInfinity(all);
  const results = Object.entries(groups).map(([group, members]): readonly [string, Essentialness] => {
    checkMembers(group, members, pricesUsd);
    const others = [...pricesUsd].filter(([name]) => !members.includes(name)).map(([, prices]) => prices);
    const without = leastPrices(problems.length, others, baselineUsd);
    const interval = bootstrapInterval({
      units: without.map((withoutUsd, i) => ({ withoutUsd, withUsd: all[i] ?? Infinity })),
      statistic: lossOf,
      random: random.fork(`counterfactual:${group}`),
      resamples,
    });
    return [
      group,
      {
        withoutUsd: finiteOrNull(meanOrInfinity(without)),
        essentialness: interval.estimate,
        essentialnessCi95: [interval.lower, interval.upper],
      },
    ];
  });
  return {
    usd: finiteOrNull(usd),
    ...(baselineUsd > 0 && baselineUsd < Infinity && { normalised: usd / baselineUsd }),
    groups: Object.fromEntries(results),
  };
}

function lossOf(sample: readonly { readonly withoutUsd: number; readonly withUsd: number }[]): number {
  let without = 0;
  let withAll = 0;
  for (const { withoutUsd, withUsd } of sample) {
    without += withoutUsd;
    withAll += withUsd;
  }
  if (without === withAll) return 0;
  return without === Infinity ? 1 : (without - withAll) / without;
}

function checkMembers(group: string, members: readonly string[], known: ReadonlyMap<string, unknown>): void {
  if (members.length === 0) throw new InvalidOptionError('groups', `groups[${group}] must name at least one policy.`);
  const stranger = members.find((name) => !known.has(name));
  if (stranger === undefined) return;
  throw new InvalidOptionError(
    'groups',
    `groups[${group}] must name policies that have runs (${[...known.keys()].join(', ')}), received ${JSON.stringify(stranger)}.`,
  );
}
