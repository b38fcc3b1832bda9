export { chooseRoute, type Route, type RouteOption, type RouteOptions } from './cost-of-pass/choose-route.ts';
export { comparePolicies, type PolicyComparison, type PolicyDifference } from './cost-of-pass/compare-policies.ts';
export { costOfPass, type CostOfPass, type CostOfPassOptions } from './cost-of-pass/cost-of-pass.ts';
export { costPerSuccess } from './cost-of-pass/cost-per-success.ts';
export {
  type Counterfactual,
  counterfactual,
  type CounterfactualOptions,
  type Essentialness,
} from './cost-of-pass/counterfactual.ts';
export { deltaInterval, type DeltaInterval } from './cost-of-pass/delta-interval.ts';
export { displayedPassRate, type DisplayedPassRate } from './cost-of-pass/displayed-pass-rate.ts';
export { expectedTaskCost, type FailurePrices, type TaskExpectation } from './cost-of-pass/expected-task-cost.ts';
export { type Frontier, frontier, type FrontierIntervalOptions } from './cost-of-pass/frontier.ts';
export { frontierCostOfPass, type FrontierOptions } from './cost-of-pass/frontier-cost-of-pass.ts';
export { frontierProgress, type ProgressStep, type Release } from './cost-of-pass/frontier-progress.ts';
export { humanBaselinesUsd } from './cost-of-pass/human-baselines.ts';
export type { PassRecord } from './cost-of-pass/pass-record.ts';
export type { PolicyRuns } from './cost-of-pass/policy-runs.ts';
export {
  type LedgerPasses,
  type PassGroup,
  recordsFromOutcomes,
  type RecordsFromOutcomesOptions,
} from './cost-of-pass/records-from-outcomes.ts';
export { techniqueValue, type TechniqueValueOptions } from './cost-of-pass/technique-value.ts';
export { effortController } from './effort/effort-controller.ts';
export type { EffortControllerOptions } from './effort/effort-options.ts';
export type { EffortAsk, EffortController, EffortObservation, EffortPlan } from './effort/effort-plan.ts';
export type { EffortReport, FractionReport } from './effort/effort-report.ts';
export type { EffortRecord, EffortState, FractionRecord } from './effort/effort-state.ts';
export type { ReasoningLength, ReasoningLengths } from './effort/reasoning-lengths.ts';
export { withEffort, type WithEffortOptions } from './effort/with-effort.ts';
export { withBudget, type WithBudgetOptions } from './guard/with-budget.ts';
export { createLedger, type LedgerOptions } from './ledger/create-ledger.ts';
export type { Amounts, Dimension } from './ledger/dimension.ts';
export type { Grant, GrantOptions } from './ledger/grant.ts';
export type {
  Hold,
  HoldCharge,
  Ledger,
  LedgerEvent,
  LedgerTotals,
  LimitStatus,
  ReconcileOptions,
  Remaining,
  ReserveAsk,
} from './ledger/ledger.ts';
export type { DimensionAmount, Limit, LimitAmount, LimitOptions, LimitScope } from './ledger/limits.ts';
export type { Outcome, OutcomeReport } from './ledger/outcomes.ts';
export type { WhenUnreachable } from './ledger/reachable-store.ts';
export type { LedgerRow, RowQuery, RowStatus } from './ledger/rows.ts';
export type { ScopePair } from './ledger/scope-pair.ts';
export { windowAt, windowName, type WindowOptions, type WindowSpan } from './ledger/window.ts';
export { formatUsd } from './money/format-usd.ts';
export { moneyOf, nanoFromUsd, nanoOf } from './money/nano-usd.ts';
export { declaredCeiling, type DeclaredCeilingOptions } from './prices/declared-ceiling.ts';
export { hardware, type HardwareOptions } from './prices/hardware.ts';
export { imputed } from './prices/imputed.ts';
export { perToken, type PerTokenOptions } from './prices/per-token.ts';
export {
  builtInPrices,
  priceBook,
  type PriceBook,
  type PriceBookOptions,
  type PricedModel,
} from './prices/price-book.ts';
export { priceOf, type PriceOfOptions } from './prices/price-of.ts';
export type {
  LongRates,
  ModelPrices,
  PriceConfidence,
  PriceEntry,
  PriceSource,
  PriceTable,
  PriceTerms,
  Rates,
} from './prices/price-table.ts';
export type { PricedUsage, PriceLine, PriceProvenance } from './prices/price-usage.ts';
export { pricingFromDeclaration } from './prices/pricing-from-declaration.ts';
export { tablePricing, type TablePricing, type TablePricingOptions } from './prices/table-pricing.ts';
export { memoryStore } from './stores/memory.ts';
export type {
  Admission,
  AttemptQuery,
  Awaitable,
  Balance,
  Ending,
  HoldAsk,
  Refusal,
  Store,
  StoredAttempt,
  StoredLimit,
} from './stores/store.ts';
export { dynamicTurns, type DynamicTurnsOptions } from './turns/dynamic-turns.ts';
export type { ExtendOn } from './turns/extension-rules.ts';
export { fixedTurns, type FixedTurnsOptions } from './turns/fixed-turns.ts';
export type { TurnLimitState } from './turns/limited-turns.ts';
export { turnHistory, type TurnHistory, type TurnHistoryKey, type TurnRecord } from './turns/turn-history.ts';
export { readTurnRecords, turnRecordOf, writeTurnRecord } from './turns/turn-records.ts';
export type { TurnReminders } from './turns/turn-reminders.ts';
export {
  type AiSdkNote,
  type AiSdkStep,
  type AiSdkStepOptions,
  type AiSdkTurns,
  type AiSdkTurnsOptions,
  turnsForAiSdk,
} from './turns/turns-for-ai-sdk.ts';
export { unlimitedTurns } from './turns/unlimited-turns.ts';
export { type BreakerState, type TurnBreakers, withBreakers } from './turns/with-breakers.ts';
