import { type BootstrapEstimate, type BootstrapOptions, bootstrapSettings } from './bootstrap-options.ts';
import { percentileInterval } from './percentile-interval.ts';

/** Options of `bootstrapInterval`. */
export interface BootstrapIntervalOptions<Unit> extends BootstrapOptions {
  /** What is drawn as a whole, for instance tasks, not the runs of one task: runs of one task are not independent. */
  readonly units: readonly Unit[];
  /** Any statistic of a list of units. The list is reused between calls: read it, do not keep it. */
  readonly statistic: (sample: readonly Unit[]) => number;
}

// Source: Efron 1979, percentile method. Rule: draw n of n units with replacement, take the statistic, cut both tails.
/**
 * Percentile bootstrap interval of any statistic. For ratios of sums `bootstrapRatio` is several times faster.
 *
 * Needs some tens of units: with few units the interval is too narrow. A statistic may return an infinity; a NaN
 * counts against both ends.
 *
 * @throws RangeError when `units` is empty, `resamples` is not a whole number ≥ 1 or `confidence` is outside (0, 1).
 * @example
 * bootstrapInterval({ units: latenciesMs, statistic: (sample) => quantile(sample, 0.9), random: createRandom(1) });
 */
export function bootstrapInterval<Unit>(options: BootstrapIntervalOptions<Unit>): BootstrapEstimate {
  const { units, statistic, random } = options;
  const { resamples, confidence } = bootstrapSettings(options, { parameter: 'units', length: units.length });
  const estimate = statistic(units);
  const replicates = new Float64Array(resamples);
  const sample = [...units];
  for (let r = 0; r < resamples; r += 1) {
    for (let i = 0; i < sample.length; i += 1) sample[i] = units[random.int(units.length)] as Unit;
    replicates[r] = statistic(sample);
  }
  return { estimate, ...percentileInterval(replicates, confidence) };
}
