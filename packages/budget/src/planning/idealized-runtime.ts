import { InvalidOptionError } from '@tollgate/sdk';
import { checkNotNegative, checkPositive } from '../prices/check-number.ts';

/** A model on stated hardware, without queues and contention. Plain JSON. */
export interface RuntimeProfile {
  /** Seconds to read a prompt and give its first token, by tokens of the prompt. At least one. */
  readonly promptSeconds: Readonly<Record<number, number>>;
  /** Seconds for each further token. */
  readonly secondsPerToken: number;
  /** Seconds that every request takes on top, for a profile taken through an API. @defaultValue 0 */
  readonly overheadSeconds?: number;
}

/**
 * Seconds that a generation takes on the profile's hardware: `T[k] × p / k + g × (o − 1)`, k the smallest profiled prompt
 * that is not shorter. Several completions of one prompt count one after the other.
 *
 * Below the smallest profiled prompt the time goes to 0 with the length, which is too little: profile a short one.
 *
 * @throws InvalidOptionError when the profile is empty or a number is negative.
 * @example
 * idealizedRuntime(profile, { inputTokens: 300, outputTokens: 20 });
 */
// Source: "Cheaply Evaluating Inference Efficiency Metrics" (arXiv 2305.02440) and the code of HELM.
export function idealizedRuntime(
  profile: RuntimeProfile,
  { inputTokens, outputTokens }: { readonly inputTokens: number; readonly outputTokens: number },
): number {
  checkNotNegative('inputTokens', inputTokens);
  checkNotNegative('outputTokens', outputTokens);
  checkNotNegative('secondsPerToken', profile.secondsPerToken);
  checkNotNegative('overheadSeconds', profile.overheadSeconds ?? 0);
  const sizes = Object.keys(profile.promptSeconds)
    .map(Number)
    .toSorted((a, b) => a - b);
  const size = sizes.find((each) => each >= inputTokens) ?? sizes.at(-1);
  if (size === undefined) {
    throw new InvalidOptionError('promptSeconds', 'promptSeconds must hold at least one prompt length, received none.');
  }
  checkPositive('promptSeconds', size);
  const prompt = ((profile.promptSeconds[size] ?? 0) * inputTokens) / size;
  return prompt + profile.secondsPerToken * Math.max(0, outputTokens - 1) + (profile.overheadSeconds ?? 0);
}

/**
 * Makes a profile from measurements: the time with one token of output by prompt length, and one slope over all.
 *
 * @throws InvalidOptionError when a prompt length was never measured with one token of output, or no measurement has more.
 * @example
 * fitRuntimeProfile([
 *   { inputTokens: 128, outputTokens: 1, seconds: 0.094 },
 *   { inputTokens: 128, outputTokens: 32, seconds: 2.605 },
 * ]).secondsPerToken; // 0.081
 */
// Source: as above. Rule: g is the slope of the least-squares line of (seconds − T[k]) over the output length.
export function fitRuntimeProfile(
  measurements: readonly { readonly inputTokens: number; readonly outputTokens: number; readonly seconds: number }[],
): RuntimeProfile {
  const promptSeconds = Object.fromEntries(
    [...Map.groupBy(measurements, ({ inputTokens }) => inputTokens)].map(([inputTokens, same]) => {
      const single = same.filter(({ outputTokens }) => outputTokens === 1);
      if (single.length === 0) {
        throw new InvalidOptionError(
          'measurements',
          `measurements must have one with 1 output token for each prompt length, and have none for ${inputTokens}.`,
        );
      }
      return [inputTokens, single.reduce((total, { seconds }) => total + seconds, 0) / single.length];
    }),
  ) as Readonly<Record<number, number>>;
  const points = measurements.map(({ inputTokens, outputTokens, seconds }) => ({
    x: outputTokens,
    y: seconds - (promptSeconds[inputTokens] ?? 0),
  }));
  const centre = points.reduce((total, { x }) => total + x, 0) / points.length;
  const spread = points.reduce((total, { x }) => total + (x - centre) ** 2, 0);
  if (!(spread > 0)) {
    throw new InvalidOptionError('measurements', 'measurements must have at least two different output lengths.');
  }
  return { promptSeconds, secondsPerToken: points.reduce((total, { x, y }) => total + (x - centre) * y, 0) / spread };
}

/** The machines behind a runtime. */
export interface Accelerators {
  readonly count: number;
  /** US dollars per second of one. Range [0, ∞). @defaultValue 0 */
  readonly usdPerSecond?: number;
  /** Range [0, ∞). @defaultValue 0 */
  readonly watts?: number;
}

/** Dollars and joules of `seconds` on some accelerators. @throws InvalidOptionError when a number is outside its range. */
export function acceleratorCost(
  seconds: number,
  { count, usdPerSecond = 0, watts = 0 }: Accelerators,
): { readonly costUsd: number; readonly joules: number } {
  checkNotNegative('seconds', seconds);
  checkPositive('count', count);
  checkNotNegative('usdPerSecond', usdPerSecond);
  checkNotNegative('watts', watts);
  return { costUsd: seconds * count * usdPerSecond, joules: seconds * count * watts };
}
