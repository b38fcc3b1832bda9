import { expectedGains, type ScoredGain } from './tie-blocks.ts';

/** A candidate of one problem with a verifier's score, and whether it is truly right. Duplicates are listed as often as they occur. */
export interface RankedAnswer {
  /** Higher is better. `-Infinity` for what was pruned: it stays last. */
  readonly score: number;
  readonly correct: boolean;
}

/** Right answers are worth 1. */
export function asGains(answers: readonly RankedAnswer[]): readonly ScoredGain[] {
  return answers.map(({ score, correct }) => ({ score, gain: Number(correct) }));
}

/** The chance that the answer at each rank is right, best first, ties broken at random. */
export function chanceByRank(answers: readonly RankedAnswer[]): readonly number[] {
  return expectedGains(asGains(answers));
}
