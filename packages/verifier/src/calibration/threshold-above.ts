import type { LabelledScore } from './labelled-score.ts';
import type { Selection } from './selection.ts';

/**
 * The lowest labelled score above a bound on the scores of wrong answers.
 *
 * @param leastWrong Wrong labels that any bound takes.
 */
export function thresholdAbove(bound: number, labels: readonly LabelledScore[], leastWrong: number): Selection {
  const wrong = labels.filter(({ correct }) => !correct).length;
  if (wrong < leastWrong) {
    return {
      reason: `${wrong} independent labels of wrong answers are too few: it takes ${leastWrong}.`,
      ...(wrong > 0 && { moreLabels: Math.ceil((leastWrong * labels.length) / wrong) - labels.length }),
    };
  }
  const above = labels.map(({ score }) => score).filter((score) => score > bound);
  if (above.length === 0) {
    return { reason: 'Wrong answers have the highest scores: it takes a better score or a larger risk.' };
  }
  return { threshold: above.reduce((a, b) => Math.min(a, b)) };
}
