import { evaluatePolicy, type PolicyScores, type ReplayGround } from './evaluate-policy.ts';
import { meansOf, type Objective, pricedUsd } from './objective.ts';
import type { PolicyExpression } from './policy-expression.ts';

/** How often a policy was replayed, and what it came to. */
export interface SearchedPolicies {
  /** Every policy that the samples are enough for, in a few orders of them. */
  readonly first: readonly PolicyScores[];
  /** Those of them that could be best, and every policy that others are compared with, in all orders. */
  readonly finalists: readonly PolicyScores[];
}

const finalistsAtLeast = 200;
const ordersOfFirst = 4;

/**
 * Replays policies, all of them in a few orders of the samples and the most promising 200 in all orders. Where there are few
 * policies or orders, all are finalists.
 *
 * Promising is what loses little accuracy against the best policy that costs no more; with failures priced, also what costs
 * little. Single models and votes stay in, for comparison.
 */
export function searchPolicies(
  expressions: readonly PolicyExpression[],
  {
    ground,
    objective,
    onProgress,
  }: {
    readonly ground: ReplayGround;
    readonly objective: Objective;
    readonly onProgress?: ((progress: { readonly done: number; readonly of: number }) => void) | undefined;
  },
): SearchedPolicies {
  let done = 0;
  const isWhole = expressions.length <= finalistsAtLeast || ground.orders <= ordersOfFirst;
  const of = isWhole ? expressions.length : expressions.length + finalistsAtLeast;
  const replay = (expression: PolicyExpression, on: ReplayGround): readonly PolicyScores[] => {
    const scores = evaluatePolicy(expression, on);
    done += 1;
    onProgress?.({ done: Math.min(done, of), of });
    return scores === undefined ? [] : [scores];
  };
  if (isWhole) {
    const all = expressions.flatMap((expression) => replay(expression, ground));
    return { first: all, finalists: all };
  }
  const few = { ...ground, orders: ordersOfFirst };
  const first = expressions.flatMap((expression) => replay(expression, few));
  const chosen = promising(first, objective);
  return {
    first,
    finalists: first
      .filter((scores) => chosen.has(scores) || isCompared(scores))
      .flatMap(({ expression }) => replay(expression, ground)),
  };
}

function isCompared({ expression: { kind } }: PolicyScores): boolean {
  return kind === 'single' || kind === 'vote';
}

function promising(candidates: readonly PolicyScores[], objective: Objective): ReadonlySet<PolicyScores> {
  const rated = candidates
    .map((scores) => ({ scores, means: meansOf(scores) }))
    .toSorted((a, b) => a.means.usdPerTask - b.means.usdPerTask || b.means.accuracy - a.means.accuracy);
  let best = 0;
  const behind = new Map<PolicyScores, number>();
  for (const { scores, means } of rated) {
    best = Math.max(best, means.accuracy);
    behind.set(scores, best - means.accuracy);
  }
  const least = (score: (one: (typeof rated)[number]) => number, count: number): readonly PolicyScores[] =>
    rated
      .toSorted((a, b) => score(a) - score(b))
      .slice(0, count)
      .map(({ scores }) => scores);
  if (!('fallbackUsd' in objective)) return new Set(least(({ scores }) => behind.get(scores) ?? 0, finalistsAtLeast));
  const half = finalistsAtLeast / 2;
  return new Set([
    ...least(({ means }) => pricedUsd(means, objective), half),
    ...least(({ scores }) => behind.get(scores) ?? 0, finalistsAtLeast),
  ]);
}
