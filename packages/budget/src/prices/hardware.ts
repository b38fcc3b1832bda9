import { type Pricing, UnknownPriceError } from '@tollgate/sdk';
import { decimalOf, divideUp, scaleUp, tenTo } from '../money/decimal.ts';
import { moneyOf } from '../money/nano-usd.ts';
import { boundCounts } from './bound-counts.ts';
import { checkNotNegative, checkPositive } from './check-number.ts';

/** What a machine costs while it works. */
export interface HardwareOptions {
  /** Rent, or purchase price spread over the hours of its life. US dollars per hour. Range [0, ∞). */
  readonly usdPerHour: number;
  /** Power drawn while generating. Range [0, ∞). */
  readonly watts: number;
  /** Price of energy. US dollars per kilowatt-hour. Range [0, ∞). */
  readonly usdPerKwh: number;
  /**
   * Slowest generation that is expected, in tokens per second of engine time. Only holds depend on it. Range (0, ∞).
   * @defaultValue 2
   */
  readonly slowestTokensPerSecond?: number;
}

/** A prompt is evaluated in blocks, at least this many times as fast as an answer is generated. */
const promptSpeedup = 10n;

/**
 * Prices a local engine by its time: `engineSeconds × (usdPerHour / 3600 + watts / 1000 × usdPerKwh / 3600)`.
 *
 * Time cannot be bounded from tokens without an assumption. This one is written down and named by every overrun: the
 * engine generates at least `slowestTokensPerSecond` tokens a second and reads its prompt at least ten times as fast.
 *
 * @throws InvalidOptionError when a number is outside its range. Its `priceOf` throws UnknownPriceError where
 * `usage.engineSeconds` is unknown.
 * @example
 * const price = hardware({ usdPerHour: 0.12, watts: 65, usdPerKwh: 0.3 });
 */
export function hardware(options: HardwareOptions): Pricing {
  const { usdPerHour, watts, usdPerKwh, slowestTokensPerSecond = 2 } = options;
  checkNotNegative('usdPerHour', usdPerHour);
  checkNotNegative('watts', watts);
  checkNotNegative('usdPerKwh', usdPerKwh);
  checkPositive('slowestTokensPerSecond', slowestTokensPerSecond);
  const nanoOfMicros = nanoPerMicrosecond({ usdPerHour, watts, usdPerKwh });
  const slowest = decimalOf(slowestTokensPerSecond);
  return {
    priceOf: ({ engineSeconds }, model) => {
      if (engineSeconds === undefined || !(engineSeconds >= 0 && engineSeconds < Infinity)) {
        throw new UnknownPriceError(
          `${model.provider}/${model.modelId} is priced by engine time, and the usage says engineSeconds: ${engineSeconds}. Report engineSeconds in the adapter, or price the model per token.`,
        );
      }
      return { amount: moneyOf(nanoOfMicros(scaleUp(engineSeconds, 6))), known: 'override' };
    },
    upperBound: (bound, model) => {
      const { inputTokens, outputTokens } = boundCounts(bound, model);
      const micros = divideUp(
        (inputTokens + promptSpeedup * outputTokens) * tenTo(6 + slowest.scale),
        promptSpeedup * slowest.units,
      );
      return { amount: moneyOf(nanoOfMicros(micros)), known: 'override' };
    },
    declaration: { kind: 'hardware', usdPerHour, watts, usdPerKwh, slowestTokensPerSecond },
  };
}

/** The rate as an exact fraction of nano-dollars per microsecond; a duration is rounded once, up. */
function nanoPerMicrosecond(rate: {
  readonly usdPerHour: number;
  readonly watts: number;
  readonly usdPerKwh: number;
}): (micros: bigint) => bigint {
  const hour = decimalOf(rate.usdPerHour);
  const power = decimalOf(rate.watts);
  const energy = decimalOf(rate.usdPerKwh);
  const energyScale = power.scale + energy.scale;
  // Both terms over the common denominator 3.6e6 × 10^(all scales); 1 USD per second is 1000 nano-dollars per microsecond.
  const numerator = 1000n * (1000n * hour.units * tenTo(energyScale) + power.units * energy.units * tenTo(hour.scale));
  const denominator = 3_600_000n * tenTo(hour.scale + energyScale);
  return (micros) => divideUp(micros * numerator, denominator);
}
