import type { PolicyScores } from './evaluate-policy.ts';
import type { Baseline, BaselineRole } from './held-out-figures.ts';
import { chooseBest, meansOf, type Objective } from './objective.ts';
import { policyName } from './policy-expression.ts';

/** What a policy is compared with: chosen on the search half, as it was, and replayed on the other one. */
export function baselines(
  searched: { readonly candidates: readonly PolicyScores[]; readonly chosen: PolicyScores },
  objective: Objective,
  heldOut: (scores: PolicyScores) => PolicyScores,
): readonly Baseline[] {
  const { candidates, chosen } = searched;
  const singles = candidates.filter(({ expression }) => expression.kind === 'single');
  const votes = candidates.filter(({ expression }) => expression.kind === 'vote' || expression.kind === 'single');
  const equal = chooseBest(votes, { usdPerTask: meansOf(chosen).usdPerTask });
  const found: readonly (readonly [BaselineRole, PolicyScores | undefined])[] = [
    ['best single model', chooseBest(singles, objective)?.chosen],
    ['strongest model', chooseBest(singles, { usdPerTask: Number.MAX_VALUE })?.chosen],
    ['self-consistency at equal cost', equal?.met === true ? equal.chosen : undefined],
  ];
  return [
    ...found.flatMap(([role, scores]) => (scores === undefined ? [] : [{ role, scores: heldOut(scores) }])),
    ...randomRouting(singles, chosen, heldOut),
  ];
}

/** The best model that costs less and the best one that costs more, mixed by a coin so that a task costs the same. */
function randomRouting(
  singles: readonly PolicyScores[],
  chosen: PolicyScores,
  heldOut: (scores: PolicyScores) => PolicyScores,
): readonly Baseline[] {
  const target = meansOf(chosen).usdPerTask;
  const best = (isWanted: (usd: number) => boolean): PolicyScores | undefined =>
    singles
      .filter((scores) => isWanted(meansOf(scores).usdPerTask))
      .toSorted((a, b) => meansOf(b).accuracy - meansOf(a).accuracy)[0];
  const below = best((usd) => usd <= target);
  const above = best((usd) => usd > target);
  if (below === undefined || above === undefined) return [];
  const [cheap, dear] = [heldOut(below), heldOut(above)];
  // The coin is set on the held-out costs, so that the money is the same there; it never sees who was right.
  const [from, to] = [meansOf(cheap).usdPerTask, meansOf(dear).usdPerTask];
  const share = to > from ? Math.max(0, Math.min(1, (meansOf(heldOut(chosen)).usdPerTask - from) / (to - from))) : 0;
  const name = `${policyName(cheap.expression)} or, with ${share.toFixed(2)}, ${policyName(dear.expression)}`;
  return [{ role: 'random routing at equal cost', scores: mixed(cheap, dear, share), name }];
}

function mixed(a: PolicyScores, b: PolicyScores, shareOfB: number): PolicyScores {
  const mix = (first: number, second: number): number => (1 - shareOfB) * first + shareOfB * second;
  const byTask = (of: 'passed' | 'usd' | 'falseAccepts' | 'draws'): Float64Array =>
    a[of].map((value, i) => mix(value, b[of][i] ?? 0));
  const names = new Set([...a.usdByModel.keys(), ...b.usdByModel.keys()]);
  return {
    expression: a.expression,
    passed: byTask('passed'),
    usd: byTask('usd'),
    falseAccepts: byTask('falseAccepts'),
    draws: byTask('draws'),
    usdByModel: new Map(
      [...names].map((name) => [name, mix(a.usdByModel.get(name) ?? 0, b.usdByModel.get(name) ?? 0)]),
    ),
  };
}
