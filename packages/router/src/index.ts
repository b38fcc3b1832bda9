export type { Confidence, StageTest, Threshold } from './confidence/confidence.ts';
export { byScore, type ByScoreOptions, type ScoreConfidence } from './confidence/score.ts';
export { bySignal, meanProbability, type SignalConfidence, statedConfidence } from './confidence/signal.ts';
export { verdict, type VerdictConfidence } from './confidence/verdict.ts';
export { voteShare, type VoteShare, type VoteShareOptions } from './confidence/vote-share.ts';
export {
  agreement,
  agreementCore,
  type AgreementCoreOptions,
  type AgreementOptions,
  type AgreementState,
} from './strategies/agreement.ts';
export {
  bestOfMiniN,
  bestOfMiniNCore,
  type BestOfMiniNCoreOptions,
  type BestOfMiniNOptions,
  type BestOfMiniNState,
} from './strategies/best-of-mini-n.ts';
export { type CascadeMemory, cascadeMemory, type CascadeRecord } from './strategies/cascade-memory.ts';
export type { CascadeOptions, CascadeRules } from './strategies/cascade-options.ts';
export { cascade, cascadeCore, type CascadeState } from './strategies/cascade.ts';
export {
  modelSwitch,
  modelSwitchCore,
  type ModelSwitchCoreOptions,
  type ModelSwitchOptions,
  type ModelSwitchState,
} from './strategies/model-switch.ts';
export { single, singleCore, type SingleState } from './strategies/single.ts';
export { vote, voteCore, type VoteCoreOptions, type VoteOptions, type VoteState } from './strategies/vote.ts';
export {
  fitCascadeThresholds,
  type FittedThreshold,
  type FitThresholdsOptions,
  type LabelledConfidence,
} from './thresholds/fit-cascade-thresholds.ts';
