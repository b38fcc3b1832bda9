import { logGamma } from './log-gamma.ts';

/** A Weibull distribution: density (k/λ)(x/λ)^(k−1) e^(−(x/λ)^k) for x > 0. */
export interface Weibull {
  /** k, above 0. The larger, the narrower around `scale`. */
  readonly shape: number;
  /** λ, above 0, in the units of x. */
  readonly scale: number;
}

/** The natural logarithm of the density at x > 0. */
export function weibullLogDensity(x: number, { shape, scale }: Weibull): number {
  const log = Math.log(x / scale);
  return Math.log(shape / scale) + (shape - 1) * log - Math.exp(shape * log);
}

/** The mean, λ Γ(1 + 1/k). */
export function weibullMean({ shape, scale }: Weibull): number {
  return scale * Math.exp(logGamma(1 + 1 / shape));
}
