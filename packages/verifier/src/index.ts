export {
  calibrate,
  type CalibratedScore,
  type CalibrateOptions,
  type Calibration,
  type RiskPromise,
} from './calibration/calibrate.ts';
export { checkProvenance, type ProvenanceIssue, type ThresholdUse } from './calibration/check-provenance.ts';
export { conformalLabels, type ConformalThresholds, conformalThresholds } from './calibration/conformal-thresholds.ts';
export type { LabelledScore } from './calibration/labelled-score.ts';
export type { CalibrationRefusal } from './calibration/selection.ts';
export { answerKeyFor, type KindOfCheck } from './checks/answer-key-for.ts';
export { checkAnswer, type CheckResult } from './checks/check-answer.ts';
export { extractChoice, type ExtractChoiceOptions, finalChoice } from './checks/choice.ts';
export { foldText, textsAgree } from './checks/exact.ts';
export { expressionsAgree, extractExpression, finalExpression } from './checks/expression.ts';
export { extractFreeText, finalFreeText, freeTextsAgree, normalizeText } from './checks/free-text.ts';
export { extractJson, finalJson } from './checks/json-answer.ts';
export { extractNumber, type ExtractNumberOptions, finalNumber } from './checks/number.ts';
export { numbersAgree } from './checks/numbers-agree.ts';
export { matchPattern, type PatternMatcher } from './checks/regex.ts';
export { extractSet, finalSet, setsAgree } from './checks/set.ts';
export { validateCheck } from './checks/validate-check.ts';
export { extractCode } from './code/extract-code.ts';
export { lints, type LintsOptions } from './code/lints.ts';
export { parses, type ParsesOptions } from './code/parses.ts';
export { passesTests, type PassesTestsOptions } from './code/passes-tests.ts';
export { sourceCode } from './code/source-code.ts';
export type { SourceOptions } from './code/source-scorer.ts';
export { splitAsserts } from './code/split-asserts.ts';
export { bestOfK } from './health/best-of-k.ts';
export {
  type CalibrationErrors,
  calibrationErrors,
  type ConfidentAnswer,
  topAnswers,
} from './health/calibration-errors.ts';
export { cronbachAlpha } from './health/cronbach-alpha.ts';
export { type DifficultyClass, difficultyClasses } from './health/difficulty-classes.ts';
export { type DistinctSolutions, diversityAtK } from './health/diversity-at-k.ts';
export { type DriftWatch, type DriftWatchOptions, observeDrift, startDriftWatch } from './health/drift-watch.ts';
export { type DropRatioOptions, normalisedDropRatio, rankingDropRatio } from './health/drop-ratio.ts';
export { type EvaluationNoise, evaluationNoise, standardErrorOfRate } from './health/evaluation-noise.ts';
export { flawedReasoningRate, type GradedReasoning } from './health/flawed-reasoning-rate.ts';
export { correlationOfPairAccuracy, expectedBestOfGain, expectedPairAccuracy } from './health/goodhart.ts';
export { type JudgeDrift, judgeDrift, type JudgeDriftOptions } from './health/judge-drift.ts';
export type { MeasuredRate } from './health/measured-rate.ts';
export { ndcgAtK } from './health/ndcg-at-k.ts';
export { pairwiseAccuracy } from './health/pairwise-accuracy.ts';
export { coverageAtK, passAtK, type SampledProblem } from './health/pass-at-k.ts';
export {
  type CriterionMeasures,
  type CriterionScores,
  criterionValidity,
  type PsychometricValidity,
  psychometricValidity,
} from './health/psychometric-validity.ts';
export type { RankedAnswer } from './health/ranked-answer.ts';
export { rankingScore } from './health/ranking-score.ts';
export { reciprocalRank } from './health/reciprocal-rank.ts';
export {
  acceptedPrecision,
  requiredSuccessRate,
  type ResamplingCeiling,
  resamplingCeiling,
  type VerifierRates,
} from './health/resampling-ceiling.ts';
export {
  type AcceptanceBucket,
  type ResamplingValue,
  resamplingValue,
  type ResamplingValueOptions,
} from './health/resampling-value.ts';
export { type RubricVerdict, type SchematicAdherence, schematicAdherence } from './health/schematic-adherence.ts';
export type { ScoredGain } from './health/tie-blocks.ts';
export { traitRatio } from './health/trait-ratio.ts';
export { type Truthfulness, truthfulness, type TruthOutcome, type TruthWeights } from './health/truthfulness.ts';
export { type GradedVerdict, type VerifierErrors, verifierErrors } from './health/verifier-errors.ts';
export type { PairJudge, PairPreference } from './pairwise/pair-judge.ts';
export {
  createPairwiseCache,
  type PairOutcome,
  type PairwiseCache,
  type PairwiseCacheOptions,
} from './pairwise/pairwise-cache.ts';
export { pairwiseRank, type PairwiseRankOptions } from './pairwise/pairwise-rank.ts';
export { cheapestSort, type PairSortName, sortCost, type SortTask } from './pairwise/sort-cost.ts';
export type { PruneThenRankCoreOptions, PruneThenRankRules, StageBasis } from './pipeline/core-options.ts';
export { type PipelineMemory, pipelineMemory, type PipelineRecord } from './pipeline/pipeline-memory.ts';
export type { Lineage, PipelineState, StageTally } from './pipeline/pipeline-state.ts';
export { pruneThenRankCore } from './pipeline/prune-then-rank-core.ts';
export { pruneThenRank, type PruneThenRankOptions } from './pipeline/prune-then-rank.ts';
export {
  type PipelineReport,
  pipelineReport,
  type PipelineReportOptions,
  type StageReport,
} from './pipeline/stage-report.ts';
export type {
  CodeLanguage,
  Program,
  Sandbox,
  SandboxLimits,
  SandboxRun,
  SandboxRunOptions,
  SandboxStatus,
  TestRun,
} from './sandbox/sandbox.ts';
export { matchesSchema } from './scorers/matches-schema.ts';
export { oracleScorer, verifyScorer } from './scorers/verify.ts';
export type { JudgeOptions } from './scores/judge-options.ts';
export { judge } from './scores/judge.ts';
export { rankerAsScorer } from './scores/ranker-as-scorer.ts';
export { rewardModel, type RewardModelOptions, rewardText } from './scores/reward-model.ts';
export type { RewardSource, RewardText } from './scores/reward-source.ts';
export type { YesNoOptions } from './scores/yes-no-options.ts';
export { yesNo } from './scores/yes-no.ts';
export { type AgreementRanking, agreementRank, type TestedCandidate } from './voting/agreement-rank.ts';
export type { VoteRankerOptions } from './voting/answer-ranker.ts';
export { curtailedVote } from './voting/curtailed-vote.ts';
export { type FlipProbe, flipProbe, type FlipProbeOptions } from './voting/flip-probe.ts';
export { majorityRanker } from './voting/majority-ranker.ts';
export {
  type AnswerCluster,
  type PerplexityConsistency,
  perplexityConsistency,
  type PerplexityConsistencyOptions,
  type ReasoningPath,
} from './voting/perplexity-consistency.ts';
export { rpcRanker } from './voting/rpc-ranker.ts';
export { selectiveEnsemble, type SelectiveEnsembleOptions } from './voting/selective-ensemble.ts';
export { selectiveVote } from './voting/selective-vote.ts';
export { sequentialVote } from './voting/sequential-vote.ts';
export { strictMajority } from './voting/strict-majority.ts';
export { type VariantVote, variantVote } from './voting/variant-vote.ts';
export type { TestedVoteOptions, VoteRuleOptions } from './voting/vote-options.ts';
export { type AnswerVotes, type RunningVote, startVote, type VoteRule, type VoteVerdict } from './voting/vote-rule.ts';
export { voteUntil, voteUntilCore, type VoteUntilOptions, type VoteUntilState } from './voting/vote-until.ts';
export { votesNeeded } from './voting/votes-needed.ts';
export { type ModelWeights, weightedRanker, type WeightedRankerOptions } from './voting/weighted-ranker.ts';
