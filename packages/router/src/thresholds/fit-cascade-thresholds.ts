import { InvalidOptionError } from '@tollgate/sdk';

/** A labelled answer of one stage. */
export interface LabelledConfidence {
  /** On the scale of the measure; higher is surer. */
  readonly confidence: number;
  readonly correct: boolean;
}

/** Options of `fitCascadeThresholds`. */
export interface FitThresholdsOptions {
  /** Accuracy that may be lost against the best a stage can do. Range [0, 1). */
  readonly epsilon: number;
  /**
   * Answers at or above a threshold at least, so that a handful of sure ones cannot set the aim. Range [1, ∞). @defaultValue 1,
   * the paper's rule
   */
  readonly minSupport?: number;
}

/** A threshold and what it was chosen on. */
export interface FittedThreshold {
  /** Accept where confidence ≥ this. */
  readonly threshold: number;
  /** Share of right answers among those at or above it, on the labelled ones: no promise for others. */
  readonly accuracy: number;
  /** Share of all labelled answers at or above it. */
  readonly accepted: number;
}

/**
 * The threshold of each stage by the accuracy of what lies above it: the smallest confidence from which on accuracy is at
 * most `epsilon` below the best such accuracy. Stages are fitted apart.
 *
 * It chooses on the same answers that it measures, so it promises nothing: for a bound that holds, use `calibrate` of
 * `@tollgate/verifier`.
 *
 * @throws InvalidOptionError when a stage has no labelled answer, `epsilon` is outside [0, 1) or `minSupport` below 1.
 *
 * @example
 * const [small] = fitCascadeThresholds([labelled], { epsilon: 0.01 });
 * cascade([smallModel, big], { confidence: meanProbability(), accept: small.threshold });
 */
// Source: arXiv 1805.10982, classifier-specific thresholds: δ(ε) = the smallest confidence with α(δ) ≥ α* − ε, α the accuracy
// of all answers with confidence ≥ δ. As in the authors' code a later dip below the bound is not looked at.
export function fitCascadeThresholds(
  stages: readonly (readonly LabelledConfidence[])[],
  { epsilon, minSupport = 1 }: FitThresholdsOptions,
): readonly FittedThreshold[] {
  if (!(epsilon >= 0 && epsilon < 1)) {
    throw new InvalidOptionError('epsilon', `epsilon must be in [0, 1), received ${epsilon}.`);
  }
  if (!(minSupport >= 1)) {
    throw new InvalidOptionError('minSupport', `minSupport must be at least 1, received ${minSupport}.`);
  }
  return stages.map((labelled, stage) => fitStage(labelled, { epsilon, minSupport, stage }));
}

function fitStage(
  labelled: readonly LabelledConfidence[],
  { epsilon, minSupport, stage }: { readonly epsilon: number; readonly minSupport: number; readonly stage: number },
): FittedThreshold {
  const sorted = labelled
    .filter(({ confidence }) => !Number.isNaN(confidence))
    .toSorted((a, b) => b.confidence - a.confidence);
  // From the surest down; a threshold takes in all answers that tie with it.
  const residuals: FittedThreshold[] = [];
  let right = 0;
  for (const [i, { confidence, correct }] of sorted.entries()) {
    if (correct) right += 1;
    if (sorted[i + 1]?.confidence === confidence || i + 1 < Math.min(minSupport, sorted.length)) continue;
    residuals.push({ threshold: confidence, accuracy: right / (i + 1), accepted: (i + 1) / sorted.length });
  }
  const best = Math.max(...residuals.map(({ accuracy }) => accuracy));
  const fitted = residuals.findLast(({ accuracy }) => accuracy >= best - epsilon - 1e-12);
  if (fitted === undefined) {
    throw new InvalidOptionError(
      'stages',
      `Stage ${stage} has no labelled answer to choose a threshold on; give it some.`,
    );
  }
  return fitted;
}
