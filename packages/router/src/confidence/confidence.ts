import type { CalibratedThreshold } from '@tollgate/sdk';
import type { ScoreConfidence } from './score.ts';
import type { SignalConfidence } from './signal.ts';
import type { VerdictConfidence } from './verdict.ts';
import type { VoteShare } from './vote-share.ts';

/** How sure a stage is of its answer, as data. */
export type Confidence = VoteShare | VerdictConfidence | ScoreConfidence | SignalConfidence;

/** What is enough: a number, or one that was chosen on labelled calls and carries its claim. */
export type Threshold = number | CalibratedThreshold;

/** What a stage is held against. */
export interface StageTest {
  readonly confidence: Confidence;
  /** A stage before the last is accepted where its confidence is at least this. Not for `verdict()`. */
  readonly accept?: Threshold;
}
