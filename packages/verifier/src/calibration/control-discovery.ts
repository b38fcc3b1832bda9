import { binomialAtMost } from '@tollgate/stats';
import { firstWhere } from './first-where.ts';
import type { LabelledScore } from './labelled-score.ts';
import { firstIntolerable, leastLabels, type RiskLevel } from './least-labels.ts';
import type { CalibrationRefusal, Selection } from './selection.ts';

// Source: Learn then Test (arXiv 2110.01052), fixed-sequence testing with exact binomial tails, from several starts.
// Rule: accept one labelled answer more at a time, best score first, while P(X ≤ wrong | accepted, risk) ≤ delta; the last
// score reached is the threshold.
// Differs: the sequence runs over ranks, not over a grid that has to be chosen beforehand for each scale of scores. That is
// as valid: between two scores at which the risk is exactly `risk`, so is the error rate of the answers that lie between
// them. Hence the number of wrong ones above the point from which on the promise fails is binomial, whatever its rank. It
// takes starts that depend on nothing but how many labels there are, and a test of each score between start and threshold.

/**
 * The lowest threshold at which P(wrong | accepted) ≤ risk is shown, valid although it was chosen on the same labels.
 *
 * @param labels Independent, in an order that has nothing to do with whether they are right.
 */
export function controlDiscovery(labels: readonly LabelledScore[], level: RiskLevel): Selection {
  const sorted = labels.toSorted((a, b) => b.score - a.score);
  const least = leastLabels(0, level) + 1;
  if (sorted.length < least) {
    const reason = `${sorted.length} independent labels are too few: it takes ${least}, none of them wrong.`;
    return { reason, moreLabels: least - sorted.length };
  }
  // The first finds a score that is good at its very top only. The second is not stopped by one that is overconfident there,
  // and seldom by bad luck; it is worth half of delta once there are labels enough for both.
  const shares = sorted.length < 2 * least ? [1 / 16] : [1 / 16, 1 / 2];
  const walks = shares.map((share) => walk(sorted, share, { risk: level.risk, delta: level.delta / shares.length }));
  const thresholds = walks.flatMap((end) => ('threshold' in end ? [end.threshold] : []));
  if (thresholds.length > 0) return { threshold: thresholds.reduce((a, b) => Math.min(a, b)) };
  const ends = walks.flatMap((end) => ('threshold' in end ? [] : [end]));
  return refuse(
    ends.reduce((a, b) => (b.wrong * a.accepted < a.wrong * b.accepted ? b : a)),
    sorted.length,
  );
}

/** Where a walk ended that never came to a threshold. */
interface Stopped {
  readonly accepted: number;
  readonly wrong: number;
  readonly level: RiskLevel;
}

/** Accepts at least a share of the labels, then one more at a time. */
function walk(
  sorted: readonly LabelledScore[],
  share: number,
  level: RiskLevel,
): { readonly threshold: number } | Stopped {
  // There the next wrong answer was just tolerated, which makes success most likely; and one more, because the answer that
  // sets the threshold is no evidence for it.
  const start = leastLabels(firstIntolerable(Math.ceil(sorted.length * share), level), level) + 1;
  let wrong = 0;
  let threshold: number | undefined;
  for (const [i, { score, correct }] of sorted.entries()) {
    const accepted = i + 1;
    if (!correct) wrong += 1;
    // A threshold cannot part equal scores; only the start may lie among them.
    const isPart = sorted[accepted]?.score === score;
    if (accepted < start || (isPart && accepted > start)) continue;
    if (binomialAtMost(wrong, accepted, level.risk) > level.delta) {
      return threshold === undefined ? { accepted, wrong, level } : { threshold };
    }
    if (!isPart) threshold = score;
  }
  return threshold === undefined ? { accepted: sorted.length, wrong, level } : { threshold };
}

function refuse({ accepted, wrong, level }: Stopped, labels: number): CalibrationRefusal {
  const rate = wrong / accepted;
  const seen = `Wrong among the ${accepted} best-scored answers: ${wrong}`;
  // Close to the risk the number of labels grows without limit.
  if (rate > 0.95 * level.risk) {
    return {
      reason: `${seen}, and a risk of ${level.risk} allows no more than that: it takes a better score or a larger risk.`,
    };
  }
  const tolerated = firstWhere(wrong, (count) => count >= rate * leastLabels(count, level));
  const needed = Math.ceil((leastLabels(tolerated, level) * labels) / accepted);
  return {
    reason: `${seen}, too many to promise a risk of ${level.risk} on so few: it takes about ${needed} labels like these.`,
    moreLabels: Math.max(1, needed - labels),
  };
}
