import type { Charge } from './result.ts';
import type { ScoreInput } from './scorer.ts';

/** An order over candidates, best first, and what it cost. */
export interface Ranking {
  readonly order: readonly string[];
  /** Score by candidate id, where the ranker has scores. */
  readonly scores?: { readonly [candidateId: string]: number };
  readonly charges: readonly Charge[];
}

/** Orders a set of candidates. */
export interface Ranker {
  readonly name: string;
  rank(input: ScoreInput): Promise<Ranking>;
}
