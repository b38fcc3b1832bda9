export {
  defaultsAsJson,
  defineConfig,
  type ModelFactory,
  type RequestDefaults,
  type StrategyBuilder,
  type StrategyHelp,
  type TollgateConfig,
} from './config/config.ts';
export { type BuildHelp, parseShortForm, type StrategySpec } from './config/short-form.ts';
export { defaultStrategies, resolveStrategies } from './config/strategy-spec.ts';
export {
  type CalibratedOutcomes,
  calibrateOutcomes,
  type CalibrateOutcomesOptions,
  type RefusedThreshold,
} from './calibrate/calibrate-outcomes.ts';
export { importHeliconeCsv } from './import/import-helicone-csv.ts';
export { importInspect } from './import/import-inspect.ts';
export { importLmEval } from './import/import-lm-eval.ts';
export type { ImportedOutcomes, ImportOptions } from './import/import-options.ts';
export { importPromptfoo } from './import/import-promptfoo.ts';
export { buildPolicy, type BuildPolicyOptions } from './optimize/build-policy.ts';
export { evaluatePolicy, type PolicyScores, type ReplayGround } from './optimize/evaluate-policy.ts';
export type { Objective } from './optimize/objective.ts';
export type { BaselineFigures, BaselineRole, HeldOutFigures } from './optimize/held-out-figures.ts';
export { type OptimizedPolicy, optimizePolicy, type OptimizePolicyOptions } from './optimize/optimize-policy.ts';
export { optimizedReport } from './optimize/optimized-report.ts';
export { renderOptimized } from './optimize/render-optimized.ts';
export type { OracleFigures } from './optimize/oracle-figures.ts';
export {
  type ConfidenceExpression,
  modelsOf,
  type PolicyExpression,
  policyName,
} from './optimize/policy-expression.ts';
export type { OutcomeLine, OutcomeSignal } from './outcomes/outcome-line.ts';
export type { OutcomesTable, OutcomeTask } from './outcomes/outcomes-table.ts';
export { parseOutcomes } from './outcomes/parse-outcomes.ts';
export { readOutcomes } from './outcomes/read-outcomes.ts';
export { type ImportedPrices, importPrices, type ImportPricesOptions } from './prices/import-prices.ts';
export { parsePriceFile, type PriceFile } from './prices/parse-price-file.ts';
export { recordedScorers } from './optimize/recorded-scorers.ts';
export { fromProfile, type FromProfileOptions, policyOf } from './profile/from-profile.ts';
export { optimizedProfile } from './profile/optimized-profile.ts';
export { parseProfile } from './profile/parse-profile.ts';
export type { Profile } from './profile/profile.ts';
export { renderHtml } from './report/render-html.ts';
export { renderTable } from './report/render-table.ts';
export { type TextColumn, textTable } from './report/text-table.ts';
export type { LedgerReport, ModelReport, ReportInterval, RunReport, StrategyReport } from './report/run-report.ts';
export { livePool, type ModelPool, type PoolEntry, replayPool } from './run/model-pool.ts';
export { type ReplayedOutcomes, replayOutcomes, type ReplayOutcomesOptions } from './run/replay-outcomes.ts';
export type { ResultLine, RunHeader, TaskStatus } from './run/result-line.ts';
export type { RunProgress } from './run/run-progress.ts';
export { type RunOutcome, runTasks, type RunTasksOptions, type TracedTask } from './run/run-tasks.ts';
export { renderSpendHtml } from './spend/render-spend-html.ts';
export { renderSpendTable } from './spend/render-spend-table.ts';
export type {
  ChargedAttempts,
  DoubtfulSpend,
  ExpiredHold,
  LimitStanding,
  PolicyPasses,
  SpendBucket,
  SpendOverTime,
  SpendPart,
  SpendPasses,
  SpendReport,
  SpendSplit,
  SpendSums,
  TokenSums,
} from './spend/spend-figures.ts';
export { spendReport, type SpendReportOptions } from './spend/spend-report.ts';
export { generateArithmetic, type GenerateArithmeticOptions } from './tasks/generate-arithmetic.ts';
export { type FileProblem, InvalidFileError } from './tasks/invalid-file-error.ts';
export { type ParsedTasks, parseTasks, type ParseTasksOptions } from './tasks/parse-tasks.ts';
export type { Task } from './tasks/task.ts';
