import { checkConfidence } from './check-confidence.ts';
import type { Interval } from './interval.ts';
import { outOfRange } from './out-of-range.ts';
import type { Random } from './random.ts';

/** What every bootstrap needs. */
export interface BootstrapOptions {
  /** Source of the resampling; it is drawn from, so hand in a fork. */
  readonly random: Random;
  /** Number of resamples, at least 1. @defaultValue 2000 */
  readonly resamples?: number;
  /** Two-sided confidence. Range (0, 1). @defaultValue 0.95 */
  readonly confidence?: number;
}

/** A statistic with its bootstrap interval, in the units of the statistic. */
export interface BootstrapEstimate extends Interval {
  /** The statistic of the original units. NaN when undefined there. */
  readonly estimate: number;
}

/** Fills in defaults. @throws RangeError when a number is out of range or there are no units. */
export function bootstrapSettings(
  options: BootstrapOptions,
  units: { readonly parameter: string; readonly length: number },
): { readonly resamples: number; readonly confidence: number } {
  const { resamples = 2000, confidence = 0.95 } = options;
  if (units.length === 0) throw outOfRange(`${units.parameter}.length`, 'at least 1', 0);
  if (!Number.isSafeInteger(resamples) || resamples < 1) {
    throw outOfRange('resamples', 'a whole number of at least 1', resamples);
  }
  checkConfidence(confidence);
  return { resamples, confidence };
}
