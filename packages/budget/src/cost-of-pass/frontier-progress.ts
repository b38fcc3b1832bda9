import { InvalidOptionError } from '@tollgate/sdk';
import { meanOrInfinity } from './mean-or-infinity.ts';
import { checkBaseline, finiteOrNull, leastPrices, problemPrices } from './policy-runs.ts';
import type { PassRecord } from './pass-record.ts';

/** A policy, at the place in time where it became available. */
export interface Release {
  readonly name: string;
  readonly records: readonly PassRecord[];
}

/** The frontier after one more release. Plain JSON; null is infinite. */
export interface ProgressStep {
  readonly name: string;
  /** Frontier over everything released so far, in US dollars per problem. */
  readonly usd: number | null;
  /** What this release took off the frontier before it, as a share of that. Range [0, 1]. */
  readonly gain: number;
  /** The frontier as a share of the baseline: `V_t / V(∅)`. Range [0, 1]. */
  readonly remaining: number;
}

/**
 * How the frontier fell as policies came out, in the order given.
 *
 * @param releases In the order of release, over the same problems.
 * @throws InvalidOptionError when policies cover different problems, a cost is negative, or the baseline is not in (0, ∞):
 * without a way out before the first release there is nothing to measure from.
 * @example
 * frontierProgress([{ name: 'small', records: small }, { name: 'large', records: large }], { baselineUsd: 3.5 });
 */
// Source: Erol et al. 2025 (arXiv 2504.13359), section 2: gain(m_t) = (V_{t−1} − V_t) / V_{t−1}.
export function frontierProgress(
  releases: readonly Release[],
  { baselineUsd }: { readonly baselineUsd: number },
): readonly ProgressStep[] {
  checkBaseline(baselineUsd);
  if (baselineUsd === 0 || baselineUsd === Infinity) {
    throw new InvalidOptionError('baselineUsd', `baselineUsd must be in (0, ∞), received ${baselineUsd}.`);
  }
  const { problems, pricesUsd } = problemPrices(releases.map(({ name, records }) => [name, records] as const));
  if (pricesUsd.size !== releases.length) {
    throw new InvalidOptionError('releases', 'releases must have different names, and two are the same.');
  }
  let least: readonly number[] = leastPrices(problems.length, [], baselineUsd);
  let before = baselineUsd;
  return [...pricesUsd].map(([name, prices]) => {
    least = leastPrices(problems.length, [least, prices], baselineUsd);
    const usd = problems.length === 0 ? baselineUsd : meanOrInfinity(least);
    const gain = before === 0 ? 0 : (before - usd) / before;
    before = usd;
    return { name, usd: finiteOrNull(usd), gain, remaining: usd / baselineUsd };
  });
}
