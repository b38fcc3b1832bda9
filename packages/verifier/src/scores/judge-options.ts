import type { Scale } from './read-grade.ts';

/** Options of `judge`. */
export interface JudgeOptions {
  /** What is graded and what the grades mean, in words for the judge. */
  readonly rubric: string;
  /** Lowest and highest grade, whole numbers, the higher the better. Range: at most 1000 apart. @defaultValue [0, 10] */
  readonly scale?: Scale;
  /** Grades of each candidate. Whole number in [1, 100]. @defaultValue 3 */
  readonly samples?: number;
  /** How grades become one. @defaultValue 'median' */
  readonly combine?: 'median' | 'mean';
  /**
   * Abstains where the highest grade and the lowest are further apart than this share of the scale. Range [0, 1].
   * @defaultValue 0.4
   */
  readonly maxSpread?: number;
  /** The least score that is accepted; what is below is rejected. Range [0, 1]. @defaultValue none: a verdict is a `tie` with its score */
  readonly accept?: number;
  /** Candidates graded at once. Whole number in [1, 1000]. @defaultValue 8 */
  readonly concurrency?: number;
  /** Tokens of one reply, thoughts included. A reply that is cut is not read. Range [1, ∞). @defaultValue 1024 */
  readonly maxOutputTokens?: number;
}
