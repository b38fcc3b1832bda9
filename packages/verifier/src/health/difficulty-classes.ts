import { mean } from '@tollgate/stats';
import { requireRate } from './require-rate.ts';

/** Tasks of one difficulty, as `optimalSamples` of `@tollgate/budget/planning` takes them. */
export interface DifficultyClass {
  /** Share of the tasks. Range (0, 1]. */
  readonly share: number;
  /** Mean share of right samples. Range [0, 1]. */
  readonly successRate: number;
}

// Source: "Inference Scaling fLaws" (arXiv 2411.17501): tasks parted at a success rate of one half.
/**
 * Tasks parted into easy ones, solved by more than half of their samples, and hard ones; easy first, empty classes left out.
 *
 * @param successRates Per task, the share of its samples that are right. Range [0, 1].
 * @throws InvalidOptionError when a rate is outside its range.
 */
export function difficultyClasses(successRates: readonly number[]): readonly DifficultyClass[] {
  for (const [i, rate] of successRates.entries()) requireRate(`successRates[${i}]`, rate);
  const easy = successRates.filter((rate) => rate > 0.5);
  const hard = successRates.filter((rate) => rate <= 0.5);
  return [easy, hard]
    .filter((rates) => rates.length > 0)
    .map((rates) => ({ share: rates.length / successRates.length, successRate: mean(rates) }));
}
