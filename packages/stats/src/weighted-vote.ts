import { consistencyWeight, type ConsistencyWeightOptions } from './consistency-weight.ts';
import { leadingAnswers } from './leading-answers.ts';
import { outOfRange } from './out-of-range.ts';
import { tallyVotes, type VoteAnswer } from './vote-tally.ts';

/** The samples of one model. */
export interface VoteGroup {
  /** Normalised answers in sample order; invalid ones give no votes. */
  readonly answers: readonly VoteAnswer[];
  /** Trust in the model from outside, at least 0. 0 silences it. @defaultValue 1 */
  readonly externalWeight?: number;
}

/** The outcome of a weighted vote. */
export interface WeightedVote {
  /** Score per answer, in the order in which the answers first appeared. */
  readonly scores: ReadonlyMap<string, number>;
  /** Consistency weight per group, in [0, 1], without the external weight; 0 for a group with no valid answer. */
  readonly groupWeights: readonly number[];
  /** The answer with the highest score, the earliest one on a tie; `undefined` when no answer has any. */
  readonly winner: string | undefined;
  /** Whether another answer scored as much as the winner. */
  readonly ties: boolean;
}

// Source: ModelSwitch, arXiv 2504.00762, analysis code. Rule: score(a) = Σ over groups of e · w · count(a), with e the
// external and w the consistency weight; ties go to the earliest answer in (group, sample) order.
/**
 * Votes over the samples of several models, each model weighted by its own consistency.
 *
 * @throws RangeError when an external weight is negative or not finite.
 * @example
 * weightedVote([{ answers: ['a', 'a', 'b'] }, { answers: ['b', 'b', 'b'] }]).winner; // 'b'
 */
export function weightedVote(groups: readonly VoteGroup[], options: ConsistencyWeightOptions = {}): WeightedVote {
  const scores = new Map<string, number>();
  const groupWeights: number[] = [];
  for (const [i, { answers, externalWeight = 1 }] of groups.entries()) {
    if (!(externalWeight >= 0 && externalWeight < Infinity)) {
      throw outOfRange(`groups[${i}].externalWeight`, 'finite and at least 0', externalWeight);
    }
    const { counts } = tallyVotes(answers);
    const weight = consistencyWeight(counts.values(), options);
    groupWeights.push(weight);
    for (const [answer, count] of counts) {
      scores.set(answer, (scores.get(answer) ?? 0) + externalWeight * weight * count);
    }
  }
  const [winner, rival] = leadingAnswers(scores);
  return { scores, groupWeights, winner, ties: rival !== undefined };
}
