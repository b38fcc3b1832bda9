import type { Candidate } from './result.ts';

/** A number that is read off a candidate, for decisions: a confidence that the model stated, a length, a probability. */
export interface Signal {
  /** What cores and recorded tables know it by. */
  readonly name: string;
  /** Undefined where the candidate does not have it. Pure and quick. */
  readonly read: (candidate: Candidate) => number | undefined;
}
