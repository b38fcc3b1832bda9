import type { Scorer } from '@tollgate/sdk';
import { requireWhole } from '../strategies/require-option.ts';

/** Options of `byScore`. */
export interface ByScoreOptions {
  /** Samples a stage draws; the best one by the scorer stands for it. Range [1, ∞). @defaultValue 1 */
  readonly samples?: number;
}

/** Confidence by a scorer, as data. */
export interface ScoreConfidence {
  readonly kind: 'score';
  readonly scorer: Scorer;
  readonly samples: number;
}

/**
 * A stage is as confident as a scorer is in its best sample: a reward model, a judge, tests. With `accept` the score has to
 * reach it, without it the verdict has to be `accept`. What the scorer costs is charged.
 *
 * @throws InvalidOptionError when `samples` is not a whole number of at least 1.
 *
 * @example
 * cascade([small, big], { confidence: byScore(rewardModel(head)), accept: 0.7 });
 */
export function byScore(scorer: Scorer, { samples = 1 }: ByScoreOptions = {}): ScoreConfidence {
  requireWhole('samples', samples);
  return { kind: 'score', scorer, samples };
}
