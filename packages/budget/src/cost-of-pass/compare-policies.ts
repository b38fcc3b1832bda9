import { InvalidOptionError } from '@tollgate/sdk';
import { bootstrapPairedDifference, type Random } from '@tollgate/stats';
import { moneyOf } from '../money/nano-usd.ts';
import { type PassRecord, sumByTask } from './pass-record.ts';

/** A difference, first minus second. Null is infinite or undefined. */
export interface PolicyDifference {
  readonly difference: number | null;
  /** 95 %, both policies drawn on the same tasks. The difference is shown when it excludes 0. */
  readonly ci95: readonly [number | null, number | null];
}

/** How two policies differ on the same tasks. Plain JSON. */
export interface PolicyComparison {
  readonly tasks: number;
  /** Share of runs that passed. */
  readonly accuracy: PolicyDifference;
  /** US dollars of a run. */
  readonly costPerRunUsd: PolicyDifference;
  /** US dollars per pass, the aggregate ratio. */
  readonly costPerSuccessUsd: PolicyDifference;
}

/**
 * Paired differences between two policies on the same problems: what makes a problem hard or dear for both cancels, so
 * far smaller differences show than between two intervals side by side.
 *
 * @param first Runs of the one policy.
 * @param second Runs of the other, over the same tasks; the number of runs of a task may differ.
 * @throws InvalidOptionError when there are no records, the tasks differ, or a cost is negative.
 * @example
 * comparePolicies(dynamicTurns, fixedTurns, { random: createRandom(1) }).costPerSuccessUsd.ci95;
 */
export function comparePolicies(
  first: readonly PassRecord[],
  second: readonly PassRecord[],
  { random, resamples = 2000 }: { readonly random: Random; readonly resamples?: number },
): PolicyComparison {
  const one = sumByTask(first);
  const other = sumByTask(second);
  if (one.size === 0) throw new InvalidOptionError('first', 'first must hold at least one run, received none.');
  const tasks = [...one.keys()];
  if (other.size !== one.size || tasks.some((task) => !other.has(task))) {
    throw new InvalidOptionError('second', 'second must cover the same tasks as first, and does not.');
  }
  const columns = (sums: typeof one): Record<'passes' | 'runs' | 'costUsd', readonly number[]> => {
    const rows = tasks.map((task) => sums.get(task) ?? { passes: 0, runs: 0, costNano: 0n });
    return {
      passes: rows.map(({ passes }) => passes),
      runs: rows.map(({ runs }) => runs),
      costUsd: rows.map(({ costNano }) => moneyOf(costNano).usd),
    };
  };
  const a = columns(one);
  const b = columns(other);
  const compare = (numerator: keyof typeof a, denominator: keyof typeof a): PolicyDifference => {
    const { estimate, lower, upper } = bootstrapPairedDifference({
      first: { numerators: a[numerator], denominators: a[denominator] },
      second: { numerators: b[numerator], denominators: b[denominator] },
      random: random.fork(`${numerator}/${denominator}`),
      resamples,
    });
    return { difference: finite(estimate), ci95: [finite(lower), finite(upper)] };
  };
  return {
    tasks: tasks.length,
    accuracy: compare('passes', 'runs'),
    costPerRunUsd: compare('costUsd', 'runs'),
    costPerSuccessUsd: compare('costUsd', 'passes'),
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
