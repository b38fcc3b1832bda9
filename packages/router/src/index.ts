export type { CacheOffer, CachePolicy } from './cache/cache-policy.ts';
export { gdsfPolicy } from './cache/gdsf-policy.ts';
export { lecPolicy } from './cache/lec-policy.ts';
export { memoryResponseStore, type ResponseStore } from './cache/response-store.ts';
export type { StoredResponse } from './cache/stored-response.ts';
export { type ResponseCacheOptions, withResponseCache } from './cache/with-response-cache.ts';
export type { Confidence, StageTest, Threshold } from './confidence/confidence.ts';
export { byScore, type ByScoreOptions, type ScoreConfidence } from './confidence/score.ts';
export { bySignal, meanProbability, type SignalConfidence, statedConfidence } from './confidence/signal.ts';
export { verdict, type VerdictConfidence } from './confidence/verdict.ts';
export { voteShare, type VoteShare, type VoteShareOptions } from './confidence/vote-share.ts';
export {
  type DifficultyAction,
  type DifficultyBin,
  type DifficultyTable,
  type FitDifficultyOptions,
  fitDifficultyTable,
  type LabelledSample,
  type LabelledSamples,
} from './learning/difficulty-table.ts';
export { chooseDuel, type Duel, type DuelOptions, type DuelState, learnDuel, startDuels } from './learning/duel.ts';
export { drawExpert, type HedgeState, hedgeWeights, learnLosses, startHedge } from './learning/hedge.ts';
export {
  type MultiplexerMemory,
  multiplexerMemory,
  type MultiplexerMemoryOptions,
  type RegretReport,
} from './learning/multiplexer-memory.ts';
export {
  type Expectation,
  type Features,
  type JudgedAnswer,
  learnAnswer,
  type ModelKnowledge,
  type MultiplexerState,
  priorMultiplexer,
  type PriorMultiplexerOptions,
} from './learning/multiplexer-state.ts';
export type { PassModel } from './learning/pass-model.ts';
export { promptFeatures, requestFeatures } from './learning/prompt-features.ts';
export { adaptive, adaptiveCore, type AdaptiveOptions, type AdaptiveState } from './strategies/adaptive.ts';
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
export type { CascadeState, SeenStage } from './strategies/cascade-state.ts';
export { cascade, cascadeCore } from './strategies/cascade.ts';
export {
  modelSwitch,
  modelSwitchCore,
  type ModelSwitchCoreOptions,
  type ModelSwitchOptions,
  type ModelSwitchState,
} from './strategies/model-switch.ts';
export {
  type AskedModel,
  multiplex,
  multiplexCore,
  type MultiplexCoreOptions,
  type MultiplexOptions,
  type MultiplexState,
} from './strategies/multiplex.ts';
export { single, singleCore, type SingleState } from './strategies/single.ts';
export { vote, voteCore, type VoteCoreOptions, type VoteOptions, type VoteState } from './strategies/vote.ts';
export {
  fitCascadeThresholds,
  type FittedThreshold,
  type FitThresholdsOptions,
  type LabelledConfidence,
} from './thresholds/fit-cascade-thresholds.ts';
export {
  type MiniNThreshold,
  type MiniNThresholdOptions,
  miniNThresholds,
} from './thresholds/mini-n-thresholds.ts';
export {
  type OnlineReport,
  type OnlineThresholds,
  onlineThresholds,
  type OnlineThresholdsOptions,
} from './thresholds/online-thresholds.ts';
export { replayThresholds, type ShadowedRun, type TunedThresholds } from './thresholds/replay-thresholds.ts';
export { fitScoreOffset, type JudgedScore, type ScoreOffset, withScoreOffset } from './thresholds/score-offset.ts';
export { type TuneOptions, tuneThresholds } from './thresholds/tune-thresholds.ts';
