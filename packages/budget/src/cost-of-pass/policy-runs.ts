import { InvalidOptionError } from '@tollgate/sdk';
import { moneyOf } from '../money/nano-usd.ts';
import { type PassRecord, sumByTask } from './pass-record.ts';

/** The runs of several policies, by name, over the same problems. */
export type PolicyRuns = Readonly<Record<string, readonly PassRecord[]>>;

/** Dollars per pass of each policy on each problem, in one order of problems. */
export interface ProblemPrices {
  readonly problems: readonly string[];
  /** By policy: one number for each problem, `Infinity` where nothing passed. */
  readonly pricesUsd: ReadonlyMap<string, readonly number[]>;
}

// Source: Erol et al. 2025 (arXiv 2504.13359), section 2. Rule: v(m, p) = C_m(p) / R_m(p), infinite where R is 0.
/** @throws InvalidOptionError when policies cover different problems, or a cost is not an amount ≥ 0. */
export function problemPrices(
  policies: Iterable<readonly [name: string, records: readonly PassRecord[]]>,
): ProblemPrices {
  let problems: readonly string[] | undefined;
  const pricesUsd = new Map<string, readonly number[]>();
  let firstName = '';
  for (const [name, records] of policies) {
    const sums = sumByTask(records);
    if (problems === undefined) {
      problems = [...sums.keys()];
      firstName = name;
    }
    if (sums.size !== problems.length || problems.some((problem) => !sums.has(problem))) {
      throw new InvalidOptionError(
        'policies',
        `policies[${name}] must cover the same problems as policies[${firstName}], and does not.`,
      );
    }
    pricesUsd.set(
      name,
      problems.map((problem) => {
        const task = sums.get(problem);
        return task === undefined || task.passes === 0 ? Infinity : moneyOf(task.costNano).usd / task.passes;
      }),
    );
  }
  return { problems: problems ?? [], pricesUsd };
}

/** The least of some policies on each problem, and of the baseline. */
export function leastPrices(
  size: number,
  policies: Iterable<readonly number[]>,
  baselineUsd: number,
): readonly number[] {
  const least = Array.from({ length: size }, () => baselineUsd);
  for (const prices of policies) {
    for (const [i, price] of prices.entries()) least[i] = Math.min(least[i] ?? Infinity, price);
  }
  return least;
}

/** @throws InvalidOptionError when the baseline is no amount. */
export function checkBaseline(baselineUsd: number): void {
  if (baselineUsd >= 0) return;
  throw new InvalidOptionError('baselineUsd', `baselineUsd must be in [0, ∞), received ${baselineUsd}.`);
}

/** Infinite is written null, so that reports are plain JSON. */
export function finiteOrNull(usd: number): number | null {
  return Number.isFinite(usd) ? usd : null;
}
