import type { Random } from '@tollgate/stats';
import { requireFraction } from '../calibration/require-fraction.ts';
import { requireWhole } from '../scores/require-number.ts';
import { type RubricVerdict, unexplainedShare } from './schematic-adherence.ts';

/** Verdicts to compare, and how sure to be. */
export interface JudgeDriftOptions {
  /** Verdicts from when the judge was well. */
  readonly baseline: readonly RubricVerdict[];
  /** Verdicts on other items of the same kind, from now. */
  readonly current: readonly RubricVerdict[];
  /** Chance of an alarm while nothing has changed. Range (0, 1). @defaultValue 0.01 */
  readonly falseAlarmRate?: number;
  /** Range [1, 1e6]; at least 1 / `falseAlarmRate`, or no alarm is possible. @defaultValue 499 */
  readonly permutations?: number;
  readonly random: Random;
}

/** Whether a judge still decides by its rubric. */
export interface JudgeDrift {
  /** Share of the variance of verdicts that the rubric does not explain, then. */
  readonly baselineUnexplained: number;
  /** The same, now. */
  readonly currentUnexplained: number;
  /** How often rows dealt at random differ as much. Range (0, 1]. */
  readonly pValue: number;
  readonly drifted: boolean;
}

// Source: "When Judgment Becomes Noise" (arXiv 2509.20293): schematic adherence falls when a judge is biased from outside.
// Rule: one-sided permutation test of the difference in unexplained variance; exact, also where the fits explain noise.
/**
 * Whether less of a judge's verdicts than before comes from its own rubric: its prompt or model was changed, or something
 * in the answers talks it round. The false alarm rate holds for one comparison: divide it by the number of comparisons.
 *
 * Blind to a judge that goes on following its rubric with other weights.
 *
 * @throws InvalidOptionError when an option is outside its range, or as `schematicAdherence`.
 */
export function judgeDrift(options: JudgeDriftOptions): JudgeDrift {
  const { baseline, current, falseAlarmRate = 0.01, permutations = 499, random } = options;
  requireFraction('falseAlarmRate', falseAlarmRate);
  requireWhole('permutations', permutations, [1, 1_000_000]);
  const baselineUnexplained = unexplainedShare(baseline);
  const currentUnexplained = unexplainedShare(current);
  const observed = currentUnexplained - baselineUnexplained;
  // Only complete rows change hands, so that each side keeps as many as its fit had.
  const [before, after] = [baseline, current].map((rows) =>
    rows.filter(({ criteria }) => criteria.every((score) => score !== undefined)),
  );
  const pool = [...(before ?? []), ...(after ?? [])];
  const size = before?.length ?? 0;
  let asLarge = 1;
  for (let i = 0; i < permutations; i += 1) {
    const dealt = random.shuffle(pool);
    const difference = unexplainedShare(dealt.slice(size)) - unexplainedShare(dealt.slice(0, size));
    if (difference >= observed) asLarge += 1;
  }
  const pValue = asLarge / (permutations + 1);
  return { baselineUnexplained, currentUnexplained, pValue, drifted: pValue <= falseAlarmRate };
}
