import { type BootstrapEstimate, type BootstrapOptions, bootstrapSettings } from './bootstrap-options.ts';
import { percentileInterval } from './percentile-interval.ts';
import { ratio, ratioOfAll, type RatioOfSums, ratioUnits } from './ratio-of-sums.ts';

/** Options of `bootstrapRatio`: per-unit numerators and denominators beside the bootstrap settings. */
export interface BootstrapRatioOptions extends RatioOfSums, BootstrapOptions {}

// Source: Efron 1979, percentile method, as `bootstrapInterval`, without building the samples.
/**
 * Percentile bootstrap interval of Σ numerators / Σ denominators over resampled units (tasks).
 *
 * A resample whose denominators sum to 0 gives Infinity, so a cost-of-pass with few passes may have an infinite upper
 * end: the data do not bound it.
 *
 * @throws RangeError when there are no units, lengths differ, a number is not finite, a denominator is negative,
 * `resamples` is not a whole number ≥ 1 or `confidence` is outside (0, 1).
 * @example
 * bootstrapRatio({ numerators: costsUsd, denominators: passes, random: createRandom(1) }); // cost-of-pass in USD
 */
export function bootstrapRatio(options: BootstrapRatioOptions): BootstrapEstimate {
  const units = ratioUnits(options);
  const { numerators, denominators } = units;
  const size = numerators.length;
  const { resamples, confidence } = bootstrapSettings(options, { parameter: 'numerators', length: size });
  const { random } = options;
  const replicates = new Float64Array(resamples);
  for (let r = 0; r < resamples; r += 1) {
    let numerator = 0;
    let denominator = 0;
    for (let i = 0; i < size; i += 1) {
      const unit = random.int(size);
      numerator += numerators[unit] as number;
      denominator += denominators[unit] as number;
    }
    replicates[r] = ratio(numerator, denominator);
  }
  return { estimate: ratioOfAll(units), ...percentileInterval(replicates, confidence) };
}
