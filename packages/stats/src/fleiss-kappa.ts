import { observedAgreement } from './observed-agreement.ts';

// Source: Fleiss 1971. Rule: κ = (P̄ − Pe) / (1 − Pe), Pe = Σ p², p the share of a class among all ratings.
/**
 * Agreement beyond what the classes' own frequencies bring about by chance: 1 where all agree, 0 for chance, below 0 for
 * less than chance.
 *
 * Undefined where every rating says the same class: then nothing could have disagreed, and agreement shows nothing. Low
 * where one class is nearly always right, however much raters agree; read it beside `observedAgreement`.
 *
 * @param counts By item and by class, how many of its ratings say that class; the same number of ratings for each item.
 * @throws RangeError as `observedAgreement`.
 * @example
 * fleissKappa([[4, 0], [3, 1], [2, 2], [4, 0]]); // 0.042735
 */
export function fleissKappa(counts: readonly (readonly number[])[]): number | undefined {
  const observed = observedAgreement(counts);
  const totals = (counts[0] ?? []).map((_, j) => counts.reduce((total, row) => total + (row[j] ?? 0), 0));
  const all = totals.reduce((total, count) => total + count, 0);
  if (totals.includes(all)) return undefined;
  const byChance = totals.reduce((total, count) => total + (count / all) ** 2, 0);
  return (observed - byChance) / (1 - byChance);
}
