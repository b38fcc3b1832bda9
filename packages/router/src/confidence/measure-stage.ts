import type { CandidateView } from '@tollgate/sdk';
import { leadingVote } from './leading-vote.ts';
import type { VerdictConfidence } from './verdict.ts';
import type { VoteShare } from './vote-share.ts';

/** A measure of confidence and, for measures that are numbers, what is enough. */
export type StageTest =
  | {
      readonly confidence: VoteShare;
      /** A stage before the last is accepted where its share of votes is at least this. Range (0, 1]. */
      readonly accept: number;
    }
  | { readonly confidence: VerdictConfidence };

/** How a stage came out. */
export interface MeasuredStage {
  readonly candidate: string;
  /** Range [0, 1]. */
  readonly confidence: number;
  readonly passed: boolean;
  /** What was measured, in words. */
  readonly says: string;
}

/** Applies a test to what a stage gave; undefined where there is no answer to be confident about. */
export function measureStage(
  test: StageTest,
  candidates: readonly CandidateView[],
  asked: number,
): MeasuredStage | undefined {
  if ('accept' in test) {
    const leader = leadingVote(candidates, asked);
    if (leader === undefined) return undefined;
    const { candidate, share, votes } = leader;
    return { candidate, confidence: share, passed: share >= test.accept, says: `${votes} of ${asked} samples agree` };
  }
  const [only] = candidates;
  if (only === undefined) return undefined;
  return {
    candidate: only.id,
    confidence: only.decision?.confidence ?? 0,
    passed: only.decision?.status === 'accepted',
    says: 'the stage accepted its own answer',
  };
}

/** Samples that a stage draws. Where one number is given for all, the last stage draws one: it is not tested. */
export function stageSamples({ confidence }: StageTest, stage: number, isLast: boolean): number {
  if (confidence.kind === 'verdict') return 1;
  const { samples } = confidence;
  if (typeof samples === 'number') return isLast ? 1 : samples;
  return samples[stage] ?? 1;
}
