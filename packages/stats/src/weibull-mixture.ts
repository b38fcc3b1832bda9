import { outOfRange } from './out-of-range.ts';
import { minimize, type Valued } from './quasi-newton.ts';
import { type Weibull, weibullLogDensity, weibullMean } from './weibull.ts';

/** Two Weibull distributions and how much of the data each stands for. */
export interface WeibullMixture {
  /** Share of the data that `high` stands for. Range [0.2, 0.8]. */
  readonly weight: number;
  /** The component with the larger mean. */
  readonly high: Weibull;
  readonly low: Weibull;
  /** −Σ ln density over the data, in nats. Lower fits better; it may be below 0. */
  readonly negativeLogLikelihood: number;
}

const MIN_WEIGHT = 0.2;
const WEIGHT_RANGE = 0.6;
const MIN_PARAMETER = 0.01;
/** Weight, shape and scale of the first component, shape and scale of the second. */
const START = [0.5, 1, 1, 1.5, 2] as const;

// Source: RPC, arXiv 2502.00511, authors' code: maximum likelihood with w in [0.2, 0.8] and shapes and scales of at least
// 0.01, from the start above.
// Differs: the bounds are built into the variables (a logistic weight, exponential shapes and scales) in place of a
// bounded search, so a weight at its bound is reached up to a rounding error.
/**
 * Fits a mixture of two Weibull distributions by maximum likelihood. The likelihood has several maxima: this is the one
 * that a descent from one fixed start reaches.
 *
 * Undefined where there is none: fewer than two values, or all equal, for which the likelihood grows without end.
 *
 * @throws RangeError when a value is not finite and above 0.
 * @example
 * fitWeibullMixture([0.9, 0.88, 0.91, 0.86, 0.31, 0.28, 0.35, 0.3])?.high.scale; // about 0.9
 */
export function fitWeibullMixture(values: readonly number[]): WeibullMixture | undefined {
  for (const [i, value] of values.entries()) {
    if (!(value > 0 && value < Infinity)) throw outOfRange(`values[${i}]`, 'finite and above 0', value);
  }
  if (new Set(values).size < 2) return undefined;
  // Sums in another order differ in the last bits, and those can lead to another maximum.
  const sorted = values.toSorted((a, b) => a - b);
  const found = minimize((point) => misfit(sorted, point), freed(START));
  if (found === undefined) return undefined;
  const { weight, first, second } = bounded(found.point);
  const negativeLogLikelihood = found.value;
  return weibullMean(first) >= weibullMean(second)
    ? { weight, high: first, low: second, negativeLogLikelihood }
    : { weight: 1 - weight, high: second, low: first, negativeLogLikelihood };
}

interface Parameters {
  readonly weight: number;
  readonly first: Weibull;
  readonly second: Weibull;
}

function bounded([weight = 0, shape1 = 0, scale1 = 0, shape2 = 0, scale2 = 0]: readonly number[]): Parameters {
  return {
    weight: MIN_WEIGHT + WEIGHT_RANGE / (1 + Math.exp(-weight)),
    first: { shape: MIN_PARAMETER + Math.exp(shape1), scale: MIN_PARAMETER + Math.exp(scale1) },
    second: { shape: MIN_PARAMETER + Math.exp(shape2), scale: MIN_PARAMETER + Math.exp(scale2) },
  };
}

function freed([weight, ...others]: readonly [number, ...number[]]): readonly number[] {
  const share = (weight - MIN_WEIGHT) / WEIGHT_RANGE;
  return [Math.log(share / (1 - share)), ...others.map((parameter) => Math.log(parameter - MIN_PARAMETER))];
}

/** The negative log-likelihood and its slopes in the free variables. */
function misfit(values: readonly number[], point: readonly number[]): Valued {
  const { weight, first, second } = bounded(point);
  let value = 0;
  let weightSlope = 0;
  const slopes = [0, 0, 0, 0];
  for (const x of values) {
    const a = Math.log(weight) + weibullLogDensity(x, first);
    const b = Math.log(1 - weight) + weibullLogDensity(x, second);
    const larger = Math.max(a, b);
    const log = larger + Math.log(Math.exp(a - larger) + Math.exp(b - larger));
    value -= log;
    const shareOfFirst = Math.exp(a - log);
    const shareOfSecond = Math.exp(b - log);
    weightSlope -= shareOfFirst / weight - shareOfSecond / (1 - weight);
    addSlopes(slopes, { x, component: first, share: shareOfFirst, at: 0 });
    addSlopes(slopes, { x, component: second, share: shareOfSecond, at: 2 });
  }
  const share = (weight - MIN_WEIGHT) / WEIGHT_RANGE;
  const steepness = [first.shape, first.scale, second.shape, second.scale].map((each) => each - MIN_PARAMETER);
  return {
    value,
    gradient: [
      weightSlope * WEIGHT_RANGE * share * (1 - share),
      ...slopes.map((slope, i) => slope * (steepness[i] ?? 0)),
    ],
  };
}

/** Adds what one value contributes to the slopes in a component's shape (at `at`) and scale (after it). */
function addSlopes(
  slopes: number[],
  {
    x,
    component: { shape, scale },
    share,
    at,
  }: { readonly x: number; readonly component: Weibull; readonly share: number; readonly at: 0 | 2 },
): void {
  // Also keeps an overflowing power of a component that has no part in x from making 0 · ∞.
  if (share === 0) return;
  const log = Math.log(x / scale);
  const power = Math.exp(shape * log);
  slopes[at] = (slopes[at] ?? 0) - share * (1 / shape + log - power * log);
  slopes[at + 1] = (slopes[at + 1] ?? 0) - share * (shape / scale) * (power - 1);
}
