import { leadingAnswers } from './leading-answers.ts';
import { outOfRange } from './out-of-range.ts';

/** One drawn answer, already normalised; `undefined`, `null` and `''` stand for a sample without a usable answer. */
export type VoteAnswer = string | undefined | null;

/** The outcome of a plain vote. Counts are numbers of votes, or sums of weights when weights were given. */
export interface VoteTally {
  /** Votes per answer, in the order in which the answers first appeared. */
  readonly counts: ReadonlyMap<string, number>;
  /** Votes that named an answer. */
  readonly valid: number;
  /** All votes, invalid ones included. */
  readonly total: number;
  /** The answer with most votes, the earliest one on a tie; `undefined` when no answer has any. */
  readonly winner: string | undefined;
  /** Winner's votes / `total`, in [0, 1]. Failed samples lower it, so they can never look like agreement. */
  readonly winnerShare: number;
  /** Winner's votes / `valid`, in [0, 1]. */
  readonly shareOfValid: number;
  /** Whether another answer has as many votes as the winner. */
  readonly ties: boolean;
}

/**
 * Counts votes for equal answers. Compares exact strings: normalise answers first.
 *
 * @param weights One weight per answer, each at least 0. Default 1 each.
 * @throws RangeError when `weights` has another length than `answers`, or a weight is negative or not finite.
 * @example
 * tallyVotes(['b', 'a', undefined, 'b']).winnerShare; // 0.5
 */
export function tallyVotes(answers: readonly VoteAnswer[], weights?: readonly number[]): VoteTally {
  if (weights !== undefined && weights.length !== answers.length) {
    throw outOfRange('weights.length', `equal to answers.length (${answers.length})`, weights.length);
  }
  const counts = new Map<string, number>();
  let valid = 0;
  let total = 0;
  for (const [i, answer] of answers.entries()) {
    const weight = weights === undefined ? 1 : (weights[i] ?? NaN);
    if (!(weight >= 0 && weight < Infinity)) throw outOfRange(`weights[${i}]`, 'finite and at least 0', weight);
    total += weight;
    if (answer === undefined || answer === null || answer === '') continue;
    valid += weight;
    counts.set(answer, (counts.get(answer) ?? 0) + weight);
  }
  const [winner, rival] = leadingAnswers(counts);
  const votes = winner === undefined ? 0 : (counts.get(winner) ?? 0);
  return {
    counts,
    valid,
    total,
    winner,
    winnerShare: share(votes, total),
    shareOfValid: share(votes, valid),
    ties: rival !== undefined,
  };
}

function share(votes: number, all: number): number {
  // Weights that are added up in another order can pass their total by a last bit.
  return all > 0 ? Math.min(1, votes / all) : 0;
}
