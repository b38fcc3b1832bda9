import type { AnswerKey } from '@tollgate/sdk';
import { requireSamples } from '../strategies/require-option.ts';

/** Options of `voteShare`. */
export interface VoteShareOptions {
  /** Samples of each stage that is tested (the last stage then draws one), or one number a stage, the last included. Range [1, ∞). */
  readonly samples: number | readonly number[];
  /** Which answers are the same. @defaultValue `wholeText()` */
  readonly answer?: AnswerKey;
}

/** Confidence by agreement, as data. */
export interface VoteShare {
  readonly kind: 'vote-share';
  readonly samples: number | readonly number[];
  readonly answer?: AnswerKey;
}

/**
 * A stage is as confident as its samples agree: votes of the most frequent answer out of the samples asked for.
 *
 * Needs nothing but text, so it works with every engine. Range [1/samples, 1], 0 where no sample holds an answer. With 3
 * samples the share is 1/3, 2/3 or 1: a threshold of 0.67 asks for all three, 0.66 for two.
 *
 * @throws InvalidOptionError when a number of samples is not a whole number of at least 1.
 */
export function voteShare(options: VoteShareOptions): VoteShare {
  requireSamples('samples', options.samples);
  return { kind: 'vote-share', ...options };
}
