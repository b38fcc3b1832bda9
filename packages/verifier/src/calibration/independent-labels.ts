import { InvalidOptionError } from '@tollgate/sdk';
import { createRandom } from '@tollgate/stats';
import type { LabelledScore } from './labelled-score.ts';

/**
 * One label of each group, in an order that has nothing to do with the labels: lists often come sorted by them, and equal
 * scores are taken in this order. The same list gives the same result.
 *
 * @throws InvalidOptionError when a score is not finite.
 */
export function independentLabels(labelled: readonly LabelledScore[]): readonly LabelledScore[] {
  for (const [i, { score }] of labelled.entries()) {
    if (Number.isFinite(score)) continue;
    const option = `labelled[${i}].score`;
    throw new InvalidOptionError(option, `${option} must be finite, received ${score}. Leave out what has no score.`);
  }
  const seen = new Set<string>();
  return createRandom('calibrate')
    .shuffle(labelled)
    .filter(({ group }) => {
      if (group === undefined) return true;
      const isNew = !seen.has(group);
      seen.add(group);
      return isNew;
    });
}
