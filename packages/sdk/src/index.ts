export type { AgentEvent, AgentOutcome, AgentState, AgentStatus } from './agent/agent-outcome.ts';
export { type AgentTool, defineTool, type ToolDefinition, type ToolRunOptions } from './agent/define-tool.ts';
export type { AssessedTurn, AssessTurn, TurnAssessment } from './agent/assess-turn.ts';
export { type AgentOptions, runAgent } from './agent/run-agent.ts';
export { generateObject, type GenerateObjectOptions, type ObjectResult } from './ask/generate-object.ts';
export { generateText } from './ask/generate-text.ts';
export { type ObjectOf, type ObjectSchema, outputSchema } from './ask/object-schema.ts';
export { streamText, type StreamTextOptions, type TextStream } from './ask/stream-text.ts';
export type { GenerateTextOptions } from './ask/text-request.ts';
export type { TextResult } from './ask/text-result.ts';
export { AbortedError } from './errors/aborted-error.ts';
export {
  BudgetBusyError,
  BudgetExceededError,
  type BudgetRefusal,
  MissingScopeError,
  UnknownPriceError,
} from './errors/budget-errors.ts';
export { InvalidOptionError } from './errors/invalid-option-error.ts';
export { InvalidOutputError } from './errors/invalid-output-error.ts';
export { MissingLibraryError } from './errors/missing-library-error.ts';
export {
  type CallFailure,
  type Dispatch,
  ModelCallError,
  type ModelCallFailure,
  StreamTruncatedError,
} from './errors/model-call-error.ts';
export { nearestName } from './errors/nearest-name.ts';
export { type ErrorCode, TollgateError } from './errors/tollgate-error.ts';
export { asTokenModel, withTokenModel } from './leaf/as-token-model.ts';
export {
  childContext,
  type ChildContextOptions,
  guardedContext,
  rootContext,
  type RootContextOptions,
} from './leaf/call-context.ts';
export { carriesContext, doesCarryContext } from './leaf/carries-context.ts';
export { defineModel } from './leaf/define-model.ts';
export type { ModelDefinition } from './leaf/model-definition.ts';
export { guardsOf } from './leaf/guards-of.ts';
export { heldAsLeaf } from './leaf/held-as-leaf.ts';
export type { LeafCall, LeafCandidate, LeafOutcome, LeafPart } from './leaf/leaf-call.ts';
export { askModel, callsOf, callsUnder, type ModelCalls, type Push } from './leaf/model-calls.ts';
export { createModelStream, type StreamProducer } from './leaf/model-stream.ts';
export { systemClock } from './leaf/system-clock.ts';
export { knownTokens } from './leaf/known-tokens.ts';
export { textCapabilities } from './leaf/text-capabilities.ts';
export { totalUsd } from './leaf/total-usd.ts';
export { type ModelWrapping, wrapModel } from './leaf/wrap-model.ts';
export { Limiter } from './middleware/limiter.ts';
export { mayFallBack } from './middleware/may-fall-back.ts';
export { type ConcurrencyOptions, withConcurrency } from './middleware/with-concurrency.ts';
export { type ModelDefaults, withDefaults } from './middleware/with-defaults.ts';
export { type FallbackOptions, withFallback } from './middleware/with-fallback.ts';
export { type RetryOptions, withRetry } from './middleware/with-retry.ts';
export { type TimeoutOptions, withTimeout } from './middleware/with-timeout.ts';
export { type Checked, type SchemaCheck, schemaCheck } from './schema/schema-check.ts';
export type { AnswerKey } from './spec/answer-key.ts';
export type { CalibratedThreshold, CalibrationProfile, CalibrationProvenance } from './spec/calibration-profile.ts';
export type { Capabilities, EffortLevel, SamplesCapability } from './spec/capabilities.ts';
export type {
  AssistantPart,
  CacheBreakpoint,
  FilePart,
  Message,
  Origin,
  PartMetadata,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  UserPart,
} from './spec/content.ts';
export type { CallContext, Clock, RandomSource, Scopes } from './spec/context.ts';
export type { AnswerCheck, Evidence } from './spec/evidence.ts';
export type { JsonObject, JsonPrimitive, JsonValue } from './spec/json.ts';
export type { Model } from './spec/model.ts';
export type { Money } from './spec/money.ts';
export type { ModelRef, Price, PriceKnown, Pricing } from './spec/pricing.ts';
export type { Ranker, Ranking } from './spec/ranker.ts';
export type { GenerateRequest, Tool, ToolChoice } from './spec/request.ts';
export type {
  CalibrationClaim,
  Candidate,
  Charge,
  Decision,
  Finish,
  FinishedBy,
  FinishReason,
  GenerateResult,
  RawReply,
  TokenLogprob,
  Warning,
} from './spec/result.ts';
export type { OutputSchema, StandardResult, StandardSchema } from './spec/schema.ts';
export type { Scorer, ScoreInput, ScoreResult, Verdict } from './spec/scorer.ts';
export type { Signal } from './spec/signal.ts';
export type { MoneyAdvice, Permit, Settled, Settlement, SpendAsk, SpendGuard, TurnAsk } from './spec/spend-guard.ts';
export type { StepScorer, StepScores } from './spec/step-scorer.ts';
export type {
  Action,
  CandidateView,
  ScoringCost,
  SourceView,
  StrategyCore,
  StrategyEvent,
  TaskView,
} from './spec/strategy-core.ts';
export type { ModelStream, StreamPart } from './spec/stream.ts';
export type { ScoredToken, Tokenizer, TokenModel, TokenSession } from './spec/token-model.ts';
export type { NotAsked, Span, SpanFacts, TraceCharge, TraceKind, TraceNode } from './spec/trace.ts';
export type { TurnDecision, TurnObservation, TurnPolicy, TurnView } from './spec/turn-policy.ts';
export type { CacheWrite, Usage, UsageBound, UsageKnown } from './spec/usage.ts';
export { candidateView } from './strategy/candidate-view.ts';
export { combineCapabilities } from './strategy/combine-capabilities.ts';
export { explain } from './strategy/explain.ts';
export { meanLogprob } from './strategy/mean-logprob.ts';
export {
  replayAsSource,
  type ReplayOutcome,
  type ReplaySource,
  replayStrategy,
  type ReplayTable,
  type ReplayVerdicts,
} from './strategy/replay-strategy.ts';
export { runStrategy, type RunStrategyOptions } from './strategy/run-strategy.ts';
export type { DecidedRun, StrategyMemory } from './strategy/strategy-memory.ts';
export { type AnyStrategyCore, type StrategyPlan, strategyOf, withPlan } from './strategy/strategy-plan.ts';
export { verdictScore } from './strategy/verdict-score.ts';
export { textOf, wholeText } from './strategy/whole-text.ts';
export { canonicalJson } from './wire/canonical-json.ts';
export { schemaJson } from './wire/schema-json.ts';
