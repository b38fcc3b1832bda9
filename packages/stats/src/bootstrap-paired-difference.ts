import { type BootstrapEstimate, type BootstrapOptions, bootstrapSettings } from './bootstrap-options.ts';
import { outOfRange } from './out-of-range.ts';
import { percentileInterval } from './percentile-interval.ts';
import { ratio, ratioOfAll, type RatioOfSums, ratioUnits } from './ratio-of-sums.ts';

/** Options of `bootstrapPairedDifference`. */
export interface BootstrapPairedDifferenceOptions extends BootstrapOptions {
  /** Per-unit numbers of the one candidate. */
  readonly first: RatioOfSums;
  /** Per-unit numbers of the other candidate on the same units in the same order. */
  readonly second: RatioOfSums;
}

// Source: Efron 1979, percentile method; pairs drawn together.
/**
 * Percentile bootstrap interval of first − second, two ratios of sums measured on the same units (tasks).
 *
 * Both sides see the same resampled units, so what makes a task hard for both cancels. The difference is shown when
 * the interval excludes 0. A resample where both ratios are infinite counts against both ends.
 *
 * @throws RangeError when there are no units, lengths differ, a number is not finite, a denominator is negative,
 * `resamples` is not a whole number ≥ 1 or `confidence` is outside (0, 1).
 * @example
 * bootstrapPairedDifference({
 *   first: { numerators: correctNew },
 *   second: { numerators: correctOld },
 *   random: createRandom(1),
 * }); // difference in accuracy
 */
export function bootstrapPairedDifference(options: BootstrapPairedDifferenceOptions): BootstrapEstimate {
  const { random } = options;
  const first = ratioUnits(options.first, 'first.');
  const second = ratioUnits(options.second, 'second.');
  const size = first.numerators.length;
  if (second.numerators.length !== size) {
    throw outOfRange(
      'second.numerators.length',
      `equal to first.numerators.length (${size})`,
      second.numerators.length,
    );
  }
  const { resamples, confidence } = bootstrapSettings(options, { parameter: 'first.numerators', length: size });
  const replicates = new Float64Array(resamples);
  for (let r = 0; r < resamples; r += 1) {
    let firstNumerator = 0;
    let firstDenominator = 0;
    let secondNumerator = 0;
    let secondDenominator = 0;
    for (let i = 0; i < size; i += 1) {
      const unit = random.int(size);
      firstNumerator += first.numerators[unit] as number;
      firstDenominator += first.denominators[unit] as number;
      secondNumerator += second.numerators[unit] as number;
      secondDenominator += second.denominators[unit] as number;
    }
    replicates[r] = ratio(firstNumerator, firstDenominator) - ratio(secondNumerator, secondDenominator);
  }
  return { estimate: ratioOfAll(first) - ratioOfAll(second), ...percentileInterval(replicates, confidence) };
}
