import { conformalQuantile } from '@tollgate/stats';
import type { LabelledScore } from './labelled-score.ts';
import { requireFraction } from './require-fraction.ts';

/** Which labels fit a score. */
export interface ConformalThresholds {
  /** `correct` fits scores from here on. `-Infinity` where too few right answers were labelled: then it always fits. */
  readonly correctAtLeast: number;
  /** `wrong` fits scores up to here. `Infinity` where too few wrong answers were labelled: then it always fits. */
  readonly wrongAtMost: number;
}

// Source: class-conditional split conformal prediction as LYNX uses it (arXiv 2512.05325, authors' code).
// Rule: a label fits unless the score is stranger than all but `miscoverage` of the scores of that label.
// Differs: the bounds are scores, so that any scale will do; too few labels give no bound, where the code takes the outermost.
/**
 * For which scores `correct` and `wrong` are plausible, so that the true label is missing with a chance of at most
 * `miscoverage`, for right and for wrong answers alike.
 *
 * The chance is over labels and answers together, and one answer at a time: with m looks at one text it is up to m times
 * as large. It takes ⌈(1 − miscoverage) / miscoverage⌉ labels of each kind.
 *
 * @param miscoverage Range (0, 1).
 * @throws InvalidOptionError when `miscoverage` is outside its range.
 * @example
 * const thresholds = conformalThresholds(labelled, 0.1);
 * conformalLabels(thresholds, 0.82); // ['correct']: stop here
 */
export function conformalThresholds(labelled: readonly LabelledScore[], miscoverage: number): ConformalThresholds {
  requireFraction('miscoverage', miscoverage);
  const right = labelled.filter(({ correct }) => correct).map(({ score }) => -score);
  const wrong = labelled.filter(({ correct }) => !correct).map(({ score }) => score);
  return {
    correctAtLeast: -conformalQuantile(right, miscoverage),
    wrongAtMost: conformalQuantile(wrong, miscoverage),
  };
}

/**
 * The labels that fit a score. Accept on exactly `['correct']`: both say that it cannot be told, none that the score is
 * strange for either.
 */
export function conformalLabels(
  { correctAtLeast, wrongAtMost }: ConformalThresholds,
  score: number,
): readonly ('correct' | 'wrong')[] {
  return [
    ...(score >= correctAtLeast ? (['correct'] as const) : []),
    ...(score <= wrongAtMost ? (['wrong'] as const) : []),
  ];
}
