import type { LabelledScore } from './labelled-score.ts';
import { firstIntolerable, leastLabels, type RiskLevel } from './least-labels.ts';
import type { Selection } from './selection.ts';
import { thresholdAbove } from './threshold-above.ts';

// Source: Clopper and Pearson 1934. P(accepted | wrong) falls as the threshold rises, so that the order statistics of the
// wrong scores bound it for all thresholds at once and choosing costs nothing.
/** The lowest threshold at which P(accepted | wrong) ≤ risk is shown. Only wrong labels are evidence for it. */
export function controlAcceptance(labels: readonly LabelledScore[], level: RiskLevel): Selection {
  const wrong = labels.filter(({ correct }) => !correct).map(({ score }) => score);
  const tolerated = firstIntolerable(wrong.length, level) - 1;
  // Equal scores above the bound are accepted together, so that never more than `tolerated` wrong ones are.
  const bound = tolerated < 0 ? Infinity : (wrong.toSorted((a, b) => b - a)[tolerated] ?? Infinity);
  return thresholdAbove(bound, labels, leastLabels(0, level));
}
