import { InvalidOptionError } from '@tollgate/sdk';
import { correlation, mean } from '@tollgate/stats';
import { checkMatrix } from './check-matrix.ts';
import { cronbachAlpha } from './cronbach-alpha.ts';
import { requireRate } from './require-rate.ts';
import { traitRatio } from './trait-ratio.ts';

/** What was measured of one criterion of a rubric. */
export interface CriterionMeasures {
  /** Consistency of its items (`cronbachAlpha`). Below 0.7 counts as none, from 0.95 on as full. */
  readonly alpha: number;
  /** Its own loading over the largest on another criterion. 1 is no difference, from 2 on counts as full. Range [0, ∞]. */
  readonly crossLoadingRatio: number;
  /** Mean `traitRatio` with the other criteria. From 0.85 on counts as none. */
  readonly traitRatio: number;
  /** Share of items without a usable score. Range [0, 1]. */
  readonly unscorableShare: number;
}

// Source: "When Judgment Becomes Noise" (arXiv 2509.20293), psychometric validity as in the paper; the code differs.
// Rule: V = ½ α_norm + ½ D, D the harmonic mean of the two normed measures of difference; times 1 − unscorable share.
/**
 * How far a criterion is measured consistently and apart from the others. Range [0, 1].
 *
 * @throws InvalidOptionError when a share is outside [0, 1].
 * @example
 * criterionValidity({ alpha: 0.9, crossLoadingRatio: 1.5, traitRatio: 0.425, unscorableShare: 0.1 }); // 0.585
 */
export function criterionValidity(measures: CriterionMeasures): number {
  requireRate('unscorableShare', measures.unscorableShare);
  const consistency = clip((measures.alpha - 0.7) / (0.95 - 0.7));
  const loading = clip(measures.crossLoadingRatio - 1);
  const apart = clip(1 - measures.traitRatio / 0.85);
  const difference = loading + apart === 0 ? 0 : (2 * loading * apart) / (loading + apart);
  return (1 - measures.unscorableShare) * (consistency / 2 + difference / 2);
}

function clip(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** A judge's scores on one criterion. */
export interface CriterionScores {
  readonly name: string;
  /** A row per rated object (model), a column per item (question). All criteria on the same objects. */
  readonly scores: readonly (readonly number[])[];
  /** Share of what was asked that got no usable score. Range [0, 1]. @defaultValue 0 */
  readonly unscorableShare?: number;
}

/** A rubric's validity, criterion by criterion. */
export interface PsychometricValidity {
  /** Mean over the criteria. Range [0, 1]. */
  readonly validity: number;
  readonly criteria: readonly (CriterionMeasures & { readonly name: string; readonly validity: number })[];
}

/**
 * Whether the criteria of a rubric measure several things, each consistently, or one thing under several names. Judges
 * tend to the latter: then an overall score hides that the rubric does nothing.
 *
 * A criterion that gives every object the same is taken as inconsistent, and as no different from the others.
 *
 * @throws InvalidOptionError when there are fewer than two criteria, rows differ in length or number, a score is not finite
 * or a share is outside [0, 1].
 */
export function psychometricValidity(criteria: readonly CriterionScores[]): PsychometricValidity {
  if (criteria.length < 2) {
    throw new InvalidOptionError('criteria', `criteria must hold at least two, received ${criteria.length}.`);
  }
  for (const [i, { scores }] of criteria.entries()) checkMatrix(`criteria[${i}].scores`, scores);
  const means = criteria.map(({ scores }) => scores.map((row) => mean(row)));
  const measured = criteria.map(({ name, scores, unscorableShare = 0 }, i) => {
    const others = criteria.map((_, j) => j).filter((j) => j !== i);
    const loadings = others.map((j) => Math.abs(correlation(means[i] ?? [], means[j] ?? []) ?? 1));
    const ratios = others.map((j) => traitRatio(scores, criteria[j]?.scores ?? []) ?? 1);
    const measures: CriterionMeasures = {
      alpha: cronbachAlpha(scores) ?? 0,
      crossLoadingRatio: 1 / Math.max(...loadings),
      traitRatio: mean(ratios),
      unscorableShare,
    };
    return { name, ...measures, validity: criterionValidity(measures) };
  });
  return { validity: mean(measured.map(({ validity }) => validity)), criteria: measured };
}
