import { type CandidateView, type Verdict, verdictScore } from '@tollgate/sdk';
import type { Confidence, StageTest, Threshold } from './confidence.ts';
import { leadingVote } from './leading-vote.ts';

/** How a stage came out. */
export interface MeasuredStage {
  readonly candidate: string;
  /** On the scale of the measure; absent where it could not be taken. */
  readonly confidence?: number;
  readonly passed: boolean;
  /** What was measured, in words. */
  readonly says: string;
}

/** What a stage gave. */
export interface StageYield {
  readonly candidates: readonly CandidateView[];
  /** Samples asked for. */
  readonly asked: number;
  /** What the scorer said, where the test has one; empty where it failed. */
  readonly verdicts: readonly Verdict[];
}

/** Applies a test to what a stage gave; undefined where there is no answer to be confident about. */
export function measureStage({ confidence, accept }: StageTest, stage: StageYield): MeasuredStage | undefined {
  const [only] = stage.candidates;
  if (only === undefined) return undefined;
  const enough = thresholdOf(accept);
  switch (confidence.kind) {
    case 'vote-share': {
      const leader = leadingVote(stage.candidates, stage.asked);
      if (leader === undefined) return undefined;
      const { candidate, share, votes } = leader;
      return {
        candidate,
        confidence: share,
        passed: share >= (enough ?? 1),
        says: `${votes} of ${stage.asked} samples agree`,
      };
    }
    case 'verdict':
      return {
        candidate: only.id,
        confidence: only.decision?.confidence ?? 0,
        passed: only.decision?.status === 'accepted',
        says: 'the stage accepted its own answer',
      };
    case 'score':
      return bestScored(stage, { name: confidence.scorer.name, enough }) ?? unmeasured(only, confidence.scorer.name);
    case 'signal': {
      const value = only.signals?.[confidence.signal];
      if (value === undefined || Number.isNaN(value)) return unmeasured(only, confidence.signal);
      const passed = only.answer !== undefined && value >= (enough ?? Infinity);
      return { candidate: only.id, confidence: value, passed, says: `${confidence.signal} is ${shown(value)}` };
    }
    default:
      return confidence satisfies never;
  }
}

/** Samples that a stage draws. Where one number is given for all, the last stage draws one: it is not tested. */
export function stageSamples({ confidence }: StageTest, stage: number, isLast: boolean): number {
  if (confidence.kind === 'verdict' || confidence.kind === 'signal') return 1;
  const { samples } = confidence;
  if (typeof samples === 'number') return isLast ? 1 : samples;
  return samples[stage] ?? 1;
}

/** The number of a threshold. */
export function thresholdOf(accept: Threshold | undefined): number | undefined {
  return typeof accept === 'object' ? accept.threshold : accept;
}

function bestScored(
  { candidates, verdicts }: StageYield,
  { name, enough }: { readonly name: string; readonly enough: number | undefined },
): MeasuredStage | undefined {
  const known = new Set(candidates.map(({ id }) => id));
  let best: (MeasuredStage & { readonly confidence: number }) | undefined;
  for (const verdict of verdicts) {
    const { candidateId, status } = verdict;
    const confidence = verdictScore(verdict);
    if (confidence === undefined || !known.has(candidateId)) continue;
    const passed = enough === undefined ? status === 'accept' : confidence >= enough;
    const isBetter =
      best === undefined || (passed && !best.passed) || (passed === best.passed && confidence > best.confidence);
    if (isBetter) best = { candidate: candidateId, confidence, passed, says: `${name} gives ${shown(confidence)}` };
  }
  return best;
}

function unmeasured({ id }: CandidateView, name: string): MeasuredStage {
  return { candidate: id, passed: false, says: `${name} has no opinion` };
}

function shown(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** What decisions and traces call a measure. */
export function signalName(confidence: Confidence): string {
  switch (confidence.kind) {
    case 'score':
      return confidence.scorer.name;
    case 'signal':
      return confidence.signal;
    default:
      return confidence.kind;
  }
}
