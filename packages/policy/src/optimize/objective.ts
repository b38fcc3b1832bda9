import { InvalidOptionError } from '@tollgate/sdk';
import type { PolicyScores } from './evaluate-policy.ts';

/** What is looked for. Exactly one. */
export type Objective =
  /** The cheapest policy with at least this accuracy. Range (0, 1]. */
  | { readonly accuracy: number }
  /** The most accurate policy that costs at most this per task, in US dollars. Range (0, ∞). */
  | { readonly usdPerTask: number }
  /**
   * The least expected money per task with failures priced: a wrong answer costs `fallbackUsd`, one that was given as accepted
   * costs `harmUsd` on top. Range [0, ∞).
   */
  | { readonly fallbackUsd: number; readonly harmUsd?: number };

/** A policy's figures on some tasks. */
export interface PolicyMeans {
  readonly accuracy: number;
  readonly usdPerTask: number;
  readonly falseAccepts: number;
}

/** @throws InvalidOptionError for an objective outside its range. */
export function checkObjective(objective: Objective): void {
  const given = ['accuracy', 'usdPerTask', 'fallbackUsd'].filter((name) => name in objective);
  if (given.length !== 1) {
    throw new InvalidOptionError(
      'objective',
      `objective must have exactly one of accuracy, usdPerTask and fallbackUsd, received ${given.join(' and ') || 'none'}.`,
    );
  }
  if ('accuracy' in objective && !(objective.accuracy > 0 && objective.accuracy <= 1)) {
    throw new InvalidOptionError(
      'accuracy',
      `accuracy must be in (0, 1], received ${objective.accuracy}. For 95 % write 0.95.`,
    );
  }
  if ('usdPerTask' in objective && !(objective.usdPerTask > 0 && objective.usdPerTask < Infinity)) {
    throw new InvalidOptionError(
      'usdPerTask',
      `usdPerTask must be US dollars above 0, received ${objective.usdPerTask}.`,
    );
  }
  if ('fallbackUsd' in objective && ![objective.fallbackUsd, objective.harmUsd ?? 0].every(isPrice)) {
    throw new InvalidOptionError(
      'fallbackUsd',
      `fallbackUsd and harmUsd must be US dollars of 0 or more, received ${objective.fallbackUsd} and ${objective.harmUsd ?? 0}.`,
    );
  }
}

function isPrice(usd: number): boolean {
  return usd >= 0 && usd < Infinity;
}

/** A policy's figures over all tasks. */
export function meansOf({ passed, usd, falseAccepts }: PolicyScores): PolicyMeans {
  return { accuracy: mean(passed), usdPerTask: mean(usd), falseAccepts: mean(falseAccepts) };
}

/** What a policy's task costs with its failures priced, in US dollars. */
export function pricedUsd(
  { accuracy, usdPerTask, falseAccepts }: PolicyMeans,
  { fallbackUsd, harmUsd = 0 }: Extract<Objective, { fallbackUsd: number }>,
): number {
  return usdPerTask + (1 - accuracy) * fallbackUsd + falseAccepts * harmUsd;
}

// Means of fractions miss what they stand for by a few last bits; a limit that is met exactly counts as met.
const rounding = 1e-9;

/**
 * The policy that meets the objective best, and whether it meets it at all; undefined where there is none to choose from. Of
 * equals the cheaper, then the more accurate, then the earlier one.
 *
 * A floor of accuracy has to be met with half a standard error to spare, because the best of many candidates looks better
 * than it is; where none does, the most accurate policy is taken, and where all cost too much the cheapest.
 */
export function chooseBest(
  candidates: readonly PolicyScores[],
  objective: Objective,
): { readonly chosen: PolicyScores; readonly met: boolean } | undefined {
  const rated = candidates.map((scores) => ({ scores, means: meansOf(scores) }));
  const within = rated.filter(({ scores, means }) => {
    if ('accuracy' in objective) {
      return means.accuracy - 0.5 * standardError(scores.passed) >= objective.accuracy - rounding;
    }
    if ('usdPerTask' in objective) return means.usdPerTask <= objective.usdPerTask * (1 + rounding);
    return true;
  });
  const [nearest] = rated.toSorted('usdPerTask' in objective ? byCost : byAccuracy);
  if (nearest === undefined) return undefined;
  const [best] = within.toSorted((a, b) => {
    if ('accuracy' in objective) return byCost(a, b);
    if ('usdPerTask' in objective) return byAccuracy(a, b);
    return pricedUsd(a.means, objective) - pricedUsd(b.means, objective) || byCost(a, b);
  });
  return { chosen: (best ?? nearest).scores, met: best !== undefined };
}

interface Rated {
  readonly scores: PolicyScores;
  readonly means: PolicyMeans;
}

function byCost(a: Rated, b: Rated): number {
  return a.means.usdPerTask - b.means.usdPerTask || b.means.accuracy - a.means.accuracy;
}

function byAccuracy(a: Rated, b: Rated): number {
  return b.means.accuracy - a.means.accuracy || a.means.usdPerTask - b.means.usdPerTask;
}

function standardError(values: Float64Array): number {
  const average = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - average) ** 2, 0);
  return Math.sqrt(squares / Math.max(1, values.length - 1) / Math.max(1, values.length));
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
