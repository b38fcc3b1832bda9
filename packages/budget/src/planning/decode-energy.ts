import { InvalidOptionError } from '@tollgate/sdk';
import { checkNotNegative, checkPositive } from '../prices/check-number.ts';

/** Power of a device that warms up as it generates: `P(t) = P∞ − ΔP e^(−t / τ)`. */
export interface DecodePower {
  /** P∞, watts in the long run. Range [0, ∞). */
  readonly steadyWatts: number;
  /** ΔP, how far below that it starts. Range [0, steadyWatts]. */
  readonly riseWatts: number;
  /** τ, seconds. Range (0, ∞). */
  readonly settleSeconds: number;
}

/**
 * Joules of generating for `seconds`: `P∞ T − ΔP τ (1 − e^(−T / τ))`. For answers of 65 tokens or more; shorter ones are
 * governed by start-up, which this does not describe.
 *
 * @throws InvalidOptionError when a number is outside its range.
 * @example
 * decodeEnergyJoules({ steadyWatts: 30, riseWatts: 10, settleSeconds: 5 }, 60); // 1750
 */
// Source: EdgeReasoning (arXiv 2511.01866).
export function decodeEnergyJoules({ steadyWatts, riseWatts, settleSeconds }: DecodePower, seconds: number): number {
  checkNotNegative('steadyWatts', steadyWatts);
  checkPositive('settleSeconds', settleSeconds);
  checkNotNegative('seconds', seconds);
  if (!(riseWatts >= 0 && riseWatts <= steadyWatts)) {
    throw new InvalidOptionError('riseWatts', `riseWatts must be in [0, steadyWatts], received ${riseWatts}.`);
  }
  return steadyWatts * seconds + riseWatts * settleSeconds * Math.expm1(-seconds / settleSeconds);
}
