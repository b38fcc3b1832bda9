export { costOfPass, type CostOfPass, type CostOfPassOptions } from './cost-of-pass/cost-of-pass.ts';
export { frontierCostOfPass, type FrontierOptions } from './cost-of-pass/frontier-cost-of-pass.ts';
export type { PassRecord } from './cost-of-pass/pass-record.ts';
export { withBudget, type WithBudgetOptions } from './guard/with-budget.ts';
export { createLedger, type LedgerOptions } from './ledger/create-ledger.ts';
export type { Hold, HoldCharge, Ledger, LedgerTotals, ReconcileOptions, ReserveAsk } from './ledger/ledger.ts';
export type { DimensionAmount, Limit, LimitAmount, LimitOptions, LimitScope } from './ledger/limits.ts';
export type { WindowOptions } from './ledger/window.ts';
export type { Amounts, Dimension } from './ledger/dimension.ts';
export type { Grant, GrantOptions } from './ledger/grant.ts';
export type { Outcome, OutcomeReport } from './ledger/outcomes.ts';
export type { WhenUnreachable } from './ledger/reachable-store.ts';
export type { LedgerRow, RowQuery, RowStatus } from './ledger/rows.ts';
export type { ScopePair } from './ledger/scope-pair.ts';
export { formatUsd } from './money/format-usd.ts';
export { moneyOf, nanoFromUsd, nanoOf } from './money/nano-usd.ts';
export { declaredCeiling, type DeclaredCeilingOptions } from './prices/declared-ceiling.ts';
export { hardware, type HardwareOptions } from './prices/hardware.ts';
export { perToken, type PerTokenOptions } from './prices/per-token.ts';
export { pricingFromDeclaration } from './prices/pricing-from-declaration.ts';
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
