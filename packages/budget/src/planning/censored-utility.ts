import { InvalidOptionError } from '@tollgate/sdk';
import { checkPositive } from '../prices/check-number.ts';
import type { RuntimeUtility } from './runtime-utility.ts';

/** What the bounds of one candidate hold for. */
export interface UtilityConfidence {
  /** How many candidates are compared. Whole number ≥ 1. */
  readonly candidates: number;
  /** Chance that any bound, of any candidate at any time, is wrong. Range (0, 1). */
  readonly failureProbability: number;
}

/** Options of `censoredUtility`. */
export interface CensoredUtilityOptions extends UtilityConfidence {
  /** Where runs were stopped, in units of the first cap that was ever tried. Range [1, ∞). */
  readonly cap: number;
  readonly utility: RuntimeUtility;
}

/** An estimate of a candidate's expected utility from runs that were stopped at a cap. Plain JSON. */
export interface CensoredUtility {
  readonly runs: number;
  readonly cap: number;
  /** Mean of the utilities, stopped runs taken at the cap. */
  readonly mean: number;
  /** Share of runs that ended before the cap. */
  readonly finishedShare: number;
  /** What is left at the cap. */
  readonly utilityAtCap: number;
  /** Half-width that chance allows. Range [0, 1]. */
  readonly alpha: number;
  /** Lower bound on the expected utility. */
  readonly lower: number;
  /** Upper bound on the expected utility. */
  readonly upper: number;
  /** Where the mean over these very runs lies, however long the stopped ones would have taken. */
  readonly withoutCap: readonly [number, number];
}

/**
 * Expected utility of a candidate (a model, a policy, a limit) from runs some of which were stopped: bounds that hold
 * for all candidates, run counts and doublings of the cap together.
 *
 * @param times One for each run, in units of the first cap; what is at or beyond the cap counts as stopped there.
 * @throws InvalidOptionError when there is no run, a time is negative, the cap is below 1 or a number is outside its range.
 * @example
 * censoredUtility([3, 5, 16, 7], { cap: 16, utility: patience, candidates: 2, failureProbability: 0.05 }).upper;
 */
// Source: "Utilitarian Algorithm Configuration" (arXiv 2310.20401), from the authors' code: UCB = Û + (1 − u(κ)) α,
// LCB = Û − α − u(κ)(1 − F̂).
export function censoredUtility(times: readonly number[], options: CensoredUtilityOptions): CensoredUtility {
  const { cap, utility, candidates, failureProbability } = options;
  if (times.length === 0) throw new InvalidOptionError('times', 'times must hold at least one run, received none.');
  const bad = times.find((time) => !(time >= 0));
  if (bad !== undefined) throw new InvalidOptionError('times', `times must be in [0, ∞], received ${bad}.`);
  const alpha = confidenceWidth({ runs: times.length, cap, candidates, failureProbability });
  const utilityAtCap = utility.utilityAt(cap);
  const mean = times.reduce((total, time) => total + utility.utilityAt(Math.min(time, cap)), 0) / times.length;
  const finishedShare = times.filter((time) => time < cap).length / times.length;
  const unknown = utilityAtCap * (1 - finishedShare);
  return {
    runs: times.length,
    cap,
    mean,
    finishedShare,
    utilityAtCap,
    alpha,
    lower: mean - alpha - unknown,
    upper: mean + (1 - utilityAtCap) * alpha,
    withoutCap: [mean - unknown, mean],
  };
}

/**
 * `α = min(1, √(ln(4 (π² / 6)² n m² (log₂ κ + 1)² / δ) / 2m))`: Hoeffding, over every number of runs m and every doubling
 * of the cap κ at once.
 *
 * @throws InvalidOptionError when a number is outside its range.
 */
export function confidenceWidth(options: UtilityConfidence & { readonly runs: number; readonly cap: number }): number {
  const { runs, cap, candidates, failureProbability } = options;
  checkConfidence(options);
  checkWhole('runs', runs);
  if (!(cap >= 1 && cap < Infinity)) {
    throw new InvalidOptionError('cap', `cap must be in [1, ∞), in units of the first cap, received ${cap}.`);
  }
  const everyPair = 4 * (Math.PI ** 2 / 6) ** 2;
  const log = Math.log((everyPair * candidates * runs ** 2 * (Math.log2(cap) + 1) ** 2) / failureProbability);
  return Math.min(1, Math.sqrt(log / (2 * runs)));
}

