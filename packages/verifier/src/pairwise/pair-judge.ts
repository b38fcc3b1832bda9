import type { Candidate, Charge, ScoreInput } from '@tollgate/sdk';

/** Which of two candidates is better, in the order in which they were shown. */
export interface PairPreference {
  readonly prefers: 'first' | 'second' | 'neither';
  /** What asking cost. @defaultValue nothing */
  readonly charges?: readonly Charge[];
}

/** Compares two candidates. It is asked about each pair twice, in both orders. */
export interface PairJudge {
  /** Names the judge in a cache: judges that may prefer otherwise have other names. */
  readonly name: string;
  compare(first: Candidate, second: Candidate, input: ScoreInput): Promise<PairPreference>;
}
