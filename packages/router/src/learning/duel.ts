import { InvalidOptionError } from '@tollgate/sdk';
import { learnPass, type PassModel, priorPassModel } from './pass-model.ts';

/** What was learned from duels: which features make an answer win, as plain JSON. */
export interface DuelState {
  /** Over the difference of two arms' features; the intercept is the advantage of being shown first. */
  readonly belief: PassModel;
}

/** Who is to meet whom. */
export interface Duel {
  /** Index of the arm that is expected to win against all others; the earlier one on a tie. */
  readonly best: number;
  /** The two arms to compare, by their indices: absent where nobody can be better than the best. */
  readonly pair?: readonly [first: number, second: number];
}

/** Options of `chooseDuel`. */
export interface DuelOptions {
  /** Standard deviations of doubt that keep an arm in the race. Range [0, ∞). @defaultValue 2 */
  readonly doubt?: number;
}

/**
 * Nothing known of who wins.
 *
 * @param features Numbers that describe an arm: features of the request for each model, or only which model it is.
 * @throws InvalidOptionError unless `features` is a whole number of at least 1.
 */
export function startDuels(features: number): DuelState {
  if (Number.isSafeInteger(features) && features >= 1) return { belief: priorPassModel(features, 0.5) };
  throw new InvalidOptionError('features', `features must be a whole number of at least 1, received ${features}.`);
}

/**
 * Which two arms to compare next, to find the best one with few comparisons: of those that may still be the best, the pair
 * whose outcome is least certain. For models whose answers a judge can only compare. A duel asks two models, so have one on a
 * small share of requests.
 *
 * @param arms The features of each arm for this request. Two at least.
 * @throws InvalidOptionError when there are fewer than two arms, features are missing, or `doubt` is below 0.
 *
 * @example
 * let duels = startDuels(models.length);
 * const arms = models.map((_, i) => models.map((_, j) => (i === j ? 1 : 0)));
 * const { best, pair } = chooseDuel(duels, arms);
 * if (pair !== undefined) duels = learnDuel(duels, [arms[pair[0]], arms[pair[1]]], firstWon);
 */
// Source: the single-layer relative of VACDB, arXiv 2310.00968 (maximum informative pair): keep the arms whose upper bound against
// every other is at least 0, compare the two that are furthest apart in the norm of the inverse information.
// Differs: information is that of the logistic model itself, which weighs an outcome by its variance; no layers.
export function chooseDuel(
  { belief }: DuelState,
  arms: readonly (readonly number[])[],
  { doubt = 2 }: DuelOptions = {},
): Duel {
  checkArms(belief, arms);
  if (!(doubt >= 0)) throw new InvalidOptionError('doubt', `doubt must be 0 or more, received ${doubt}.`);
  const scores = arms.map((arm) => scoreOf(belief, arm));
  const best = scores.reduce((leader, score, arm) => (score > (scores[leader] ?? 0) ? arm : leader), 0);
  const between = (one: number, other: number): number => widthOf(belief, arms[one] ?? [], arms[other] ?? []);
  const racing = [...arms.keys()].filter((one) =>
    scores.every((score, other) => (scores[one] ?? 0) - score + doubt * between(one, other) >= 0),
  );
  let pair: readonly [number, number] | undefined;
  let widest = 0;
  for (const [i, first] of racing.entries()) {
    for (const second of racing.slice(i + 1)) {
      const width = between(first, second);
      if (width > widest) [widest, pair] = [width, [first, second]];
    }
  }
  return { best, ...(pair !== undefined && { pair }) };
}

/**
 * The state after a comparison.
 *
 * @param pair Features of the arm that was shown first and of the other one.
 * @throws InvalidOptionError when features are missing or not finite.
 */
export function learnDuel(
  { belief }: DuelState,
  pair: readonly [first: readonly number[], second: readonly number[]],
  firstWon: boolean,
): DuelState {
  checkArms(belief, pair);
  const [first, second] = pair;
  return { belief: learnPass(belief, differenceOf(first, second), firstWon) };
}

function scoreOf({ mean }: PassModel, arm: readonly number[]): number {
  return arm.reduce((sum, value, i) => sum + value * (mean[i + 1] ?? 0), 0);
}

/** Standard deviation of the difference of two scores. */
function widthOf({ covariance }: PassModel, first: readonly number[], second: readonly number[]): number {
  const difference = differenceOf(first, second);
  let variance = 0;
  for (const [i, a] of difference.entries()) {
    for (const [j, b] of difference.entries()) variance += a * b * (covariance[i + 1]?.[j + 1] ?? 0);
  }
  return Math.sqrt(Math.max(0, variance));
}

function differenceOf(first: readonly number[], second: readonly number[]): readonly number[] {
  return first.map((value, i) => value - (second[i] ?? 0));
}

function checkArms({ mean }: PassModel, arms: readonly (readonly number[])[]): void {
  const features = mean.length - 1;
  const odd = arms.find((arm) => arm.length !== features || !arm.every(Number.isFinite));
  if (arms.length >= 2 && odd === undefined) return;
  throw new InvalidOptionError(
    'arms',
    `There must be two arms or more of ${features} finite features each, received ${odd === undefined ? `${arms.length} arms` : `[${odd.join(', ')}]`}.`,
  );
}
