export { answerKeyFor } from './checks/answer-key-for.ts';
export { checkAnswer, type CheckResult } from './checks/check-answer.ts';
export { extractChoice, type ExtractChoiceOptions, finalChoice } from './checks/choice.ts';
export { foldText, textsAgree } from './checks/exact.ts';
export { extractNumber, type ExtractNumberOptions, finalNumber } from './checks/number.ts';
export { numbersAgree } from './checks/numbers-agree.ts';
export { matchPattern, type PatternMatcher } from './checks/regex.ts';
export { validateCheck } from './checks/validate-check.ts';
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
export { oracleScorer, verifyScorer } from './scorers/verify.ts';
