import type { Candidate } from './result.ts';

/** Says which answers are the same: equal keys, equal answers. */
export interface AnswerKey {
  readonly name: string;
  /** The key of a candidate, or undefined where it holds no answer. Pure and quick. */
  key(candidate: Candidate): string | undefined;
}
