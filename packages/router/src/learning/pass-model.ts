/** What is known of the chance that a model passes, as plain JSON: a logistic regression with a Gaussian belief. */
export interface PassModel {
  /** Observations. */
  readonly count: number;
  /** Mean of the belief: the intercept, then one weight a feature. */
  readonly mean: readonly number[];
  /** Covariance of the belief. */
  readonly covariance: readonly (readonly number[])[];
}

const priorVariance = 1;

/**
 * A belief before anything was seen.
 *
 * @param features Number of features.
 * @param passRate What is expected before the first observation. Range (0, 1).
 */
export function priorPassModel(features: number, passRate: number): PassModel {
  const size = features + 1;
  return {
    count: 0,
    mean: Array.from({ length: size }, (_, i) => (i === 0 ? Math.log(passRate / (1 - passRate)) : 0)),
    covariance: Array.from({ length: size }, (_, i) =>
      Array.from({ length: size }, (_, j) => (i === j ? priorVariance : 0)),
    ),
  };
}

// Source: MacKay 1992: the logistic function averaged over a Gaussian is about σ(m / √(1 + πs²/8)).
/** The chance that a task with these features passes, with the doubt about the weights taken in. Range [0, 1]. */
export function passProbability({ mean, covariance }: PassModel, features: readonly number[]): number {
  const x = [1, ...features];
  const variance = dot(x, times(covariance, x));
  return sigmoid(dot(mean, x) / Math.sqrt(1 + (Math.PI * variance) / 8));
}

// Source: Spiegelhalter and Lauritzen 1990, sequential updating of a logistic regression by one Laplace step.
/** The belief after one more observation. Takes d² steps for d features, and nothing is kept of the observation. */
export function learnPass(model: PassModel, features: readonly number[], passed: boolean): PassModel {
  const x = [1, ...features];
  const p = sigmoid(dot(model.mean, x));
  const spread = times(model.covariance, x);
  const curvature = Math.max(p * (1 - p), 1e-6);
  const gain = curvature / (1 + curvature * dot(x, spread));
  const covariance = model.covariance.map((row, i) =>
    row.map((value, j) => value - gain * at(spread, i) * at(spread, j)),
  );
  const step = times(covariance, x);
  const error = (passed ? 1 : 0) - p;
  return { count: model.count + 1, covariance, mean: model.mean.map((value, i) => value + at(step, i) * error) };
}

function times(matrix: readonly (readonly number[])[], x: readonly number[]): readonly number[] {
  return matrix.map((row) => dot(row, x));
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (const [i, value] of a.entries()) sum += value * at(b, i);
  return sum;
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? 0;
}

function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}