/** Carries bounds on: later ones never undo earlier ones. */
export function tightened(
  before: { readonly lower: number; readonly upper: number },
  now: { readonly lower: number; readonly upper: number },
): { readonly lower: number; readonly upper: number } {
  return { lower: Math.max(before.lower, now.lower), upper: Math.min(before.upper, now.upper) };
}

/**
 * Whether what stopped runs hide outweighs what chance does, so that a cap is worth doubling: `2α ≤ u(κ)(1 − F̂)`
 * (`UP`), or `2(1 − u(κ))α ≤ u(κ)(1 − F̂ + α)` (`OUP`, the newer one, which doubles sooner).
 */
export function shouldDoubleCap(estimate: CensoredUtility, rule: 'UP' | 'OUP' = 'OUP'): boolean {
  const { alpha, utilityAtCap, finishedShare } = estimate;
  return rule === 'UP'
    ? 2 * alpha <= utilityAtCap * (1 - finishedShare)
    : 2 * (1 - utilityAtCap) * alpha <= utilityAtCap * (1 - finishedShare + alpha);
}

/** Where a comparison of candidates stands. Indices into the list that was given. */
export interface UtilityRanking {
  /** Greatest lower bound. */
  readonly best: number;
  /** Not yet shown to be worse than the best. `UP` runs all of them next. */
  readonly survivors: readonly number[];
  /** Greatest upper bound. `OUP` runs this one next. */
  readonly next: number;
  /** How much better than `best` the truth can be at most. */
  readonly epsilon: number;
}

/**
 * The best candidate so far, the ones that are still in, and how far from the best it can be. Ties go to the first.
 *
 * @throws InvalidOptionError when there is no candidate.
 * @example
 * rankUtilities([small, large]).epsilon;
 */
export function rankUtilities(
  candidates: readonly { readonly lower: number; readonly upper: number }[],
): UtilityRanking {
  if (candidates.length === 0) throw new InvalidOptionError('candidates', 'candidates must not be empty.');
  const lowest = Math.max(...candidates.map(({ lower }) => lower));
  const highest = Math.max(...candidates.map(({ upper }) => upper));
  return {
    best: candidates.findIndex(({ lower }) => lower === lowest),
    survivors: [...candidates.keys()].filter((i) => (candidates[i]?.upper ?? 0) >= lowest),
    next: candidates.findIndex(({ upper }) => upper === highest),
    epsilon: highest - lowest,
  };
}

/**
 * Runs of each candidate that suffice without adaptive stopping, for a choice within `epsilon` of the best.
 *
 * @param options The cap must be so late that less than epsilon is left there.
 * @throws InvalidOptionError when epsilon is not above what is left at the cap.
 * @example
 * naiveRuns({ candidates: 5, failureProbability: 0.05, epsilon: 0.3, utilityAtCap: Math.exp(-5) }); // 124
 */
// Rule: m = ⌊2 ln(2n / δ) / (ε − u(κ))²⌋ + 1.
export function naiveRuns(
  options: UtilityConfidence & { readonly epsilon: number; readonly utilityAtCap: number },
): number {
  const { candidates, failureProbability, epsilon, utilityAtCap } = options;
  checkConfidence(options);
  if (!(epsilon > utilityAtCap && utilityAtCap >= 0 && epsilon <= 1)) {
    throw new InvalidOptionError(
      'epsilon',
      `epsilon must be in (utilityAtCap, 1] = (${utilityAtCap}, 1], received ${epsilon}. Raise the cap.`,
    );
  }
  return Math.floor((2 * Math.log((2 * candidates) / failureProbability)) / (epsilon - utilityAtCap) ** 2) + 1;
}

function checkConfidence({ candidates, failureProbability }: UtilityConfidence): void {
  checkWhole('candidates', candidates);
  checkPositive('failureProbability', failureProbability);
  if (failureProbability < 1) return;
  throw new InvalidOptionError(
    'failureProbability',
    `failureProbability must be in (0, 1), received ${failureProbability}.`,
  );
}

function checkWhole(option: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new InvalidOptionError(option, `${option} must be a whole number of at least 1, received ${value}.`);
}
