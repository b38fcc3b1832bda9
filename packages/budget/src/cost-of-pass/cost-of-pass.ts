import { InvalidOptionError } from '@tollgate/sdk';
import { bootstrapRatio, clopperPearson, type Interval, type Random } from '@tollgate/stats';
import { moneyOf } from '../money/nano-usd.ts';
import { type PassRecord, sumByTask } from './pass-record.ts';

/** Options of `costOfPass`. */
export interface CostOfPassOptions {
  /** Source of the resampling. Only forks of it are drawn from, so the same source gives the same intervals. */
  readonly random: Random;
  /** Number of resamples, at least 1. @defaultValue 2000 */
  readonly resamples?: number;
}

/** Accuracy, cost and cost-of-pass of one policy. Plain JSON. Intervals are `[lower, upper]`, 95 %, over tasks. */
export interface CostOfPass {
  readonly tasks: number;
  readonly runs: number;
  /** Share of runs that passed. Range [0, 1]. */
  readonly accuracy: number;
  readonly accuracyCi95: readonly [number, number];
  /** US dollars of all runs together. */
  readonly costUsd: number;
  /** Of `costUsd`: what as many other tasks of this kind would cost. */
  readonly costUsdCi95: readonly [number, number];
  /** US dollars per pass, the aggregate ratio: total cost / passes. Null, for infinite, where nothing passed. */
  readonly costOfPassUsd: number | null;
  /** Null is infinite: the data do not bound it, because a resample without a pass is likely. */
  readonly costOfPassCi95: readonly [number | null, number | null];
}

/**
 * What one correct answer costs, failures paid for, with bootstrap intervals over tasks.
 *
 * This is the aggregate ratio (`costPerSuccess`), which is how a policy's bill is read; the frontier of the paper takes the
 * cheapest policy of each problem first (`frontier`), and the two differ. Never minimise it alone: it likes a model that is
 * cheap and mostly wrong.
 *
 * @throws InvalidOptionError when there are no records or a cost is negative.
 * @example
 * costOfPass([{ taskId: 'a', costUsd: 0.01, passed: true }, { taskId: 'b', costUsd: 0.02, passed: false }], {
 *   random: createRandom(7),
 * }).costOfPassUsd; // 0.03
 */
// Source: Erol et al. 2025, "Cost-of-Pass" (arXiv 2504.13359), section 2: v = C / R, here over all tasks together.
// Differs: runs of one task are drawn together, because they are not independent.
export function costOfPass(
  records: readonly PassRecord[],
  { random, resamples = 2000 }: CostOfPassOptions,
): CostOfPass {
  if (records.length === 0)
    throw new InvalidOptionError('records', 'records must hold at least one run, received none.');
  const tasks = [...sumByTask(records).values()];
  const passes = tasks.map((task) => task.passes);
  const runs = tasks.map((task) => task.runs);
  const costsUsd = tasks.map((task) => moneyOf(task.costNano).usd);
  const costUsd = moneyOf(tasks.reduce((total, task) => total + task.costNano, 0n)).usd;
  const passed = passes.reduce((total, count) => total + count, 0);
  const accuracy = bootstrapRatio({
    numerators: passes,
    denominators: runs,
    random: random.fork('accuracy'),
    resamples,
  });
  const costPerTask = bootstrapRatio({ numerators: costsUsd, random: random.fork('cost'), resamples });
  const ratio = bootstrapRatio({
    numerators: costsUsd,
    denominators: passes,
    random: random.fork('cost-of-pass'),
    resamples,
  });
  return {
    tasks: tasks.length,
    runs: records.length,
    accuracy: accuracy.estimate,
    accuracyCi95:
      passed === 0 || passed === records.length
        ? exactInterval(passed, tasks.length)
        : [accuracy.lower, accuracy.upper],
    costUsd,
    costUsdCi95: [costPerTask.lower * tasks.length, costPerTask.upper * tasks.length],
    costOfPassUsd: passed === 0 ? null : costUsd / passed,
    costOfPassCi95: finiteOrNull(ratio),
  };
}

function finiteOrNull({ lower, upper }: Interval): readonly [number | null, number | null] {
  return [Number.isFinite(lower) ? lower : null, Number.isFinite(upper) ? upper : null];
}

/** Where all tasks went alike a bootstrap shows no doubt at all; the exact binomial interval over tasks does. */
function exactInterval(passed: number, tasks: number): readonly [number, number] {
  const { lower, upper } = clopperPearson(passed === 0 ? 0 : tasks, tasks);
  return [lower, upper];
}
