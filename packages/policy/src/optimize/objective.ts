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
  if ('accuracy' in objective && !(objective.accuracy > 0 && objective.accuracy <= 1)) {
    throw new InvalidOptionError(
      'accuracy',
      `accuracy must be in (0, 1], received ${objective.accuracy}. For 95 % write 0.95.`,
    );
  }
  if ('usdPerTask' in objective && !(objective.usdPerTask > 0)) {
    throw new InvalidOptionError(
      'usdPerTask',
      `usdPerTask must be US dollars above 0, received ${objective.usdPerTask}.`,
    );
  }
  if ('fallbackUsd' in objective && !(objective.fallbackUsd >= 0 && (objective.harmUsd ?? 0) >= 0)) {
    throw new InvalidOptionError(
      'fallbackUsd',
      `fallbackUsd and harmUsd must be US dollars of 0 or more, received ${objective.fallbackUsd} and ${objective.harmUsd ?? 0}.`,
    );
  }
}

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

/**
 * The policy that meets the objective best, and whether it meets it at all. Of equals the cheaper, then the earlier one.
 *
 * A floor of accuracy has to be met with half a standard error to spare, because the best of many candidates looks better
 * than it is; where none does, the most accurate policy is taken.
 */
export function chooseBest(
  candidates: readonly PolicyScores[],
  objective: Objective,
): { readonly chosen: PolicyScores; readonly met: boolean } | undefined {
  const rated = candidates.map((scores) => ({ scores, means: meansOf(scores) }));
  const within = rated.filter(({ scores, means }) => {
    if ('accuracy' in objective) return means.accuracy - 0.5 * standardError(scores.passed) >= objective.accuracy;
    if ('usdPerTask' in objective) return means.usdPerTask <= objective.usdPerTask;
    return true;
  });
  const least =
    'usdPerTask' in objective ? (a: Rated, b: Rated): number => a.means.usdPerTask - b.means.usdPerTask : byAccuracy;
  const [nearest] = rated.toSorted(least);
  if (nearest === undefined) return undefined;
  const [best] = within.toSorted((a, b) => {
    if ('accuracy' in objective) return a.means.usdPerTask - b.means.usdPerTask || byAccuracy(a, b);
    if ('usdPerTask' in objective) return byAccuracy(a, b);
    return pricedUsd(a.means, objective) - pricedUsd(b.means, objective) || a.means.usdPerTask - b.means.usdPerTask;
  });
  return { chosen: (best ?? nearest).scores, met: best !== undefined };
}

interface Rated {
  readonly scores: PolicyScores;
  readonly means: PolicyMeans;
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
